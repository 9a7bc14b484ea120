"""A ticket's life under the regulation `csn`."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RequesterReplied,
    TaskOpened,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.standing import Standing
from intake.domain.terms import terms
from intake.domain.ticket import Ticket
from regulation.document import Regulation
from regulation.term import UnknownTermError
from testkit.streams import NINE, given, new_events

STREAM = "ticket-1"
OPENED = TicketOpened(
    at=NINE, ticket="1", number="TIC-1", requester="r", channel="cabinet", kind="api", section="requests",
    subject="", text="Не открывается отчёт", category="project-question", priority="normal", stage="level1",
    regulation="csn@1", reply_to="",
)  # fmt: skip
CLASSIFIED = TicketClassified(at=NINE, ticket="1", category="defect", previous="project-question", agent="anna")
RESOLVED = TicketResolved(at=NINE, ticket="1", requester="r", agent="anna", text="Готово", previous="level2")
CLOSED = TicketClosed(at=NINE, ticket="1", by="requester", who="r", previous="resolved")


def said(text: str = "Спасибо", automatic: str = "") -> RequesterReplied:
    return RequesterReplied(at=NINE, ticket="1", requester="r", text=text, automatic=automatic)


@pytest.fixture
def anna(csn: Regulation) -> Hand:
    return Hand(NINE, "anna", csn)


@pytest.fixture
def client(csn: Regulation) -> Hand:
    return Hand(NINE, "r", csn, "requester")


@pytest.fixture
def system(csn: Regulation) -> Hand:
    return Hand(NINE, "", csn, "system")


DUE = NINE + timedelta(days=2)


def test_a_new_ticket_begins_where_the_regulation_takes_it_by_itself(csn: Regulation) -> None:
    """R1-03."""
    found = terms(csn, "telegram", {"category": "Проблемы с хостингом", "urgency": "urgent"}, "en-GB")
    assert found == ("hosting-problem", "urgent", "level1", "chat", "en", "csn@1", "")


def test_what_the_regulation_does_not_know_becomes_its_default(csn: Regulation) -> None:
    found = terms(csn, "email", {"category": "Чудеса", "urgency": "highest"}, "de")
    assert (found.category, found.priority, found.language) == ("project-question", "normal", "ru")


def test_a_question_makes_the_ticket_wait_until_the_requester_writes(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.ask(anna, "Какой отчёт?")
    assert ticket.waiting
    ticket.requester_replied(said())
    assert not ticket.waiting
    assert [type(each) for each in new_events(ticket)] == [InformationRequested, RequesterReplied]


def test_an_automatic_answer_ends_no_waiting(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.ask(anna, "Какой отчёт?")
    ticket.requester_replied(said(automatic="auto-submitted"))
    assert ticket.waiting


def test_an_agents_reply_ends_the_waiting(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.ask(anna, "Какой отчёт?")
    ticket.reply(anna, "Уже понятно")
    assert not ticket.waiting
    assert isinstance(new_events(ticket)[-1], AgentReplied)


@pytest.mark.parametrize("name", ["defect", "Ошибка поведения или интерфейса", "behaviour OR interface error"])
def test_a_category_is_stated_by_id_or_title(anna: Hand, name: str) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.classify(anna, name)
    assert new_events(ticket) == [
        TicketClassified(at=NINE, ticket="1", category="defect", previous="project-question", agent="anna")
    ]


def test_a_category_that_does_not_exist_is_answered_with_those_that_do(anna: Hand) -> None:
    with pytest.raises(UnknownTermError, match="hosting-problem"):
        given(Ticket, STREAM, OPENED).classify(anna, "чудеса")


def test_a_priority_is_changed_with_a_reason(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.prioritize(anna, "Критичный", "стоит склад")
    assert new_events(ticket) == [
        PriorityChanged(at=NINE, ticket="1", priority="critical", previous="normal", agent="anna", reason="стоит склад")
    ]


def test_escalating_without_a_stage_takes_the_only_way(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.escalate(anna, "")
    said = TicketEscalated(at=NINE, ticket="1", stage="level2", previous="level1", agent="anna")
    assert new_events(ticket)[0] == said


def test_what_is_solved_at_the_first_level_passes_through_the_second_r1_06(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED)
    ticket.resolve(anna, "Готово")
    moved = [(type(each), getattr(each, "previous", ""), getattr(each, "stage", "")) for each in new_events(ticket)]
    ways = [each for each in moved if each[0] is not TaskOpened]
    assert ways == [(TicketEscalated, "level1", "level2"), (TicketResolved, "level2", "resolved")]


def test_a_way_that_does_not_exist_is_refused_with_those_that_do(anna: Hand) -> None:
    with pytest.raises(RefusedError, match=r"reopened") as refused:
        given(Ticket, STREAM, OPENED, CLOSED).resolve(anna, "Готово")
    assert refused.value.reason == "no-such-transition"


def test_a_reopened_ticket_says_again_what_it_is(client: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED, CLOSED)
    ticket.reopen(client)
    (said,) = new_events(ticket)
    assert isinstance(said, TicketReopened)
    assert (said.number, said.kind, said.category) == (OPENED.number, OPENED.kind, OPENED.category)


def test_a_way_that_is_somebody_elses_says_whose(anna: Hand) -> None:
    with pytest.raises(RefusedError, match="requester or automatic") as refused:
        given(Ticket, STREAM, OPENED, RESOLVED).close(anna)
    assert refused.value.reason == "not-yours"


def test_the_requester_closes_and_reopens(client: Hand) -> None:
    """R1-15."""
    ticket = given(Ticket, STREAM, OPENED, RESOLVED)
    ticket.close(client)
    ticket.reopen(client, "снова")
    moved = [(type(each), getattr(each, "previous", ""), getattr(each, "stage", "")) for each in new_events(ticket)]
    assert moved == [(TicketClosed, "resolved", "closed"), (TicketReopened, "closed", "reopened")]


def test_the_first_word_on_the_category_counts_even_where_it_changes_nothing(anna: Hand) -> None:
    """R3-01."""
    ticket = given(Ticket, STREAM, OPENED)
    ticket.classify(anna, "project-question")
    assert (ticket.classified, len(new_events(ticket))) == (True, 1)


def test_a_refusal_names_every_way_and_who_may_go_it(anna: Hand) -> None:
    with pytest.raises(RefusedError, match=r"annulled \(Annulled\) by agent; level2 .* by agent"):
        given(Ticket, STREAM, OPENED).escalate(anna, "level4")


def test_repetition_is_silence(anna: Hand, client: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED, CLASSIFIED, RESOLVED)
    ticket.classify(anna, "defect")
    ticket.prioritize(anna, "normal")
    assert new_events(ticket) == []
    closed = given(Ticket, STREAM, OPENED, RESOLVED, CLOSED)
    closed.close(client)
    assert new_events(closed) == []


def test_silence_closes_a_resolved_ticket(system: Hand) -> None:
    """R1-16."""
    ticket = given(Ticket, STREAM, OPENED, RESOLVED)
    ticket.auto_close(system, DUE)
    assert new_events(ticket) == [
        TicketClosed(at=NINE, ticket="1", by="system", reason="no-reaction", previous="resolved")
    ]


def test_any_word_of_the_requester_stops_the_auto_close(system: Hand) -> None:
    """A-11."""
    ticket = given(Ticket, STREAM, OPENED, RESOLVED, said("А как же печать?"))
    ticket.auto_close(system, DUE)
    assert (new_events(ticket), ticket.standing) == ([], Standing.resolved)


def test_an_out_of_office_answer_does_not_stop_it(system: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED, RESOLVED, said(automatic="auto-submitted"))
    ticket.auto_close(system, DUE)
    assert len(new_events(ticket)) == 1


def test_an_auto_close_of_an_earlier_solution_closes_nothing(system: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED, RESOLVED)
    ticket.auto_close(system, NINE - timedelta(hours=1))
    assert new_events(ticket) == []


def test_the_requester_has_one_solution_until_they_write(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED, RESOLVED, said(automatic="auto-submitted"))
    with pytest.raises(RefusedError, match="solved already") as refused:
        ticket.resolve(anna, "Иначе")
    assert (refused.value.reason, new_events(ticket)) == ("resolved", [])


def test_a_solution_may_be_given_again_after_the_requester_wrote(anna: Hand) -> None:
    ticket = given(Ticket, STREAM, OPENED, RESOLVED, said("А как же печать?"))
    ticket.resolve(anna, "И печать готова")
    assert [type(each) for each in new_events(ticket)] == [TicketResolved]


def test_a_closed_ticket_takes_only_automatic_messages() -> None:
    ticket = given(Ticket, STREAM, OPENED, RESOLVED, CLOSED)
    ticket.requester_replied(said(automatic="auto-submitted"))
    with pytest.raises(RefusedError):
        ticket.requester_replied(said())
    assert len(new_events(ticket)) == 1


@pytest.mark.parametrize("verb", [lambda t, by: t.ask(by, "?"), lambda t, by: t.classify(by, "defect")])
def test_a_closed_ticket_is_neither_asked_nor_classified(anna: Hand, verb: Callable[[Ticket, Hand], None]) -> None:
    with pytest.raises(RefusedError, match="reopen"):
        verb(given(Ticket, STREAM, OPENED, RESOLVED, CLOSED), anna)
