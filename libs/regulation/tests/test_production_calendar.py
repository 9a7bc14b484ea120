"""The Russian production calendar on the days named in requirements.md §1.8."""

from datetime import date, datetime, time, timedelta

import pytest
from regulation.calendar import Calendar, Windows
from regulation.worktime import between

FULL: Windows = (("09:00", "13:00"), ("14:00", "18:00"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar(timezone="Europe/Moscow", hours=dict.fromkeys(WEEKDAYS, FULL), production_calendar="RU")
SHORTENED = """2024-02-22 2024-03-07 2024-05-08 2024-06-11 2024-11-02 2025-03-07 2025-04-30 2025-06-11 2025-11-01
2026-04-30 2026-05-08 2026-06-11 2026-11-03"""
WORKING_SATURDAYS = "2024-04-27 2024-12-28"
MOVED_DAYS_OFF = """2024-04-29 2024-04-30 2024-05-10 2024-12-30 2024-12-31 2025-05-02 2025-05-08 2025-06-13 2025-11-03
2025-12-31 2026-01-09 2026-03-09 2026-05-11 2026-12-31"""
HOLIDAYS = "2024-01-01 2025-01-08 2026-02-23 2026-05-01 2026-06-12 2026-11-04"
ORDINARY = "2024-05-13 2025-03-06 2026-01-12 2026-02-20 2026-05-12 2026-11-05"


def hours(day: str, calendar: Calendar = OFFICE) -> float:
    midnight = datetime.combine(date.fromisoformat(day), time(), calendar.zone)
    return between(calendar, midnight, midnight + timedelta(days=1)) / timedelta(hours=1)


@pytest.mark.parametrize("day", SHORTENED.split())
def test_a_day_before_a_holiday_is_an_hour_shorter(day: str) -> None:
    assert hours(day) == 7


@pytest.mark.parametrize("day", WORKING_SATURDAYS.split())
def test_a_working_saturday_is_worked(day: str) -> None:
    assert hours(day) == 8


@pytest.mark.parametrize("day", MOVED_DAYS_OFF.split() + HOLIDAYS.split())
def test_a_holiday_and_a_day_off_moved_are_free(day: str) -> None:
    assert hours(day) == 0


@pytest.mark.parametrize("day", ORDINARY.split())
def test_an_ordinary_day_is_whole(day: str) -> None:
    assert hours(day) == 8


@pytest.mark.parametrize(("year", "norm"), [(2024, 1979), (2025, 1972), (2026, 1972)])
def test_a_year_has_the_official_number_of_working_hours(year: int, norm: int) -> None:
    """The published norms of the 40-hour week."""
    new_years = [datetime(y, 1, 1, tzinfo=OFFICE.zone) for y in (year, year + 1)]

    assert between(OFFICE, *new_years) == timedelta(hours=norm)


def test_a_day_override_wins_over_the_production_calendar() -> None:
    calendar = Calendar(
        timezone="Europe/Moscow",
        hours=OFFICE.hours,
        production_calendar="RU",
        days={date(2026, 5, 8): FULL, date(2026, 5, 9): (("10:00", "12:00"),)},
    )

    assert [hours("2026-05-08", calendar), hours("2026-05-09", calendar)] == [8, 2]


def test_a_saturday_in_the_week_is_worked_unless_it_is_a_holiday() -> None:
    six_days = Calendar(
        timezone="Europe/Moscow",
        hours={**OFFICE.hours, "sat": (("10:00", "14:00"),)},
        production_calendar="RU",
    )

    assert [hours("2026-02-14", six_days), hours("2026-01-03", six_days)] == [4, 0]


@pytest.mark.parametrize(
    ("written", "shorter"),
    [
        ((("09:00", "18:00"),), 8),
        ((("09:00", "17:00"), ("17:00", "17:30")), 7.5),
        ((("20:00", "00:30"),), 3.5),
        ((("12:00", "12:40"),), 0),
    ],
)
def test_the_hour_is_cut_from_the_end_of_the_day(written: Windows, shorter: float) -> None:
    day = date(2026, 6, 11)
    calendar = Calendar(timezone="Europe/Moscow", hours={"thu": written}, production_calendar="RU")

    seconds = sum(closes - opens for opens, closes in calendar.opening(day))

    assert seconds / 3600 == shorter
