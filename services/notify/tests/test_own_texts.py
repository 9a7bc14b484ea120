"""What messages say of an event, in the product's words or in those of the ticket's version (D2)."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from contracts import Event
from contracts.example import example
from contracts.intake import (
    AgentReplied,
    TicketClosed,
    TicketEstimated,
    TicketMerged,
    TicketOpened,
)
from contracts.routing import SkewNoticed, TicketAssigned
from contracts.sla import BudgetSpent, DeadlineBreached
from notify.domain.ticket import State, Ticket
from notify.domain.words import read_words
from notify.due import Due, verdict
from notify.matters import Matter
from notify.messages import worded
from notify.sending.outcome import Unknown
from notify.wording import Rendered
from notify.wording.russian import RUSSIAN
from regulation.load import load

FILES = sorted((Path(__file__).parents[3] / "regulations").glob("*.yaml"))
NINE = datetime(2026, 11, 23, 6, tzinfo=UTC)
SHIPPED = {
    loaded.name: msgspec.json.decode(loaded.to_json())
    for loaded in (load(path) for path in FILES if "\nname:" in f"\n{path.read_text()}")
}
OWN = [
    (name, template, language)
    for name, document in SHIPPED.items()
    for template in document.get("templates", {})
    for language in ("ru", "en")
]
OPENED = msgspec.structs.replace(
    example(TicketOpened), ticket="t", number="TIC-1", regulation="demo@1", subject="Касса"
)


def closed(exclusion: str = "") -> TicketClosed:
    return TicketClosed(at=NINE, ticket="t", by="agent", who="anna", exclusion=exclusion, reason="secret")


def state(document: dict[str, object]) -> State:
    merged = Ticket(number="TIC-2", requester="r2", kind="email")
    return State(words={"demo@1": read_words(document)}, tickets={"other": merged})


def due(template: str, language: str = "ru", ticket: str = "t") -> Due:
    return Due(
        delivery="d",
        ticket=ticket,
        audience="requester",
        template=template,
        language=language,
        staff="",
        cause="c",
        epoch=1,
        attempts=1,
        doubts=0,
        since=NINE,
        now=NINE,
    )


def said(template: str, cause: Event, document: dict[str, object] | None = None, language: str = "ru") -> Rendered:
    return worded(state(document or SHIPPED["demo"]), due(template, language), Matter(OPENED, cause), "mail")


def written(template: str, text: str) -> dict[str, object]:
    return {**SHIPPED["demo"], "templates": {template: {"ru": text, "en": text}}}


def test_some_regulations_have_texts_of_their_own() -> None:
    assert {template for _, template, _ in OWN} >= {"ticket_opened", "ticket_closed", "write_to_bot"}


@pytest.mark.parametrize(("name", "template", "language"), OWN)
def test_every_own_text_of_a_shipped_regulation_fits(
    name: str, template: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert template in RUSSIAN
    told = said(template, closed(), SHIPPED[name], language)

    assert caplog.text == ""
    assert "$" not in told.text


@pytest.mark.parametrize(
    ("language", "own"), [("ru", "дали ему номер TIC-1. Ответим Вам здесь же."), ("en", "as number TIC-1 and will")]
)
def test_the_versions_own_text_takes_the_place_of_the_body(language: str, own: str) -> None:
    told = said("ticket_opened", OPENED, language=language)

    assert own in told.text
    assert "Ход работы" not in told.text
    assert "Progress" not in told.text
    assert told.subject in ("Обращение зарегистрировано", "Your ticket has been registered")


def test_a_ticket_of_a_version_without_own_texts_gets_the_products() -> None:
    assert "присвоили ему номер TIC-1" in said("ticket_opened", OPENED, SHIPPED["csn"]).text


@pytest.mark.parametrize(
    ("template", "cause", "text"),
    [
        ("ticket_closed", closed(), "Закрыто. $nonsense"),
        ("agent_replied", example(AgentReplied), "Вам ответили, смотрите $number"),
        ("ticket_closed", closed(), "$url"),
    ],
)
def test_an_own_text_that_does_not_fit_gives_way_to_the_products(template: str, cause: Event, text: str) -> None:
    assert said(template, cause, written(template, text)).text == said(template, cause, SHIPPED["csn"]).text


def test_it_is_said_that_an_own_text_does_not_fit(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        said("ticket_closed", closed(), written("ticket_closed", "Закрыто, $nonsense"))

    assert "nonsense" in caplog.text
    assert "Закрыто" not in caplog.text


def test_who_was_excluded_is_told_by_what_in_the_regulations_words_r0_27() -> None:
    told = said("ticket_excluded", closed("till-repair")).text

    assert "не относится к компетенции поддержки (Ремонт касс)" in told
    assert "secret" not in told


def test_who_was_merged_learns_the_other_number_and_nothing_else_of_it() -> None:
    merged = TicketMerged(at=NINE, ticket="t", into="other", requester="r1", who="anna", reason="secret")
    told = said("ticket_merged", merged).text

    assert "Работа продолжается под номером TIC-2." in told
    assert not any(each in told for each in ("r2", "secret", "anna"))


def test_a_spent_budget_gives_the_regulations_advice_a_27() -> None:
    spent = BudgetSpent(at=NINE, clock="c", ticket="t", name="line1", due_at=NINE)
    told = said("budget_spent", spent).text

    assert "1 линия" in told
    assert "Передайте, пожалуйста, на 2 линию." in told


def test_metrics_have_the_names_that_the_regulation_gives_them() -> None:
    missed = DeadlineBreached(at=NINE, clock="c", ticket="t", name="first_response", due_at=NINE)
    titles = {each["id"]: each["title"]["ru"] for each in SHIPPED["demo"]["metrics"]}

    assert titles["first_response"] in said("deadline_breached", missed).text


def test_an_agent_is_told_the_priority_that_the_ticket_has_now() -> None:
    now = state(SHIPPED["demo"])
    now.tickets["t"] = Ticket(number="TIC-1", requester="r", kind="email", priority="critical")
    assigned = Matter(OPENED, example(TicketAssigned))
    critical = now.words_for("t", OPENED.regulation).title("critical", "ru")
    assert f"Приоритет: {critical}" in worded(now, due("ticket_assigned"), assigned, "mail").text


def test_who_breaks_a_promise_is_asked_to_hurry_even_where_there_is_no_address_to_open() -> None:
    text = said("deadline_breached", example(DeadlineBreached)).text
    assert "Пожалуйста, займитесь обращением как можно скорее." in text


@pytest.mark.parametrize(("doubts", "tried_again"), [(0, True), (1, False)])
def test_only_an_attempt_that_left_a_doubt_counts_against_the_second_one(doubts: int, tried_again: bool) -> None:
    asked = msgspec.structs.replace(due("agent_replied"), attempts=2, doubts=doubts)
    assert (verdict(asked, Unknown("no answer")) is None) == tried_again


def test_an_estimate_says_how_long_and_why() -> None:
    estimate = TicketEstimated(at=NINE, ticket="t", stage="line2", work="20 дней", agent="anna", reason="Ждём деталь")
    told = said("ticket_estimated", estimate).text

    assert "20 дней" in told
    assert "Ждём деталь" in told


def test_a_message_about_no_ticket_has_no_number() -> None:
    skew = SkewNoticed(at=NINE, agent="anna", pool="demo-cloud/chat", turns=3, fewest=0)
    told = worded(state(SHIPPED["demo"]), due("skew_noticed", ticket=""), Matter(None, skew), "telegram")

    assert told.subject == "Неравномерное распределение: группа «Команда облака»"
    assert "Назначено подряд: 3\nДругому сотруднику за это же время: 0" in told.text
