"""Who is told what: given events, when one more comes, then intents."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.csi import RatingRequested
from contracts.example import example
from contracts.intake import (
    AgentReplied,
    RegulationPublished,
    TicketClosed,
    TicketEstimated,
    TicketMerged,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.notify import CabinetPublished, DeliveryIntended, DeliverySuppressed
from contracts.reasons import Assignment
from contracts.routing import AgentRegistered, LineOverflowStarted, TicketAssigned
from contracts.sla import BudgetSpent, DeadlineBreached
from contracts.streams import derived_id
from eventlog.deciding import Decider
from eventlog.reactor import provisional
from eventlog.store import NEXT, New
from notify.domain.ticket import MANY, State
from notify.reactor import NotifyReactor

NINE = datetime(2026, 11, 23, 6, tzinfo=UTC)
TICKET = "0197f3c2-0000-7000-8000-000000000001"


def opened(kind: str = "email", **more: str) -> TicketOpened:
    return TicketOpened(
        at=NINE,
        ticket=more.pop("ticket", TICKET),
        number="TIC-1",
        requester=more.pop("requester", "r1"),
        channel=kind,
        kind=kind,
        section="requests",
        subject="~",
        text="~",
        category="project-question",
        priority="normal",
        stage="level1",
        regulation="csn",
        reply_to="~",
        **more,
    )


MAIL_AGENT = AgentRegistered(at=NINE, agent="anna", name="Анна", groups=("support",), email="anna@desk.example")
ASSIGNED = TicketAssigned(at=NINE, ticket=TICKET, group="support", agent="anna", because=Assignment(rule="turn"))


class Log:
    """Events at their places, one after another."""

    def __init__(self) -> None:
        self.decider = Decider(NotifyReactor(), NotifyReactor().fresh(), 0)

    def then(self, event: Event, minutes: int = 0) -> list[Event]:
        position = self.decider.position + 1
        recorded = Recorded(
            position=position,
            id=derived_id(TICKET, "test", position),
            stream="ticket-1",
            version=position,
            recorded_at=NINE + timedelta(minutes=minutes),
            data=event,
            meta=Meta(),
        )
        step = self.decider.step([recorded])
        assert step.parked == []
        return [new.event for new in step.decided]


def given(*events: Event) -> Log:
    log = Log()
    for event in events:
        log.then(event)
    return log


def intended(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(e.template, e.audience, e.medium) for e in events if isinstance(e, DeliveryIntended)]


def shown(events: list[Event]) -> list[tuple[str, str]]:
    return [(e.requester, e.template) for e in events if isinstance(e, CabinetPublished)]


def suppressed(events: list[Event]) -> list[str]:
    return [e.rule for e in events if isinstance(e, DeliverySuppressed)]


def test_a_ticket_that_ends_ends_in_the_cabinet_of_its_requester() -> None:
    log = Log()
    log.then(opened())
    said = log.then(TicketClosed(at=NINE, ticket=TICKET, by="agent", who="anna"))
    assert shown(said) == [("r1", "ticket_closed")]


def test_a_new_ticket_is_acknowledged_by_mail_and_in_the_cabinet_r1_04() -> None:
    said = given().then(opened())

    assert intended(said) == [("ticket_opened", "requester", "mail")]
    assert [e.template for e in said if isinstance(e, CabinetPublished)] == ["ticket_opened"]


def test_a_telegram_ticket_is_acknowledged_in_telegram() -> None:
    assert intended(given().then(opened("telegram"))) == [("ticket_opened", "requester", "telegram")]


def test_a_machine_is_never_answered_by_a_machine() -> None:
    said = given().then(opened(automatic="auto-submitted"))

    assert suppressed(said) == ["the ticket came from a machine: auto-submitted"]


def test_an_agents_own_words_reach_even_a_machine() -> None:
    log = given(opened(automatic="auto-submitted"))

    assert suppressed(log.then(AgentReplied(at=NINE, ticket=TICKET, requester="r1", agent="anna", text="~"))) == []


def test_a_requester_gets_at_most_three_automatic_mails_an_hour() -> None:
    log = given()

    rules = [suppressed(log.then(opened(ticket=derived_id(TICKET, "t", n)), minutes=n)) for n in range(5)]

    assert [bool(each) for each in rules] == [False, False, False, True, True]
    assert suppressed(log.then(opened(ticket=derived_id(TICKET, "t", 9)), minutes=90)) == []


def test_what_was_held_back_does_not_hold_back_what_comes_later() -> None:
    log = given()

    rules = [suppressed(log.then(opened(ticket=derived_id(TICKET, "t", n)), minutes=16 * n)) for n in range(8)]

    assert [bool(each) for each in rules] == [False, False, False, True, False, False, False, True]


def test_many_who_want_one_other_answered_cannot_flood_him() -> None:
    log = given()
    many = [opened(ticket=derived_id(TICKET, "t", n), requester=f"r{n}", answered="victim") for n in range(5)]

    assert [bool(suppressed(log.then(each))) for each in many] == [False, False, False, True, True]


def test_closed_tickets_are_remembered_for_a_while_and_then_forgotten() -> None:
    log = given(*(opened(ticket=f"t{n}") for n in range(3)))
    log.decider.state.closed |= dict.fromkeys(f"old{n}" for n in range(MANY - 1))
    log.decider.state.tickets |= {f"old{n}": log.decider.state.tickets["t0"] for n in range(MANY - 1)}

    for n in range(2):
        log.then(TicketClosed(at=NINE, ticket=f"t{n}", by="agent", who="anna"))

    assert "old0" not in log.decider.state.tickets
    assert {"t0", "t1", "t2", "old1"} <= log.decider.state.tickets.keys()
    assert len(log.decider.state.closed) == MANY


def test_a_ticket_that_came_back_is_not_among_those_to_be_forgotten() -> None:
    log = given(opened(), TicketClosed(at=NINE, ticket=TICKET, by="agent", who="anna"))
    log.then(msgspec.structs.replace(example(TicketReopened), ticket=TICKET))
    assert log.decider.state.closed == {}
    assert TICKET in log.decider.state.tickets


@pytest.mark.parametrize(
    ("event", "template"),
    [
        (TicketResolved(at=NINE, ticket=TICKET, requester="r1", agent="anna", text="~"), "ticket_resolved"),
        (TicketReopened(at=NINE, ticket=TICKET, requester="r1", by="requester"), "ticket_reopened"),
        (TicketClosed(at=NINE, ticket=TICKET, by="agent", who="anna"), "ticket_closed"),
        (TicketClosed(at=NINE, ticket=TICKET, by="agent", who="anna", exclusion="till"), "ticket_excluded"),
        (TicketMerged(at=NINE, ticket=TICKET, into="b", requester="r1", who="anna"), "ticket_merged"),
        (TicketUnmerged(at=NINE, ticket=TICKET, into="b", requester="r1", who="anna"), "ticket_unmerged"),
        (
            RatingRequested(
                at=NINE,
                survey="s",
                ticket=TICKET,
                number="TIC-1",
                requester="r1",
                resolution="x",
                agent="anna",
                group="support",
                channel="email",
                stage="level2",
                plan="standard",
                link="~",
                expires_at=NINE,
            ),
            "rating_requested",
        ),
    ],
)
def test_every_turn_of_the_ticket_is_told_to_its_requester(event: Event, template: str) -> None:
    said = given(opened()).then(event)

    assert intended(said) == [(template, "requester", "mail")]
    assert shown(said) == [("r1", template)]


def test_a_planned_time_that_changed_is_an_entry_of_the_cabinet_only() -> None:
    said = given(opened()).then(
        TicketEstimated(at=NINE, ticket=TICKET, stage="level3", work="20 дней", agent="anna", reason="~")
    )

    assert (intended(said), shown(said)) == ([], [("r1", "ticket_estimated")])


@pytest.mark.parametrize(
    "event",
    [
        TicketMigrated(at=NINE, ticket=TICKET, regulation="csn@2", previous="csn@1", who="admin"),
        LineOverflowStarted(at=NINE, line="a", helper="b", reason="own-line-empty"),
    ],
)
def test_inner_affairs_are_told_to_nobody(event: Event) -> None:
    assert given(opened()).then(event) == []


def test_a_missed_call_is_not_acknowledged_and_that_is_recorded() -> None:
    said = given().then(opened("api", wanted="anna"))

    assert suppressed(said) == ["the channel is read in the cabinet"]


def test_advice_goes_to_whoever_has_the_ticket_a_27() -> None:
    spent = BudgetSpent(at=NINE, clock="c", ticket=TICKET, name="line1", due_at=NINE)

    assert intended(given(MAIL_AGENT, opened(), ASSIGNED).then(spent)) == [("budget_spent", "agent", "mail")]
    assert intended(given(MAIL_AGENT, opened()).then(spent)) == []


def test_the_agent_learns_of_his_ticket_and_of_its_breach() -> None:
    log = given(MAIL_AGENT, opened())

    assert intended(log.then(ASSIGNED)) == [("ticket_assigned", "agent", "mail")]
    breach = DeadlineBreached(at=NINE, clock="c", ticket=TICKET, name="level1", due_at=NINE)
    assert intended(log.then(breach)) == [("deadline_breached", "agent", "mail")]


def test_an_agent_without_an_address_is_not_forgotten_silently() -> None:
    assert suppressed(given(opened()).then(ASSIGNED)) == ["no address of the agent is known"]


def test_an_event_taken_in_twice_is_told_once() -> None:
    log = given(opened())
    resolved = TicketResolved(at=NINE, ticket=TICKET, requester="r1", agent="anna", text="~")

    first = log.then(resolved)
    log.decider.position -= 1

    assert first
    assert log.then(resolved) == []


def test_a_reopened_ticket_that_was_dropped_is_known_again() -> None:
    again = TicketReopened(at=NINE, ticket=TICKET, requester="r1", by="requester", number="TIC-1", kind="telegram")

    assert intended(given().then(again)) == [("ticket_reopened", "requester", "telegram")]


def test_a_stored_state_decides_like_the_one_it_was_taken_from() -> None:
    log = given(MAIL_AGENT, opened())
    reactor = log.decider.reactor

    log.decider.state = reactor.restored(reactor.stored(log.decider.state))

    assert intended(log.then(ASSIGNED)) == [("ticket_assigned", "agent", "mail")]


def told_to(state: State, requesters: range, at: datetime) -> int:
    """Tell each of them something; how often they were all looked through for the old ones."""
    reactor, looked = NotifyReactor(), 0
    told = msgspec.structs.replace(example(DeliveryIntended), at=at, audience="requester", template="ticket_closed")
    for n in requesters:
        before = state.told
        intent = msgspec.structs.replace(told, requester=f"r{n}")
        new = New(id=f"{n}", stream="delivery-1", version=NEXT, event=intent, meta=Meta())
        reactor.evolve(state, provisional(new, at))
        looked += state.told is not before
    return looked


def test_many_who_were_told_of_late_are_looked_through_seldom_and_dropped_when_old() -> None:
    state = State()
    assert told_to(state, range(3 * MANY), NINE) <= 2
    assert len(state.told) == 3 * MANY

    assert told_to(state, range(3 * MANY, 5 * MANY), NINE + timedelta(hours=2)) == 1
    assert min(state.told, key=lambda who: int(who[1:])) == f"r{3 * MANY}"
    assert state.room <= 4 * MANY


def published(version: str, urgent: str) -> RegulationPublished:
    titled = {"id": "normal", "title": {"ru": urgent, "en": urgent}}
    document = {"stages": [], "priorities": [titled], "calendars": {"office": {"timezone": "Europe/Moscow"}}}
    return RegulationPublished(at=NINE, name="csn", version=version, hash="", effective_from=NINE, document=document)


@pytest.mark.parametrize(
    ("pinned", "moved", "said"),
    [("csn@1", "", "Обычный"), ("csn@2", "", "Спокойный"), ("csn@1", "csn@2", "Спокойный"), ("csn", "", "Спокойный")],
)
def test_things_are_called_as_the_version_of_the_ticket_calls_them(pinned: str, moved: str, said: str) -> None:
    """D2."""
    log = given(
        published("1", "Обычный"), published("2", "Спокойный"), msgspec.structs.replace(opened(), regulation=pinned)
    )
    if moved:
        log.then(TicketMigrated(at=NINE, ticket=TICKET, regulation=moved, previous=pinned, who="admin"))
    words = log.decider.state.words_for(TICKET, pinned)

    assert (words.title("normal", "ru"), words.zone) == (said, "Europe/Moscow")


def test_a_version_that_was_never_published_calls_things_by_their_ids() -> None:
    assert given(published("1", "Обычный")).decider.state.words_for(TICKET, "csn@9").title("normal", "ru") == "normal"
