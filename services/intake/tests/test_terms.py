"""What a new ticket is in the words of its regulation: the language it is written in, the urgency it states."""

import msgspec
import pytest
from intake.domain.terms import spoken, terms
from regulation.document import Regulation


@pytest.mark.parametrize(
    ("stated", "text", "language"),
    [
        ("en", "Не работает касса", "ru"),
        ("en", "Till 7: нет связи", "ru"),
        ("en", "The till is down", "en"),
        ("de", "Die Kasse geht nicht", "de"),
        (None, "The till is down", "en"),
        (None, "Касса", "ru"),
        ("en", "8812", "en"),
        (None, "8812", ""),
    ],
)
def test_russian_words_say_more_than_the_language_of_a_program(stated: str | None, text: str, language: str) -> None:
    assert spoken(stated, "", text) == language


@pytest.mark.parametrize(
    ("urgency", "usual", "priority"),
    [
        ("high", "normal", "urgent"),
        ("High", "urgent", "critical"),
        ("high", "critical", "critical"),
        ("low", "urgent", "normal"),
        ("low", "normal", "normal"),
        ("whatever", "normal", "normal"),
        ("critical", "normal", "critical"),
    ],
)
def test_what_mail_programs_call_urgent_is_a_step_from_what_is_usual(
    csn: Regulation, urgency: str, usual: str, priority: str
) -> None:
    """R0-11, A-19."""
    usually = msgspec.structs.replace(csn, defaults=msgspec.structs.replace(csn.defaults, priority=usual))
    assert terms(usually, "email", {"urgency": urgency}, "ru").priority == priority


def test_a_regulation_that_has_the_word_decides_what_it_means(csn: Regulation) -> None:
    named = [
        msgspec.structs.replace(each, aliases=("high",) if each.id == "critical" else ()) for each in csn.priorities
    ]
    known = msgspec.structs.replace(csn, priorities=tuple(named))
    assert terms(known, "email", {"urgency": "high"}, "ru").priority == "critical"
