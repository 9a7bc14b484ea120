"""Pauses are intervals: working time is the calendar's minus theirs, in whatever order they come."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulation.calendar import WEEKDAYS, Calendar, Windows
from regulation.timeline import WorkingTimeError
from regulation.worktime import Slice, between, due, is_open, next_opening, slices_until, stretches

NOTHING, MINUTE, HOUR = timedelta(), timedelta(minutes=1), timedelta(hours=1)
START = datetime(2026, 3, 1, tzinfo=UTC)
SHIFTS: list[Windows] = [
    (("09:00", "13:00"), ("14:00", "18:00")),
    (("22:00", "06:00"),),
    (("00:00", "24:00"),),
    (("10:30", "19:45"),),
    (),
]
weeks = st.fixed_dictionaries({day: st.sampled_from(SHIFTS) for day in WEEKDAYS}).filter(
    lambda week: any(week.values())
)
calendars = st.builds(
    Calendar,
    timezone=st.sampled_from(["Europe/Moscow", "Europe/Oslo", "America/Havana"]),
    hours=weeks,
    holidays=st.frozensets(st.dates(START.date(), datetime(2026, 4, 30, tzinfo=UTC).date()), max_size=8),
)
moments = st.integers(0, 50 * 86_400).map(lambda second: START + timedelta(seconds=second))
pauses = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))), max_size=6)
short = st.lists(
    st.tuples(moments, st.integers(0, 40_000)).map(lambda each: (each[0], each[0] + timedelta(seconds=each[1]))),
    max_size=8,
)
works = st.integers(0, 120 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def overlap(one: Slice, other: Slice) -> timedelta:
    return max(NOTHING, min(one[1], other[1]) - max(one[0], other[0]))


@given(calendars, moments, works, pauses | short)
def test_the_work_until_a_deadline_is_the_work_asked_whatever_was_paused(
    calendar: Calendar, since: datetime, work: timedelta, rests: list[Slice]
) -> None:
    assert between(calendar, since, due(calendar, since, work, rests), rests) == work


@given(calendars, moments, works, pauses | short, st.randoms())
def test_the_order_of_pauses_and_what_they_share_change_nothing(
    calendar: Calendar, since: datetime, work: timedelta, rests: list[Slice], random: Random
) -> None:
    other = [*rests, *rests[:2]]
    random.shuffle(other)

    assert due(calendar, since, work, other) == due(calendar, since, work, rests)


@given(calendars, st.lists(moments, max_size=12, unique=True).map(sorted))
def test_pauses_that_do_not_meet_cost_their_own_working_time(calendar: Calendar, edges: list[datetime]) -> None:
    apart = list(zip(edges[::2], edges[1::2], strict=False))
    until = START + timedelta(days=60)

    paused = sum((between(calendar, *rest) for rest in apart), NOTHING)

    assert between(calendar, START, until, apart) == between(calendar, START, until) - paused


@given(calendars, moments, moments, moments, short)
def test_working_time_minus_pauses_adds_up(
    calendar: Calendar, one: datetime, two: datetime, three: datetime, rests: list[Slice]
) -> None:
    first, second, third = sorted((one, two, three))

    parts = between(calendar, first, second, rests) + between(calendar, second, third, rests)

    assert parts == between(calendar, first, third, rests)


@given(calendars, moments, works, short)
def test_slices_sum_to_the_work_and_touch_no_pause(
    calendar: Calendar, since: datetime, work: timedelta, rests: list[Slice]
) -> None:
    slices = slices_until(calendar, since, work, rests)

    assert sum((closes - opens for opens, closes in slices), NOTHING) == work
    assert all(overlap(part, rest) == NOTHING for part in slices for rest in rests)
    assert not slices or slices[-1][1] == due(calendar, since, work, rests)


@given(calendars, moments, works, short, st.tuples(moments, moments))
def test_another_pause_never_makes_a_deadline_earlier(
    calendar: Calendar, since: datetime, work: timedelta, rests: list[Slice], more: Slice
) -> None:
    longer = [*rests, (min(more), max(more))]

    assert due(calendar, since, work, longer) >= due(calendar, since, work, rests)


@given(calendars, moments, st.integers(0, 3000), short)
def test_a_minute_stepper_agrees(calendar: Calendar, since: datetime, steps: int, rests: list[Slice]) -> None:
    since = since.replace(second=0)
    whole = [(begins.replace(second=0), ends.replace(second=0)) for begins, ends in rests]
    minutes = (since + number * MINUTE for number in range(steps))

    worked = sum(is_open(calendar, at) and not any(a <= at < b for a, b in whole) for at in minutes) * MINUTE

    assert between(calendar, since, since + steps * MINUTE, whole) == worked


@given(calendars, moments, short)
def test_no_work_is_due_at_the_first_opening_that_is_not_paused(
    calendar: Calendar, since: datetime, rests: list[Slice]
) -> None:
    at = next_opening(calendar, since)
    while paused := [ends for begins, ends in rests if begins <= at < ends]:
        at = next_opening(calendar, max(paused))

    assert due(calendar, since, NOTHING, rests) == at


OFFICE = Calendar(timezone="UTC", hours=dict.fromkeys(WEEKDAYS[:5], SHIFTS[0]))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_deadline_where_a_pause_begins_stays_there() -> None:
    rest = (MONDAY + HOUR, MONDAY + 3 * HOUR)

    assert due(OFFICE, MONDAY, HOUR, [rest]) == MONDAY + HOUR
    assert due(OFFICE, MONDAY, HOUR + MINUTE, [rest]) == MONDAY + 3 * HOUR + MINUTE


def test_a_pause_outside_hours_costs_nothing() -> None:
    night = (MONDAY + 9 * HOUR, MONDAY + 24 * HOUR)

    assert due(OFFICE, MONDAY, 9 * HOUR, [night]) == due(OFFICE, MONDAY, 9 * HOUR)


def test_stretches_leave_pauses_out() -> None:
    rests = [(MONDAY + 5 * HOUR, MONDAY + 6 * HOUR), (MONDAY - HOUR, MONDAY + HOUR)]

    assert stretches(OFFICE, MONDAY, MONDAY + 7 * HOUR, rests) == [
        (MONDAY + HOUR, MONDAY + 4 * HOUR),
        (MONDAY + 6 * HOUR, MONDAY + 7 * HOUR),
    ]


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(WorkingTimeError, match="a pause"):
        due(OFFICE, MONDAY, HOUR, [(MONDAY + HOUR, MONDAY)])
