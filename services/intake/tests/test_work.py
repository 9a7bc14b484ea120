"""Tasks of a ticket and time spent on it, under csn (R1-09, R1-10, R1-18, R3-24)."""

from datetime import timedelta

import pytest
from contracts.intake import TaskDone, TaskOpened, TicketClosed, TicketEscalated, TicketOpened, TimeHandedOver
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.ticket import Ticket
from regulation.document import Regulation
from regulation.term import UnknownTermError
from testkit.streams import NINE, given, new_events

OPENED = TicketOpened(
    at=NINE, ticket="1", number="TIC-1", requester="r", channel="cabinet", kind="api", section="requests",
    subject="", text="", category="defect", priority="normal", stage="level1", regulation="csn@1", reply_to="",
)  # fmt: skip
AT_LEVEL2 = TicketEscalated(at=NINE, ticket="1", stage="level2", previous="level1", agent="anna")


@pytest.fixture
def anna(csn: Regulation) -> Hand:
    return Hand(NINE, "anna", csn)


@pytest.fixture
def client(csn: Regulation) -> Hand:
    return Hand(NINE, "r", csn, "requester")


@pytest.fixture
def ticket(anna: Hand) -> Ticket:
    """At level 2, with its top-level task."""
    found = given(Ticket, "ticket-1", OPENED)
    found.escalate(anna, "level2")
    found.new_events()
    return found


def test_entering_level_2_opens_the_top_level_task_r1_09(anna: Hand) -> None:
    ticket = given(Ticket, "ticket-1", OPENED)
    ticket.escalate(anna, "level2")
    task = TaskOpened(at=NINE, ticket="1", requester="r", task="1", title="TIC: TIC-1", who="")
    assert new_events(ticket) == [AT_LEVEL2, task]


def test_levels_3_and_4_go_on_in_the_existing_task_r1_10_r1_12(ticket: Ticket, anna: Hand) -> None:
    for stage in ("level3", "level4", "level3"):
        ticket.escalate(anna, stage)
    assert [task.title for task in ticket.tasks] == ["TIC: TIC-1"]


def test_what_people_add_stands_below_the_top_level_task(ticket: Ticket, anna: Hand) -> None:
    ticket.open_task(anna, "Проверить журнал", "boris")
    (said,) = new_events(ticket)
    assert isinstance(said, TaskOpened)
    assert (said.task, said.parent, said.who, said.assignee) == ("2", "1", "anna", "boris")


def test_a_ticket_with_open_tasks_is_not_solved_r3_24(ticket: Ticket, anna: Hand) -> None:
    ticket.open_task(anna, "Проверить журнал", "boris")
    ticket.open_task(anna, "Исправить")
    with pytest.raises(RefusedError, match=r"open: 2 \(boris\), 3\.") as refused:
        ticket.resolve(anna, "Готово")
    assert refused.value.reason == "tasks-open"
    ticket.done(anna, "2")
    ticket.done(anna, "3")
    ticket.resolve(anna, "Готово")
    assert ticket.stage == "resolved"


def test_the_top_level_task_is_done_after_those_below_it(ticket: Ticket, anna: Hand) -> None:
    ticket.open_task(anna, "Проверить журнал")
    with pytest.raises(RefusedError, match="2"):
        ticket.done(anna, "1")
    ticket.done(anna, "2")
    ticket.done(anna, "1")
    ticket.done(anna, "1")
    assert all(task.done for task in ticket.tasks)


def test_a_task_that_is_not_there_is_answered_with_those_that_are(ticket: Ticket, anna: Hand) -> None:
    with pytest.raises(UnknownTermError, match="name one of 1"):
        ticket.done(anna, "7")
    with pytest.raises(UnknownTermError, match="has none"):
        given(Ticket, "ticket-1", OPENED).spend(anna, 5, "1")


def test_with_the_ticket_its_tasks_close_and_its_time_goes_to_billing_r1_18(
    ticket: Ticket, anna: Hand, client: Hand
) -> None:
    ticket.spend(anna, 30)
    ticket.spend(anna._replace(who="boris"), 20, "1")
    ticket.spend(anna, 15, "1")
    ticket.resolve(anna, "Готово")
    ticket.new_events()
    ticket.close(client)
    closed, task, time = new_events(ticket)
    assert isinstance(closed, TicketClosed)
    assert isinstance(task, TaskDone)
    assert time == TimeHandedOver(at=NINE, ticket="1", minutes={"anna": 45, "boris": 20})


def test_after_a_reopening_only_the_difference_goes_to_billing_r1_18(ticket: Ticket, anna: Hand, client: Hand) -> None:
    ticket.spend(anna, 30)
    for _ in range(2):
        ticket.resolve(anna, "Готово")
        ticket.close(client)
        ticket.reopen(client)
        ticket.spend(anna, 7)
    handed = [each.minutes for each in new_events(ticket) if isinstance(each, TimeHandedOver)]
    assert handed == [{"anna": 30}, {"anna": 7}]


def test_time_that_is_noted_late_goes_to_billing_at_once(ticket: Ticket, anna: Hand, client: Hand) -> None:
    ticket.resolve(anna, "Готово")
    ticket.close(client)
    ticket.spend(anna, 10)
    assert new_events(ticket)[-1] == TimeHandedOver(at=NINE, ticket="1", minutes={"anna": 10})


def test_a_closed_ticket_takes_no_task(ticket: Ticket, anna: Hand, csn: Regulation) -> None:
    ticket.resolve(anna, "Готово")
    ticket.auto_close(Hand(NINE, "", csn, "system"), NINE + timedelta(days=3))
    with pytest.raises(RefusedError, match="reopen"):
        ticket.open_task(anna, "Ещё")
