"""Every text in both languages, polite, escaped and complete (R0-10, X-07)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from contracts import Event
from notify.domain.intents import EXCLUDED, IN_CABINET_ONLY, TO_AGENT, TO_HEAD, TO_REQUESTER
from notify.wording import Channel, Language, MissingValueError, render, shown
from notify.wording.english import ENGLISH
from notify.wording.russian import MARKER, RUSSIAN
from regulation.familiar import familiar

NAMES = [
    *("ticket_opened", "agent_replied", "information_requested", "ticket_resolved", "rating_requested"),
    *("ticket_reopened", "ticket_closed", "ticket_assigned", "group_assigned"),
    *("deadline_approaching", "deadline_breached", "budget_spent"),
    *("ticket_excluded", "ticket_merged", "ticket_unmerged", "ticket_estimated", "write_to_bot"),
    *("ticket_unattended", "nobody_online", "skew_noticed"),
]
ABOUT_NO_TICKET = {"skew_noticed", "write_to_bot"}
LANGUAGES: list[Language] = ["ru", "en"]
CHANNELS: list[Channel] = ["mail", "telegram"]
URL = "https://desk.example/cabinet/TIC-42?a=1&b=2"
VALUES = {
    "number": "TIC-42",
    "url": URL,
    "rating_url": "https://desk.example/rate/x",
    "agent": "Ирина",
    "text": "Строка 1\n\n<script>alert(1)</script> $number",
    "subject": "Тема",
    "group": "Линия 2",
    "priority": "Высокий",
    "due": "21.11.2026, 14:00 (UTC+3)",
    "promise": "Первый ответ",
    "left": "15 мин",
    "advice": "Передайте, пожалуйста, на 2 линию.",
    "exclusion": "Ремонт касс",
    "into": "TIC-7",
    "work": "20 дней",
    "reason": "Ждём деталь",
    "bot": "@support_bot",
    "limit": "2 ч",
    "turns": "3",
    "fewest": "0",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_text_exists_in_both_languages_over_the_same_values(name: str) -> None:
    assert RUSSIAN[name].placeholders() == ENGLISH[name].placeholders()
    assert RUSSIAN[name].answerable == ENGLISH[name].answerable


def test_there_are_no_other_texts() -> None:
    assert set(RUSSIAN) == set(ENGLISH) == set(NAMES)


@pytest.mark.parametrize("told", [TO_REQUESTER, TO_AGENT, TO_HEAD, IN_CABINET_ONLY])
def test_whatever_somebody_is_told_of_has_a_text(told: Mapping[type[Event], str]) -> None:
    assert {EXCLUDED, *told.values()} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_russian_text_says_thou(name: str) -> None:
    wording = RUSSIAN[name]
    assert familiar("\n".join((wording.subject, wording.mail, wording.telegram))) == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_polite_form_is_capital(name: str) -> None:
    said = f" {RUSSIAN[name].mail} {RUSSIAN[name].telegram} "
    assert not any(f" {low}" in said for low in ("вы ", "вас ", "вам ", "вами ", "ваш", "вы,", "вас,", "вам,"))


@pytest.mark.parametrize(
    "planted",
    [
        *("Оцени, пожалуйста", "если ты хочешь", "Твоё обращение", "для тебя", "Ответь на письмо", "увидишь ниже"),
        *("как только решишься", "ТВОЙ вопрос"),
    ],
)
def test_a_planted_thou_is_found(planted: str) -> None:
    assert familiar(f"Здравствуйте! {planted}. Спасибо.") != ()


@pytest.mark.parametrize("polite", ["Оцените лишь работу", "Ответьте, готовы", "тыква и опыты", "Вы нажмёте кнопку"])
def test_polite_words_are_not_mistaken(polite: str) -> None:
    assert familiar(polite) == ()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_text_can_be_rendered_and_leaves_no_placeholder(name: str, language: Language, channel: Channel) -> None:
    said = render(name, language, channel, VALUES | {"text": "Готово"})
    assert "$" not in said.subject + said.text + (said.html or "")
    assert (said.html is None) == (channel == "telegram")
    assert name in ABOUT_NO_TICKET or "TIC-42" in said.subject + said.text


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_value_is_an_error_that_names_it(name: str) -> None:
    for missing in RUSSIAN[name].placeholders():
        with pytest.raises(MissingValueError, match=missing):
            render(name, "ru", "mail", {k: v for k, v in VALUES.items() if k != missing})


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_automatic_reply_repeats_nothing_that_the_requester_wrote(
    language: Language, channel: Channel
) -> None:
    assert RUSSIAN["ticket_opened"].placeholders() == {"number", "url"}
    said = render("ticket_opened", language, channel, VALUES | {"subject": "SPAM", "text": "SPAM", "agent": "SPAM"})
    assert "SPAM" not in said.subject + said.text + (said.html or "")


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links.extend(value for name, value in attrs if name == "href")


def test_what_people_wrote_is_escaped_in_html_and_kept_in_text() -> None:
    said = render("agent_replied", "ru", "mail", VALUES)
    tags = Tags(said.html or "")
    assert "script" not in tags.seen
    assert tags.links == [URL]
    assert "<script>alert(1)</script> $number" in said.text


def test_a_paragraph_without_anything_to_say_is_left_out() -> None:
    said = render("ticket_resolved", "ru", "mail", VALUES | {"rating_url": ""})
    assert "Оцените" not in said.text + (said.html or "")
    assert "решено" in said.text


def test_a_sentence_or_line_without_anything_to_say_is_left_out_alone() -> None:
    said = render("ticket_closed", "ru", "mail", VALUES | {"url": ""})
    assert "Ваше обращение TIC-42 закрыто." in said.text
    assert "переписка" not in said.text
    assert "Приоритет: Высокий" in render("ticket_assigned", "ru", "mail", VALUES | {"due": ""}).text


def test_own_words_take_the_place_of_the_body_alone() -> None:
    said = render("agent_replied", "ru", "mail", VALUES, "Ответ по $number:\n\n> $text")
    assert said.subject == render("agent_replied", "ru", "mail", VALUES).subject
    assert said.text.startswith(f"{MARKER}\n\nОтвет по TIC-42:\n\nСтрока 1")


@pytest.mark.parametrize("own", ["$number $nonsense", "Ответ по $number"])
def test_own_words_that_lack_a_value_or_the_reply_itself_are_an_error(own: str) -> None:
    with pytest.raises(MissingValueError):
        render("agent_replied", "ru", "mail", VALUES, own)


def test_only_mails_that_welcome_an_answer_ask_to_answer_above() -> None:
    assert MARKER in render("agent_replied", "ru", "mail", VALUES).text
    assert MARKER not in render("rating_requested", "ru", "mail", VALUES).text


def test_moments_are_shown_in_the_zone_of_the_calendar() -> None:
    at = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert shown(at, ZoneInfo("Europe/Moscow"), "ru") == "22.11.2026, 01:30 (UTC+3)"
    assert shown(at, ZoneInfo("Asia/Kolkata"), "en") == "22 Nov 2026, 04:00 (UTC+5:30)"
    assert shown(at, ZoneInfo("America/New_York"), "en") == "21 Nov 2026, 17:30 (UTC-5)"
    assert shown(at, ZoneInfo("UTC"), "ru") == "21.11.2026, 22:30 (UTC)"
