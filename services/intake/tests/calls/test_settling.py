"""Settling over several streams: the call, the earlier ones, both tickets (R4-03 to R4-07, A-26)."""

from datetime import timedelta

import msgspec
import pytest
from contracts.intake import (
    CallMissed,
    CallSettled,
    NoteAdded,
    TicketClosed,
    TicketEscalated,
    TicketLinked,
    TicketOpened,
    TicketResolved,
    TopicSet,
)
from intake.domain.aging import Contact, Traces
from intake.domain.call import Call, How, Settling
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.settling import Case, finish, settle
from intake.domain.ticket import Ticket
from regulation.document import Regulation
from regulation.stage import Actor
from testkit.streams import NINE, given, new_events

LATE = NINE + timedelta(days=7)
MISSED = CallMissed(
    at=NINE, call="c", channel="demo-phone", requester="r", caller="", ticket="1", called_at=NINE, phone="p",
    regulation="demo@1",
)  # fmt: skip
JOINED = msgspec.structs.replace(MISSED, outcome="appended")
OPENED = TicketOpened(
    at=NINE, ticket="1", number="TIC-1", requester="r", channel="demo-phone", kind="api", section="chat", subject="",
    text="", category="how-to", priority="normal", stage="line1", regulation="demo@1", reply_to="",
)  # fmt: skip
OTHER = msgspec.structs.replace(OPENED, ticket="2", number="TIC-2", category="order-change")
ABOUT = TopicSet(at=NINE, ticket="2", topic="payment", who="oleg")
TRACES = Traces(Contact("2", NINE, "oleg"), None, written=True)


@pytest.fixture
def vera(demo: Regulation) -> Hand:
    return Hand(LATE, "vera", demo)


def case(*missed: CallMissed, other: Ticket | None = None, later: bool = False) -> Case:
    calls = [given(Call, f"call-{n}", each) for n, each in enumerate(missed or (MISSED,))]
    return Case(calls, given(Ticket, "ticket-1", OPENED), other, later)


def other(*events: TopicSet) -> Ticket:
    return given(Ticket, "ticket-2", OTHER, *events)


def wish(how: How, topic: str = "") -> Settling:
    return Settling(how, TRACES, topic)


def test_r4_04_the_link_leads_to_the_ticket_where_contact_was_made(vera: Hand) -> None:
    one = case(other=other(ABOUT))
    settle(one, vera, wish("already-contacted"))
    (link,) = [each for each in new_events(one.ticket) if isinstance(each, TicketLinked)]
    assert (link.to, link.relation) == ("2", "contact")


def test_r4_05_the_topic_is_set_on_both_tickets(vera: Hand) -> None:
    one = case(other=other())
    settle(one, vera, wish("already-contacted", "delivery"))
    assert one.other is not None
    assert (one.ticket.topic, one.other.topic) == ("delivery", "delivery")
    assert [type(each) for each in new_events(one.other)] == [TopicSet]


def test_r4_05_a_topic_that_is_set_there_stays_and_is_taken_over_here(vera: Hand) -> None:
    one = case(other=other(ABOUT))
    settle(one, vera, wish("already-contacted"))
    assert one.ticket.topic == "payment"
    assert new_events(one.other or one.ticket) == []


def test_r4_05_without_any_topic_nothing_is_settled(vera: Hand) -> None:
    one = case(other=other())
    with pytest.raises(RefusedError, match="delivery, payment, complaint"):
        settle(one, vera, wish("already-contacted"))
    assert new_events(one.calls[0]) == new_events(one.ticket) == []


def test_one_contact_settles_the_earlier_calls_of_the_same_caller(vera: Hand) -> None:
    """R4-02."""
    one = case(JOINED, MISSED)
    settle(one, vera, wish("written"))
    assert [[type(each) for each in new_events(call)] for call in one.calls] == [[CallSettled], [CallSettled]]


def test_a_26_the_ticket_of_an_old_call_is_closed_as_stale(vera: Hand) -> None:
    one = case()
    assert finish(one, vera, wish("written"), "stale")
    *on_the_way, closed = [each for each in new_events(one.ticket) if not type(each).__name__.startswith("Task")]
    assert isinstance(closed, TicketClosed)
    assert closed.reason == "stale"
    assert [each.stage for each in on_the_way if isinstance(each, TicketEscalated)] == ["line2"]


def test_r4_04_the_ticket_of_an_answered_call_is_closed_with_a_comment(vera: Hand) -> None:
    one = case(other=other(ABOUT))
    assert finish(one, vera, wish("already-contacted"), "stale")
    said = new_events(one.ticket)
    (note,) = [each for each in said if isinstance(each, NoteAdded)]
    (closed,) = [each for each in said if isinstance(each, TicketClosed)]
    assert "TIC-2" in note.text
    assert closed.reason == "already-contacted"


def test_where_agents_may_not_close_it_is_solved(vera: Hand, demo: Regulation) -> None:
    ways = tuple(way for way in demo.transitions if way.to != "closed" or Actor.agent not in way.by)
    strict = vera._replace(regulation=msgspec.structs.replace(demo, transitions=ways))
    one = case()
    assert finish(one, strict, wish("written"), "stale")
    assert [type(each) for each in new_events(one.ticket)] == [TicketResolved]


@pytest.mark.parametrize(
    ("how", "made"),
    [
        ("called-back", case()),
        ("written", case(JOINED)),
        ("already-contacted", case(later=True)),
    ],
    ids=["the matter itself goes on", "the ticket was there before", "another call is open"],
)
def test_a_ticket_that_is_more_than_the_call_goes_on(vera: Hand, how: How, made: Case) -> None:
    assert not finish(made, vera, wish(how), "stale")
    assert new_events(made.ticket) == []


def test_a_ticket_that_is_solved_already_is_not_solved_again_by_its_call(vera: Hand, demo: Regulation) -> None:
    ways = tuple(way for way in demo.transitions if way.to != "closed" or Actor.agent not in way.by)
    strict = vera._replace(regulation=msgspec.structs.replace(demo, transitions=ways))
    solved = TicketResolved(at=NINE, ticket="1", requester="r", agent="oleg", text="Готово", previous="line1")
    one = case()._replace(ticket=given(Ticket, "ticket-1", OPENED, solved))
    assert finish(one, strict, wish("written"), "stale")
    assert new_events(one.ticket) == []
