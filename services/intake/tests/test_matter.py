"""What a ticket is: its category and service, the executor's estimate, the version of its regulation."""

from datetime import timedelta

import msgspec
import pytest
from contracts.intake import TicketClassified, TicketClosed, TicketEstimated, TicketMigrated, TicketOpened
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from intake.domain.estimating import work_written
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.terms import clocks_start, terms
from intake.domain.ticket import Ticket
from regulation.channel import Channel
from regulation.document import Regulation
from regulation.parts import Service
from regulation.plan import Reopening
from regulation.term import Title, UnknownTermError
from testkit.streams import NINE, given, new_events

OPENED = TicketOpened(
    at=NINE, ticket="1", number="TIC-1", requester="r", channel="cabinet", kind="api", section="requests",
    subject="", text="", category="new-function", priority="normal", stage="level3", regulation="csn@1", reply_to="",
)  # fmt: skip
CLOSED = TicketClosed(at=NINE, ticket="1", by="requester", who="r", previous="resolved")
CRM = Service(id="crm", title=Title(ru="Продажи", en="Sales system"))


def changed(regulation: Regulation, **parts: object) -> Regulation:
    return msgspec.structs.replace(regulation, **parts)


def through(regulation: Regulation, channel: str, **more: object) -> tuple[Channel, ...]:
    return tuple(msgspec.structs.replace(each, **more) if each.id == channel else each for each in regulation.channels)


@pytest.fixture
def next_csn(csn: Regulation) -> Regulation:
    return changed(csn, version="2", services=(CRM,))


@pytest.fixture
def anna(next_csn: Regulation) -> Hand:
    return Hand(NINE, "anna", next_csn)


def test_a_service_is_named_by_title_and_leaves_the_category(anna: Hand) -> None:
    ticket = given(Ticket, "ticket-1", OPENED)
    ticket.classify(anna, service="продажи")
    ticket.classify(anna, "new-function", "crm")
    category = {"category": "new-function", "previous": "new-function"}
    assert new_events(ticket) == [TicketClassified(at=NINE, ticket="1", agent="anna", service="crm", **category)]


def test_a_category_leaves_the_service(anna: Hand) -> None:
    ticket = given(Ticket, "ticket-1", msgspec.structs.replace(OPENED, service="crm"))
    ticket.classify(anna, "Ошибка поведения или интерфейса")
    assert (ticket.category, ticket.service) == ("defect", "crm")


@pytest.mark.parametrize(("service", "said"), [("x", "write one of crm"), ("y", "there is no service 'y'")])
def test_an_unknown_service_is_answered_with_those_there_are(anna: Hand, service: str, said: str) -> None:
    with pytest.raises(UnknownTermError, match=said):
        given(Ticket, "ticket-1", OPENED).classify(anna, service=service)


def test_an_estimate_lengthens_the_plan_and_then_itself(anna: Hand) -> None:
    """R1-11, A-12b: the plan gives level 3 of new functionality ten days."""
    ticket = given(Ticket, "ticket-1", OPENED)
    ticket.estimate(anna, "", "20 дней", "интеграция")
    ticket.estimate(anna, "level3", "20 дней", "интеграция")
    ticket.estimate(anna, "3 уровень (Решение)", "200 часов", "и перенос")
    said = [(each.work, each.previous) for each in new_events(ticket) if isinstance(each, TicketEstimated)]
    assert (said, ticket.estimates) == ([("20 дней", "10 дней"), ("200 часов", "20 дней")], {"level3": "200 часов"})


@pytest.mark.parametrize("work", ["10 дней", "80 часов", "9 дней", "79 ч", "30 мин"])
def test_an_estimate_never_shortens(anna: Hand, work: str) -> None:
    with pytest.raises(RefusedError, match="10 дней already") as refused:
        given(Ticket, "ticket-1", OPENED).estimate(anna, "", work, "быстро")
    assert refused.value.reason == "not-longer"


@forall(st.lists(st.integers(1, 500), max_size=6))
@settings(max_examples=40)
def test_whatever_is_estimated_the_time_only_grows(csn: Regulation, hours: list[int]) -> None:
    ticket, known = given(Ticket, "ticket-1", OPENED), [80]
    for each in hours:
        try:
            ticket.estimate(Hand(NINE, "anna", csn), "", f"{each} часов", "оценка")
            known.append(each)
        except RefusedError:
            assert each <= known[-1]
    assert known == sorted(known)


@pytest.mark.parametrize(
    ("category", "stage", "reason"),
    [("defect", "", "no-estimate"), ("new-function", "level2", "no-estimate"), ("defect", "level3", "no-estimate")],
)
def test_only_what_the_category_leaves_to_the_executor_is_estimated(
    anna: Hand, category: str, stage: str, reason: str
) -> None:
    ticket = given(Ticket, "ticket-1", msgspec.structs.replace(OPENED, category=category))
    with pytest.raises(RefusedError) as refused:
        ticket.estimate(anna, stage, "20 дней", "оценка")
    assert refused.value.reason == reason


def test_nothing_is_estimated_in_a_closed_ticket_or_an_unknown_stage(anna: Hand) -> None:
    with pytest.raises(RefusedError, match="closed"):
        given(Ticket, "ticket-1", OPENED, CLOSED).estimate(anna, "", "20 дней", "оценка")
    with pytest.raises(UnknownTermError, match="write one of level3"):
        given(Ticket, "ticket-1", OPENED).estimate(anna, "level9", "20 дней", "оценка")


