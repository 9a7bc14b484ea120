"""The rules of S4 that are data, by their numbers, seen through a regulation that includes them: R4-02 to R4-10."""

from datetime import datetime
from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.load import MixinError, load

FILES = Path(__file__).parents[4] / "regulations"
CALLED = [
    ("R4-07 on the second working day", "07-06 10:00", "07-08 10:00"),
    ("R4-07 over the weekend", "07-03 10:00", "07-07 10:00"),
    ("R4-07 on the weekend", "07-04 12:00", "07-08 09:00"),
    ("R4-07 over holidays", "06-11 10:00", "06-16 10:00"),
]
"""When a call missed then is too old to be called back; 12 June 2026, a Friday, is a holiday."""


def test_it_is_no_regulation_by_itself() -> None:
    with pytest.raises(MixinError):
        load(FILES / "missed-calls.yaml")


@pytest.mark.parametrize(("case", "missed", "old"), CALLED, ids=[case[0] for case in CALLED])
def test_a_missed_call_ages_in_working_days_only(demo: Regulation, case: str, missed: str, old: str) -> None:
    """A-26: the weekend and holidays do not age it."""
    rule = demo.missed_calls
    assert rule is not None
    calls = demo.calendar(rule.calendar)
    at = datetime.strptime(f"2026-{missed}", "%Y-%m-%d %H:%M").replace(tzinfo=calls.zone)

    assert rule.target.due(calls, at).astimezone(calls.zone).strftime("%m-%d %H:%M") == old


def test_r4_02_an_older_one_is_closed_with_a_reason_never_silently(demo: Regulation) -> None:
    """A-26."""
    assert demo.missed_calls is not None
    assert (demo.missed_calls.call_within, demo.missed_calls.stale_reason) == ("2 дня", "stale")


def test_r4_05_the_topics_are_those_of_the_regulation_that_includes_it(demo: Regulation) -> None:
    assert demo.missed_calls is not None
    assert demo.missed_calls.topics == ("delivery", "payment", "complaint")
    assert "in missed-calls, the topics (R4-05)" in demo.not_supplied


def test_r4_08_the_head_of_department_gives_it_to_another(demo: Regulation) -> None:
    assert demo.missed_calls is not None
    titles = {role.id: role.title.ru for role in demo.roles}

    assert titles[demo.missed_calls.reassigned_by] == "Руководитель отдела"


@pytest.mark.parametrize("title", ["Направление 0", "Направление 2", "Направление 3"])
def test_r4_09_a_direction_is_served_in_the_same_help_desk(demo: Regulation, title: str) -> None:
    direction = next(each for each in demo.directions if each.title.ru == title)

    assert [channel.id for channel in demo.channels if channel.direction == direction.id]


def test_any_regulation_may_include_it(demo: Regulation) -> None:
    parts = {"missed-calls": (FILES / "missed-calls.yaml").read_text(encoding="utf-8")}
    saas = load((FILES / "saas-support.yaml").read_text(encoding="utf-8") + "include: [missed-calls]\n", parts)

    assert saas.missed_calls is not None
    assert saas.missed_calls.topics == ()
    assert saas.calendar("calls") == demo.calendar("calls")
    assert [role.id for role in saas.roles] == ["specialist", "duty-developer", "department-head"]
