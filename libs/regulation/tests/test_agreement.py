"""Where other libraries mean the same by working time, they agree: pandas and businesstimedelta."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import businesstimedelta as peer
import pandas as pd
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.tseries.offsets import CustomBusinessHour
from regulation.calendar import WEEKDAYS, Calendar, Windows
from regulation.worktime import between, due, next_opening

MOSCOW = ZoneInfo("Europe/Moscow")
FAR = date(2028, 6, 1)
"""A holiday beyond all questions: businesstimedelta fails when no further one comes within five years."""
dates = st.dates(date(2026, 1, 1), date(2027, 1, 31))
holidays = st.frozensets(dates, max_size=25)
weeks = st.sets(st.sampled_from(WEEKDAYS), min_size=1)
moments = st.integers(0, 365 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
edges = st.lists(st.integers(0, 47), min_size=2, max_size=6, unique=True).map(sorted)


def clock(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


def paired(found: list[int]) -> Windows:
    return tuple((clock(opens), clock(closes)) for opens, closes in zip(found[::2], found[1::2], strict=False))


def calendar_of(week: set[str], windows: Windows, free: frozenset[date]) -> Calendar:
    hours = {day: windows for day in WEEKDAYS if day in week}
    return Calendar(timezone="Europe/Moscow", hours=hours, holidays=free)


def hours_of_pandas(count: int, week: set[str], windows: Windows, free: frozenset[date]) -> CustomBusinessHour:
    return CustomBusinessHour(
        count,
        start=[opens for opens, _ in windows],
        end=[closes for _, closes in windows],
        weekmask=" ".join(day.title() for day in week),
        holidays=sorted(free),
    )


@given(weeks, edges.map(paired), holidays, moments, st.integers(1, 200))
def test_pandas_agrees_when_a_deadline_at_closing_is_moved_to_the_next_opening(
    week: set[str], windows: Windows, free: frozenset[date], since: datetime, count: int
) -> None:
    calendar = calendar_of(week, windows, free)
    theirs = pd.Timestamp(since.astimezone(MOSCOW)) + hours_of_pandas(count, week, windows, free)

    assert next_opening(calendar, due(calendar, since, timedelta(hours=count))) == theirs


@given(st.sampled_from([("22:00", "06:00"), ("20:30", "01:30")]), moments, st.integers(1, 200))
def test_pandas_agrees_on_night_shifts(shift: tuple[str, str], since: datetime, count: int) -> None:
    """Those of every night: around a free one pandas ends in nights that do not begin."""
    week = set(WEEKDAYS)
    theirs = pd.Timestamp(since.astimezone(MOSCOW)) + hours_of_pandas(count, week, (shift,), frozenset())

    calendar = calendar_of(week, (shift,), frozenset())

    assert next_opening(calendar, due(calendar, since, timedelta(hours=count))) == theirs


def rules_of(week: set[str], free: frozenset[date]) -> peer.Rules:
    zone = pytz.timezone("Europe/Moscow")
    days = [number for number, day in enumerate(WEEKDAYS) if day in week]
    lunch = peer.WorkDayRule(time(13), time(14), range(7), tz=zone, time_off=True)
    return peer.Rules(
        [
            peer.WorkDayRule(time(9), time(18), days, tz=zone),
            lunch,
            peer.HolidayRule({*free, FAR}, tz=zone),
        ]
    )


OFFICE: Windows = (("09:00", "13:00"), ("14:00", "18:00"))
seconds = st.integers(1, 100 * 3600).map(lambda s: timedelta(seconds=s))


@settings(max_examples=40, deadline=None)
@given(weeks, holidays, moments, seconds)
def test_businesstimedelta_agrees_on_deadlines(
    week: set[str], free: frozenset[date], since: datetime, work: timedelta
) -> None:
    theirs = since + peer.BusinessTimeDelta(rules_of(week, free), timedelta=work)

    assert due(calendar_of(week, OFFICE, free), since, work) == theirs


@settings(max_examples=40, deadline=None)
@given(weeks, holidays, moments, st.integers(0, 30 * 86_400).map(lambda s: timedelta(seconds=s)))
def test_businesstimedelta_agrees_on_what_was_worked(
    week: set[str], free: frozenset[date], since: datetime, span: timedelta
) -> None:
    theirs = rules_of(week, free).difference(since, since + span).timedelta

    assert between(calendar_of(week, OFFICE, free), since, since + span) == theirs