@pytest.mark.parametrize("text", ["скоро", "0 дней", "20", "дней", "2 недели"])
def test_a_length_that_is_none_is_told_how_to_be_written(text: str) -> None:
    with pytest.raises(ValueError, match="write a whole number"):
        work_written(text)


def test_a_ticket_moves_to_another_version_once_and_back(csn: Regulation, anna: Hand) -> None:
    """D2."""
    ticket = given(Ticket, "ticket-1", OPENED)
    ticket.migrate(anna, "новые сроки")
    ticket.migrate(anna, "ещё раз")
    ticket.migrate(Hand(NINE, "anna", csn), "обратно")
    said = [(each.previous, each.regulation) for each in new_events(ticket) if isinstance(each, TicketMigrated)]
    assert said == [("csn@1", "csn@2"), ("csn@2", "csn@1")]


def test_a_ticket_that_comes_back_says_by_which_version_it_goes(anna: Hand) -> None:
    ticket = given(Ticket, "ticket-1", OPENED)
    ticket.migrate(anna, "новые сроки")
    ticket.classify(anna, service="crm")
    ticket.resolve(anna, "Готово")
    ticket.reopen(anna._replace(party="requester"))
    reopened = new_events(ticket)[-1]
    assert (getattr(reopened, "regulation", ""), getattr(reopened, "service", "")) == ("csn@2", "crm")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"stage": "level9"}, "unknown-term"),
        ({"category": "gone"}, "unknown-term"),
        ({"priority": "gone"}, "unknown-term"),
        ({"channel": "gone"}, "unknown-term"),
        ({"service": "gone"}, "unknown-term"),
        ({"regulation": "other@1"}, "other-regulation"),
    ],
)
def test_a_ticket_that_the_version_does_not_know_stays(anna: Hand, facts: dict[str, str], reason: str) -> None:
    ticket = given(Ticket, "ticket-1", msgspec.structs.replace(OPENED, **facts))
    with pytest.raises(RefusedError) as refused:
        ticket.migrate(anna, "новые сроки")
    assert (refused.value.reason, new_events(ticket)) == (reason, [])


WINDOW = Reopening(within="10 дней", calendar="office")


@pytest.mark.parametrize(("days", "refused"), [(0, False), (13, False), (14, False), (15, True), (400, True)])
def test_a_closed_ticket_is_taken_up_again_within_the_window_only(csn: Regulation, days: int, *, refused: bool) -> None:
    """A-12: ten working days after a Monday end two weeks later."""
    ticket = given(Ticket, "ticket-1", OPENED, CLOSED)
    by = Hand(NINE + timedelta(days=days), "r", changed(csn, reopening=WINDOW), "requester")
    if refused:
        with pytest.raises(RefusedError, match="a new message opens a ticket") as error:
            ticket.reopen(by)
        assert error.value.reason == "reopening-over"
    else:
        ticket.reopen(by)
        assert ticket.stage == "reopened"


def test_without_a_window_a_closed_ticket_is_taken_up_again_for_ever(csn: Regulation) -> None:
    ticket = given(Ticket, "ticket-1", OPENED, CLOSED)
    ticket.reopen(Hand(NINE + timedelta(days=4000), "r", csn, "requester"))
    assert ticket.stage == "reopened"


def test_a_ticket_begins_where_its_channel_says_and_with_its_service(next_csn: Regulation) -> None:
    """R3-04."""
    regulation = changed(next_csn, channels=through(next_csn, "cabinet", opens_in="level2"))
    found = terms(regulation, "cabinet", {"service": "Sales system"}, "ru")
    assert (found.stage, found.service, found.regulation) == ("level2", "crm", "csn@2")
    assert terms(regulation, "api", {"service": "no such"}, "ru")[:3] == ("project-question", "normal", "level1")


@pytest.mark.parametrize(
    ("hints", "category"),
    [
        ({"type": "Документооборот"}, "service-change"),
        ({"type": "paperwork", "category": "defect"}, "defect"),
        ({"type": "paperwork", "category": "no such"}, "service-change"),
        ({"type": "no such"}, "project-question"),
    ],
)
def test_a_type_alone_means_the_first_category_of_it(csn: Regulation, hints: dict[str, str], category: str) -> None:
    assert terms(csn, "api", hints, "ru").category == category


@forall(st.integers(-100_000_000, 100_000_000))
def test_clocks_start_at_most_a_day_back_and_never_in_the_future(csn: Regulation, seconds: int) -> None:
    regulation = changed(csn, channels=through(csn, "api", clocks_from="sent"))
    start = clocks_start(regulation, "api", NINE + timedelta(seconds=seconds), NINE)
    assert start == NINE + timedelta(seconds=max(-86_400, min(0, seconds)))


def test_clocks_start_when_a_message_came_unless_the_channel_says_otherwise(csn: Regulation) -> None:
    regulation = changed(csn, channels=through(csn, "api", clocks_from="sent"))
    assert clocks_start(csn, "api", NINE, NINE) is None
    assert clocks_start(regulation, "api", None, NINE) is None
