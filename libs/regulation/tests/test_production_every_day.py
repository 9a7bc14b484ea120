"""Every day of 2024 to 2026 against the published production calendars, and a year added as data alone."""

import shutil
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import regulation.production
from regulation.calendar import Calendar, Windows
from regulation.production import supplements
from regulation.worktime import between

FULL: Windows = (("09:00", "13:00"), ("14:00", "18:00"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar(timezone="Europe/Moscow", hours=dict.fromkeys(WEEKDAYS, FULL), production_calendar="RU")
DAY = timedelta(days=1)
FREE_WEEKDAYS = {
    2024: "01-01 01-02 01-03 01-04 01-05 01-08 02-23 03-08 04-29 04-30 05-01 05-09 05-10 06-12 11-04 12-30 12-31",
    2025: "01-01 01-02 01-03 01-06 01-07 01-08 05-01 05-02 05-08 05-09 06-12 06-13 11-03 11-04 12-31",
    2026: "01-01 01-02 01-05 01-06 01-07 01-08 01-09 02-23 03-09 05-01 05-11 06-12 11-04 12-31",
}
WORKING_SATURDAYS = {2024: "04-27 11-02 12-28", 2025: "11-01", 2026: ""}
SHORTENED = {
    2024: "02-22 03-07 05-08 06-11 11-02",
    2025: "03-07 04-30 06-11 11-01",
    2026: "04-30 05-08 06-11 11-03",
}
YEARS = sorted(SHORTENED)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + number * DAY for number in range((date(year + 1, 1, 1) - first).days)]


def official_hours(day: date) -> int:
    """By the lists above alone."""
    name = f"{day:%m-%d}"
    working = day.weekday() < 5 and name not in FREE_WEEKDAYS[day.year]
    if not working and name not in WORKING_SATURDAYS[day.year]:
        return 0
    return 7 if name in SHORTENED[day.year] else 8


def our_hours(day: date) -> float:
    midnight = datetime.combine(day, time(), OFFICE.zone)
    return between(OFFICE, midnight, midnight + DAY) / timedelta(hours=1)


@pytest.mark.parametrize("year", YEARS)
def test_every_day_has_the_hours_of_the_production_calendar(year: int) -> None:
    wrong = {day: our_hours(day) for day in days_of(year) if our_hours(day) != official_hours(day)}

    assert wrong == {}


@pytest.mark.parametrize(("year", "days"), [(2024, 248), (2025, 247), (2026, 247)])
def test_a_year_has_the_official_number_of_working_days(year: int, days: int) -> None:
    assert sum(bool(our_hours(day)) for day in days_of(year)) == days


@pytest.mark.parametrize("year", YEARS)
def test_the_shortened_days_are_exactly_those_of_the_list(year: int) -> None:
    assert {f"{day:%m-%d}" for day in days_of(year) if our_hours(day) == 7} == set(SHORTENED[year].split())


def test_our_data_names_a_source_and_stays_within_its_year() -> None:
    for year, entry in supplements()["RU"].items():
        assert entry.source
        assert {day.year for day in entry.shortened | entry.working | entry.days_off} <= {year}


NEW_YEAR = """
  2031:
    source: an invented decree
    shortened: [2031-05-08, 2031-07-05]
    working: [2031-07-05]
    days_off: [2031-07-07]
"""
ASKED = """
from datetime import UTC, date
from regulation.calendar import Calendar
hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("09:00", "13:00"), ("14:00", "18:00")))
office = Calendar(timezone="Europe/Moscow", hours=hours, production_calendar="RU")
for month, day in ((5, 8), (7, 5), (7, 7), (7, 8)):
    print(sum(closes - opens for opens, closes in office.opening(date(2031, month, day))) / 3600)
"""


def test_a_new_year_is_a_new_entry_in_the_data_and_no_code(tmp_path: Path) -> None:
    """The package as it is, with one more entry in its data: shorter day, working Saturday, moved Monday, plain day."""
    package = Path(regulation.production.__file__).parent
    shutil.copytree(package, tmp_path / "regulation", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "regulation" / "production_calendars.yaml").open("a", encoding="utf-8") as data:
        data.write(NEW_YEAR)

    ran = subprocess.run([sys.executable, "-c", ASKED], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert [float(line) for line in ran.stdout.split()] == [7, 7, 0, 8]
