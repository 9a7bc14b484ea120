"""What the head is told, once an episode of a queue (A-16, D10)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.example import example
from contracts.intake import Section, TicketOpened
from contracts.notify import DeliveryIntended, DeliverySuppressed
from contracts.reasons import Assignment, AssignmentRule
from contracts.routing import AgentRegistered, NobodyOnline, SkewNoticed, TicketAssigned, TicketUnattended
from contracts.streams import derived_id
from eventlog.deciding import Decider
from hypothesis import given, settings
from hypothesis import strategies as st
from notify.domain.intents import EPISODE, HEADS
from notify.reactor import NotifyReactor

NINE = datetime(2026, 11, 23, 6, tzinfo=UTC)
HEAD = AgentRegistered(at=NINE, agent="head", name="Мария", groups=("support",), email="head@desk.example")
LEAD = AgentRegistered(at=NINE, agent="lead", name="Пётр", groups=("duty",), telegram="77", language="en")


class Log:
    """Events at their places; of what follows, to whom it is meant and by which rule it is held back."""

    def __init__(self, *events: Event, heads: Mapping[str, str] = HEADS) -> None:
        reactor = NotifyReactor(heads)
        self.decider = Decider(reactor, reactor.fresh(), 0)
        for event in events:
            self.then(event)

    def then(self, event: Event) -> list[tuple[str, str, str]]:
        at = self.decider.position + 1
        recorded = Recorded(
            position=at,
            id=derived_id("0197f3c2-0000-7000-8000-000000000001", "test", at),
            stream="ticket-1",
            version=at,
            recorded_at=NINE + timedelta(minutes=at),
            data=event,
            meta=Meta(),
        )
        step = self.decider.step([recorded])
        assert step.parked == []
        said = [new.event for new in step.decided]
        held = {each.delivery: each.rule for each in said if isinstance(each, DeliverySuppressed)}
        told = [each for each in said if isinstance(each, DeliveryIntended) and each.audience == "head"]
        return [(each.template, each.staff, held.get(each.delivery, "")) for each in told]


def opened(ticket: str, section: Section = "requests") -> TicketOpened:
    known = example(TicketOpened)
    assert isinstance(known, TicketOpened)
    return msgspec.structs.replace(known, ticket=ticket, section=section, kind="email")


def nobody(ticket: str, group: str = "support") -> NobodyOnline:
    return NobodyOnline(at=NINE, ticket=ticket, group=group)


def taken(ticket: str, group: str = "support", agent: str = "anna", rule: AssignmentRule = "turn") -> TicketAssigned:
    return TicketAssigned(at=NINE, ticket=ticket, group=group, agent=agent, because=Assignment(rule=rule))


TOLD = [("nobody_online", "head", "")]
AGAIN = [("nobody_online", "head", EPISODE)]


def test_hundreds_of_tickets_that_find_nobody_are_one_mail_to_the_head_and_each_is_recorded() -> None:
    log = Log(HEAD, *(opened(f"t{n}") for n in range(300)))

    assert [log.then(nobody(f"t{n}")) for n in range(300)] == [TOLD, *[AGAIN] * 299]


def test_another_group_and_another_section_are_not_swallowed() -> None:
    log = Log(HEAD, opened("a"), opened("b"), opened("c", "chat"), nobody("a"))

    assert log.then(nobody("b", "duty")) == TOLD
    assert log.then(nobody("c")) == TOLD
    assert log.then(nobody("a")) == AGAIN


def test_an_episode_ends_when_somebody_is_dealt_a_ticket_of_the_queue() -> None:
    log = Log(HEAD, opened("a"), nobody("a"), taken("a"))

    assert log.then(nobody("a")) == TOLD


@pytest.mark.parametrize("said", [taken("a", agent=""), taken("a", group="duty"), taken("a", rule="manual")])
def test_nobody_is_back_when_a_ticket_waits_goes_elsewhere_or_is_given_by_hand(said: TicketAssigned) -> None:
    log = Log(HEAD, opened("a"), nobody("a"), said)

    assert log.then(nobody("a")) == AGAIN


def test_a_head_who_could_not_be_told_hears_of_it_as_soon_as_he_can() -> None:
    log = Log(opened("a"), opened("b"))
    unknown = [("nobody_online", "head", "no address of the head is known")]
    assert [log.then(nobody("a")), log.then(nobody("b"))] == [unknown, unknown]
    log.then(HEAD)

    assert log.then(nobody("b")) == TOLD
    log.then(msgspec.structs.replace(HEAD, language="en"))
    assert log.then(nobody("a")) == AGAIN


def test_every_group_may_have_a_head_of_its_own() -> None:
    log = Log(HEAD, LEAD, opened("a"), heads={"duty": "lead", "*": "head"})

    assert log.then(nobody("a", "duty")) == [("nobody_online", "lead", "")]
    assert log.then(nobody("a", "support")) == TOLD


def test_the_head_learns_of_work_left_lying_and_of_uneven_turns() -> None:
    log = Log(HEAD, opened("a"))

    left = TicketUnattended(at=NINE, ticket="a", group="support", agent="anna", limit="2h")
    assert log.then(left) == [("ticket_unattended", "head", "")]
    skew = SkewNoticed(at=NINE, agent="anna", pool="support/chat", turns=3, fewest=0)
    assert log.then(skew) == [("skew_noticed", "head", "")]


GROUPS = ["support", "duty"]
MOVES = st.lists(st.tuples(st.sampled_from(GROUPS), st.booleans()), max_size=30)


@given(MOVES)
@settings(max_examples=60, deadline=None)
def test_between_two_mails_about_a_queue_somebody_took_work_there(moves: list[tuple[str, bool]]) -> None:
    log, open_now = Log(HEAD, opened("t")), dict.fromkeys(GROUPS, False)
    for group, comes in moves:
        if comes:
            assert log.then(taken("t", group)) == []
        else:
            assert log.then(nobody("t", group)) == (AGAIN if open_now[group] else TOLD)
        open_now[group] = not comes


def test_a_stored_state_remembers_its_episodes() -> None:
    log = Log(HEAD, opened("a"), nobody("a"))
    reactor = log.decider.reactor

    log.decider.state = reactor.restored(reactor.stored(log.decider.state))

    assert log.then(nobody("a")) == AGAIN
