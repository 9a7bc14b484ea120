"""A regulation as a value: found by people's words, the same after a journey as JSON."""

import json
from datetime import timedelta

import msgspec
import pytest
from regulation.document import Regulation
from regulation.duration import DayMode, parse_target
from regulation.load import load
from regulation.term import UnknownTermError


@pytest.mark.parametrize(
    "term", ["hosting-problem", "проблемы  с хостингом", "ПРОБЛЕМЫ С ХОСТИНГОМ", " Hosting problems "]
)
def test_a_category_is_found_by_id_and_by_title_in_either_language(csn: Regulation, term: str) -> None:
    found = csn.find_category(term)

    assert found is not None
    assert found.id == "hosting-problem"


@pytest.mark.parametrize(("term", "id"), [("срочный", "urgent"), ("Critical", "critical"), ("normal", "normal")])
def test_a_priority_is_found_by_id_and_by_title_in_either_language(csn: Regulation, term: str, id: str) -> None:  # noqa: A002 the word tested
    assert csn.find_priority(term) == csn.priority(id)


def test_other_terms_are_found_too(csn: Regulation) -> None:
    assert csn.find_plan("ликвидация аварий") == csn.plan("outage")
    assert csn.find_stage("решен") == csn.find_stage("Решён") == csn.stage("resolved")
    assert csn.find_channel("Электронная почта") == csn.channel("email")
    assert csn.find_group("Duty group") == csn.group("duty")


def test_a_term_nobody_knows_is_not_found(csn: Regulation) -> None:
    assert csn.find_category("погода") is None


def test_an_unknown_id_says_which_are_known(csn: Regulation) -> None:
    with pytest.raises(UnknownTermError, match="write one of normal, urgent, critical"):
        csn.plan_for("defect", "low")
    with pytest.raises(UnknownTermError, match="office, always"):
        csn.calendar("night")
    with pytest.raises(UnknownTermError, match="no plan 'gold'"):
        csn.target("gold", "level1")


def test_a_regulation_survives_a_journey_as_json(csn: Regulation) -> None:
    arrived = Regulation.from_json(csn.to_json())

    assert arrived == csn
    assert arrived.to_json() == csn.to_json()
    assert arrived.hash == csn.hash


def test_a_regulation_survives_a_journey_inside_an_event(csn: Regulation) -> None:
    event = json.dumps({"document": csn.to_json().decode()}, indent=1)

    assert Regulation.from_json(json.loads(event)["document"]) == csn


def test_json_is_loaded_like_yaml(csn: Regulation) -> None:
    assert load(csn.to_json()) == csn


def test_the_hash_ignores_comments_and_order_of_keys(csn: Regulation, csn_text: str) -> None:
    name = "name: csn\n"

    assert load(csn_text.replace(name, "") + "# a remark\n" + name).hash == csn.hash


def test_the_hash_ignores_what_would_hold_anyway(csn: Regulation, csn_text: str) -> None:
    unsaid = (
        csn_text.replace("    business_day: 8h\n", "")
        .replace("    language: ru\n", "")
        .replace(", day_mode: hours}", "}")
    )

    assert load(unsaid).hash == csn.hash


def test_the_hash_sees_every_change_of_meaning(csn: Regulation, csn_text: str) -> None:
    assert load(csn_text.replace("level1: 15 мин", "level1: 16 мин")).hash != csn.hash


def test_a_later_documents_unknown_keys_do_not_stop_a_reader(csn: Regulation) -> None:
    later = {**json.loads(csn.to_json()), "invented_later": True}

    assert Regulation.from_json(json.dumps(later)) == csn


def test_json_that_is_no_regulation_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Regulation.from_json("{}")


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("15 мин", 15), ("15мин", 15), ("1 минута", 1), ("4 часа", 240), ("8h", 480), ("60 дней", 28_800), ("1 day", 480)],
)
def test_lengths_are_read_in_either_language(written: str, minutes: int) -> None:
    assert parse_target(written, "8h", DayMode.hours).work() == timedelta(minutes=minutes)


def test_a_day_is_as_long_as_the_plan_says() -> None:
    assert parse_target("2 дня", "450 мин", DayMode.hours).work() == timedelta(hours=15)


@pytest.mark.parametrize("written", ["", "0 мин", "-1 час", "1,5 часа", "2 недели", "час", "1 день 2 часа"])
def test_a_length_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write a whole number"):
        parse_target(written, "8h", DayMode.hours)


def test_a_working_day_is_not_written_in_days() -> None:
    with pytest.raises(ValueError, match="in hours"):
        parse_target("1 день", "1 день", DayMode.hours)
