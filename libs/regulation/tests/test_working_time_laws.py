"""Laws of working time, on invented calendars and against a stepper that looks at every minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.calendar import WEEKDAYS, Calendar, Windows
from regulation.worktime import between, due, is_open, next_opening, slices_until, stretches

MINUTE, SECOND, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
ZONES = ["Europe/Moscow", "Europe/Oslo", "Asia/Kathmandu", "America/Havana", "Africa/Casablanca"]
SHIFTS: list[Windows] = [
    (),
    (("09:00", "18:00"),),
    (("09:00", "13:00"), ("14:00", "18:00")),
    (("22:00", "06:00"),),
    (("00:00", "24:00"),),
    (("18:00", "24:00"),),
    (("00:00", "05:30"), ("20:15", "00:00")),
    (("08:00", "12:00"), ("11:00", "15:00"), ("23:00", "04:00")),
]
START = date(2026, 2, 1)
dates = st.dates(START, date(2026, 11, 30))
hours = st.fixed_dictionaries({day: st.sampled_from(SHIFTS) for day in WEEKDAYS}).filter(
    lambda week: any(week.values())
)
calendars = st.builds(
    Calendar,
    timezone=st.sampled_from(ZONES),
    hours=hours,
    holidays=st.frozensets(dates, max_size=20),
    days=st.dictionaries(dates, st.sampled_from(SHIFTS), max_size=5),
    production_calendar=st.sampled_from([None, None, "RU"]),
)
moments = st.datetimes(datetime(2026, 2, 1), datetime(2026, 11, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
works = st.integers(0, 400 * 3600).map(lambda seconds: seconds * SECOND)


@given(calendars, moments, works)
def test_the_work_until_a_deadline_is_the_work_asked(calendar: Calendar, since: datetime, work: timedelta) -> None:
    assert between(calendar, since, due(calendar, since, work)) == work


@given(calendars, moments, works, works.filter(bool))
def test_work_split_in_two_is_due_when_the_whole_is(
    calendar: Calendar, since: datetime, first: timedelta, rest: timedelta
) -> None:
    assert due(calendar, due(calendar, since, first), rest) == due(calendar, since, first + rest)


@given(calendars, moments, moments, works, works)
def test_later_or_longer_is_never_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, short: timedelta, long: timedelta
) -> None:
    (one, other), (short, long) = sorted((one, other)), sorted((short, long))

    assert due(calendar, one, short) <= due(calendar, other, short)
    assert due(calendar, one, short) <= due(calendar, one, long)


@given(calendars, st.tuples(moments, moments, moments))
def test_working_time_adds_up(calendar: Calendar, times: tuple[datetime, datetime, datetime]) -> None:
    first, second, third = sorted(times)

    parts = between(calendar, first, second) + between(calendar, second, third)

    assert parts == between(calendar, first, third)


@given(calendars, moments, works)
def test_slices_sum_to_the_work_and_end_at_the_deadline(calendar: Calendar, since: datetime, work: timedelta) -> None:
    slices = slices_until(calendar, since, work)

    assert sum((closes - opens for opens, closes in slices), timedelta()) == work
    assert not slices or slices[-1][1] == due(calendar, since, work)


@given(calendars, moments, moments)
def test_stretches_are_apart_in_order_and_worth_the_working_time(
    calendar: Calendar, one: datetime, other: datetime
) -> None:
    since, until = sorted((one, other))
    found = stretches(calendar, since, until)
    edges = [since, *(edge for stretch in found for edge in stretch), until]

    assert edges == sorted(edges)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert sum((closes - opens for opens, closes in found), timedelta()) == between(calendar, since, until)


@given(calendars, moments)
def test_the_next_opening_is_open_and_nothing_is_worked_before_it(calendar: Calendar, at: datetime) -> None:
    opening = next_opening(calendar, at)

    assert is_open(calendar, opening)
    assert between(calendar, at, opening) == timedelta()


@settings(max_examples=25)
@given(calendars, moments, works)
def test_what_was_asked_before_changes_no_answer(calendar: Calendar, since: datetime, work: timedelta) -> None:
    fresh = due(calendar, since, work)
    for year in (2015, 2040):
        due(calendar, datetime(year, 5, 5, tzinfo=UTC), work)

    assert due(calendar, since, work) == fresh


def minute_is_open(calendar: Calendar, at: datetime) -> bool:
    """The same by looking at the wall: right where no window begins or ends in a repeated hour."""
    local = at.astimezone(ZoneInfo(calendar.timezone))
    return any(
        covers(window, local.time(), days_ago)
        for days_ago in (0, 1)
        for window in opened_on(calendar, local.date() - days_ago * DAY)
    )


def opened_on(calendar: Calendar, day: date) -> Windows:
    if day in calendar.days:
        return calendar.days[day]
    return () if day in calendar.holidays else calendar.hours.get(WEEKDAYS[day.weekday()], ())


def covers(window: tuple[str, str], now: time, days_ago: int) -> bool:
    opens, closes = (time.fromisoformat(edge) if edge != "24:00" else time.min for edge in window)
    overnight = closes <= opens
    if days_ago:
        return overnight and now < closes
    return opens <= now and (overnight or now < closes)


STEADY = ("Europe/Moscow", "Europe/Oslo", "Asia/Kathmandu")
steady = calendars.filter(lambda calendar: calendar.timezone in STEADY and not calendar.production_calendar)


@given(steady, moments, st.integers(0, 4000))
def test_a_minute_stepper_agrees(calendar: Calendar, since: datetime, steps: int) -> None:
    since = since.replace(second=0)
    minutes = [since + number * MINUTE for number in range(steps)]

    worked = sum(minute_is_open(calendar, at) for at in minutes) * MINUTE

    assert between(calendar, since, since + steps * MINUTE) == worked


@given(steady, st.sampled_from([date(2026, 3, 29), date(2026, 10, 25)]))
def test_a_minute_stepper_agrees_on_the_days_of_clock_changes(calendar: Calendar, day: date) -> None:
    midnight = datetime.combine(day, time(), UTC)
    worked = sum(minute_is_open(calendar, midnight + number * MINUTE) for number in range(1440)) * MINUTE

    assert between(calendar, midnight, midnight + DAY) == worked
