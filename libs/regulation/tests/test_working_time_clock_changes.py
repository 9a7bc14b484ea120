"""Working time on the days of clock changes, against a stepper that watches the clock on the wall, quarter by quarter.

The stepper knows nothing of offsets: a window opens as soon as the wall shows its opening or anything later.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.calendar import WEEKDAYS, Calendar, Windows
from regulation.worktime import between, due, is_open, next_opening, stretches

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
CHANGES = [
    ("Europe/Oslo", date(2026, 3, 29)),
    ("Europe/Oslo", date(2026, 10, 25)),
    ("America/New_York", date(2024, 3, 10)),
    ("America/New_York", date(2024, 11, 3)),
    ("America/Havana", date(2026, 3, 8)),  # at midnight
    ("America/Havana", date(2026, 11, 1)),
    ("Africa/Casablanca", date(2026, 2, 15)),  # for Ramadan, the other way round
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Chatham", date(2026, 4, 5)),  # 45 minutes off the hour
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that did not exist
    ("Europe/Moscow", date(2014, 10, 26)),  # for good
    ("Europe/Moscow", date(2011, 3, 27)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
]
quarters = st.integers(0, 95)
windows = st.tuples(quarters, st.integers(1, 96)).filter(lambda pair: pair[0] != pair[1])


def clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


weeks = st.lists(windows, max_size=3).map(lambda found: tuple((clock(a), clock(b)) for a, b in found))


@cache
def wall_of(zone: ZoneInfo, day: date) -> Mapping[datetime, datetime]:
    """What the wall shows in each quarter of an hour of UTC, from four days before `day` until four days after it."""
    start = datetime.combine(day - 4 * DAY, time(), UTC)
    quarters_of_days = (start + number * QUARTER for number in range(9 * 96))
    return {at: at.astimezone(zone).replace(tzinfo=None) for at in quarters_of_days}


def shown(wall: Mapping[datetime, datetime], wanted: datetime) -> datetime:
    return next(at for at, local in wall.items() if local >= wanted)


def opened(calendar: Calendar, wall: Mapping[datetime, datetime], day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time())
    found = []
    for opens, closes in calendar.hours.get(WEEKDAYS[day.weekday()], ()):
        begin, end = (timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in (opens, closes))
        end += DAY if end <= begin else timedelta()
        found.append((shown(wall, midnight + begin), shown(wall, midnight + end)))
    return found


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize(("name", "day"), CHANGES)
@given(hours=st.fixed_dictionaries(dict.fromkeys(WEEKDAYS, weeks)))
def test_a_stepper_that_watches_the_wall_agrees(name: str, day: date, hours: dict[str, Windows]) -> None:
    calendar = Calendar(timezone=name, hours=hours)  # type: ignore[arg-type]  # hypothesis keeps no literals
    wall = wall_of(calendar.zone, day)
    known = [span for back in (-2, -1, 0, 1, 2) for span in opened(calendar, wall, day + back * DAY)]
    start, end = (datetime.combine(day + shift * DAY, time(12), UTC) for shift in (-1, 1))
    steps = [at for at in wall if start <= at < end]

    worked = [at for at in steps if any(opens <= at < closes for opens, closes in known)]

    assert between(calendar, start, end) == len(worked) * QUARTER
    assert [at for at in steps if is_open(calendar, at)] == worked


@pytest.mark.parametrize(("name", "day"), CHANGES)
def test_a_whole_day_is_as_long_as_it_was(name: str, day: date) -> None:
    calendar = Calendar(timezone=name, hours={WEEKDAYS[day.weekday()]: (("00:00", "24:00"),)})
    wall = wall_of(calendar.zone, day)
    start = datetime.combine(day - 2 * DAY, time(), UTC)

    lasted = sum(local.date() == day for local in wall.values()) * QUARTER

    assert between(calendar, start, start + 5 * DAY) == lasted


OSLO = Calendar(timezone="Europe/Oslo", hours=dict.fromkeys(WEEKDAYS, (("02:15", "02:45"),)))


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 0), ("2026-10-25", 2), ("2026-10-26", 2)])
def test_half_an_hour_inside_the_hour_that_is_skipped_or_repeated(day: str, length: int) -> None:
    """Skipped it never comes; repeated it is worked once, the first time."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=OSLO.zone)

    assert between(OSLO, midnight, midnight + DAY) == length * QUARTER


def test_a_window_across_the_repeated_hour_is_an_hour_longer_and_one_stretch() -> None:
    night = Calendar(timezone="Europe/Oslo", hours={"sat": (("22:00", "06:00"),)})
    evening = datetime(2026, 10, 24, 20, tzinfo=UTC)

    assert stretches(night, evening - DAY, evening + DAY) == [(evening, evening + timedelta(hours=9))]
    assert due(night, evening, timedelta(hours=9)) == evening + timedelta(hours=9)


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    apia = Calendar(timezone="Pacific/Apia", hours=dict.fromkeys(WEEKDAYS, (("09:00", "18:00"),)))
    thursday = datetime(2011, 12, 29, 18, tzinfo=apia.zone)

    assert next_opening(apia, thursday) == datetime(2011, 12, 31, 9, tzinfo=apia.zone)
