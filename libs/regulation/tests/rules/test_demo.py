"""demo.yaml uses every part of a regulation, and uses it so that it shows."""

from datetime import UTC, datetime
from operator import attrgetter

import msgspec
import pytest
from regulation.contents import Contents
from regulation.document import Regulation
from regulation.duration import DayMode
from regulation.lint import Severity, lint
from regulation.worktime import is_open

PARTS = {field.name: field.default for field in msgspec.structs.fields(Contents)}
SELECTED = [
    ("the table", "defect", "urgent", "demo-mail", "", "fast"),
    ("service and type", "defect", "critical", "demo-mail", "checkout", "round-the-clock"),
    ("another type", "how-to", "critical", "demo-mail", "checkout", "express"),
    ("channel", "defect", "urgent", "demo-night", "", "night-watch"),
    ("direction", "defect", "urgent", "demo-partners", "", "partner"),
    ("category", "billing", "normal", "demo-mail", "", "paperwork"),
]
DUE = [
    ("lunch", "standard", "first_response", "09-10 12:00", "09-10 15:00"),
    ("over night", "standard", "first_response", "09-10 17:00", "09-11 10:00"),
    ("a working Saturday", "standard", "first_response", "09-11 17:00", "09-12 11:00"),
    ("a holiday of one's own", "standard", "first_response", "09-12 13:00", "09-15 10:00"),
    ("a short day", "standard", "first_response", "12-30 15:00", "01-11 10:00"),
    ("round the clock", "round-the-clock", "resolution", "09-12 23:00", "09-13 03:00"),
    ("D+N", "paperwork", "resolution", "09-10 16:00", "09-15 16:00"),
]


def due(demo: Regulation, plan: str, column: str, since: str) -> str:
    metric = next(each for each in demo.metrics if each.target == column)
    target, calendar = demo.metric_target(plan, metric), demo.calendar(demo.plan(plan).calendar)
    assert target is not None
    at = datetime.strptime(f"2026-{since}", "%Y-%m-%d %H:%M").replace(tzinfo=calendar.zone)
    return target.due(calendar, at).astimezone(calendar.zone).strftime("%m-%d %H:%M")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_used(demo: Regulation, part: str) -> None:
    assert getattr(demo, part)
    assert getattr(demo, part) != PARTS[part]


@pytest.mark.parametrize("case", SELECTED, ids=[case[0] for case in SELECTED])
def test_the_first_rule_that_fits_decides_else_the_table(
    demo: Regulation, case: tuple[str, str, str, str, str, str]
) -> None:
    _, category, priority, channel, service, plan = case

    assert demo.plan_for(category, priority, channel, service).id == plan


@pytest.mark.parametrize("case", DUE, ids=[case[0] for case in DUE])
def test_a_deadline_keeps_to_its_calendar(demo: Regulation, case: tuple[str, str, str, str, str]) -> None:
    _, plan, column, since, over = case

    assert due(demo, plan, column, since) == over


def test_a_night_shift_belongs_to_the_day_on_which_it_begins(demo: Regulation) -> None:
    night = demo.calendar("night")

    assert is_open(night, datetime(2026, 9, 12, 3, tzinfo=night.zone))
    assert not is_open(night, datetime(2026, 9, 13, 3, tzinfo=night.zone))


def test_partners_keep_their_hours_when_clocks_change(demo: Regulation) -> None:
    summer, winter = (datetime(2026, month, 1, 7, 30, tzinfo=UTC) for month in (9, 12))

    assert is_open(demo.calendar("partners"), summer)
    assert is_open(demo.calendar("partners"), winter)
    assert not is_open(demo.calendar("partners"), datetime(2026, 12, 1, 6, 30, tzinfo=UTC))


def test_days_of_the_one_plan_are_working_hours_and_of_the_other_dates(demo: Regulation) -> None:
    assert demo.plan("standard").day_mode is DayMode.hours
    assert demo.plan("paperwork").day_mode is DayMode.d_plus_n


def test_every_kind_of_tracker_and_of_channel_is_there(demo: Regulation) -> None:
    """X-04."""
    assert {each.kind.value for each in demo.trackers} == {"youtrack", "jira", "trello", "message"}
    assert {each.kind.value for each in demo.channels} == {"email", "telegram", "api"}


@pytest.mark.parametrize(
    "flag", ["opens_in", "mass_only", "agreed", "direction", "group", "coverage", "clocks_from", "language"]
)
def test_channels_differ_in_everything_they_may_differ_in(demo: Regulation, flag: str) -> None:
    assert len(set(map(attrgetter(flag), demo.channels))) > 1


def test_one_service_is_supported_one_is_coming_and_one_is_none_of_ours(demo: Regulation) -> None:
    assert [(each.status, each.supported) for each in demo.services] == [
        ("supported", True),
        ("in_handover", True),
        ("supported", False),
    ]


def test_own_texts_address_people_politely(demo: Regulation) -> None:
    """R0-10."""
    assert set(demo.templates) == {"ticket_opened", "ticket_closed"}
    assert all("Ваше" in text.ru for text in demo.templates.values())


def test_nothing_in_it_is_strange(demo: Regulation) -> None:
    assert [finding.said("en") for finding in lint(demo) if finding.severity is not Severity.note] == []
