"""Working time: each choice of requirements.md §1.8 in one test."""

from datetime import UTC, datetime, timedelta

import pytest
from regulation.calendar import Calendar, CalendarError, parse_calendar
from regulation.timeline import WorkingTimeError
from regulation.worktime import between, due, is_open, next_opening, slices_until, stretches

FULL = [["09:00", "13:00"], ["14:00", "18:00"]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
HOUR = timedelta(hours=1)
NOTHING = timedelta()


def calendar(timezone: str = "Europe/Moscow", **definition: object) -> Calendar:
    return parse_calendar(
        {"timezone": timezone, "hours": {"mon": FULL, "tue": FULL, "wed": FULL, "thu": FULL, "fri": FULL}, **definition}
    )


def always(timezone: str) -> Calendar:
    week = (*WEEKDAYS, "sat", "sun")
    return calendar(timezone, hours={day: [["00:00", "24:00"]] for day in week})


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+03:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


OFFICE = calendar()


def test_a_deadline_exactly_at_closing_time_stays_there() -> None:
    assert due(OFFICE, moscow("02-12T17:00"), HOUR) == moscow("02-12T18:00")
    assert due(OFFICE, moscow("02-12T12:00"), HOUR) == moscow("02-12T13:00")


@pytest.mark.parametrize(("since", "hours"), [("03-29T00:00", 4), ("10-25T00:00", 6)])
def test_real_seconds_count_through_a_clock_change(since: str, hours: int) -> None:
    oslo = calendar("Europe/Oslo", hours={"sun": [["00:00", "05:00"]]})
    midnight = datetime.fromisoformat(f"2026-{since}").replace(tzinfo=oslo.zone)
    five = midnight.replace(hour=5)

    assert between(oslo, midnight, five) == hours * HOUR
    assert due(oslo, midnight, hours * HOUR) == five


def test_no_work_asked_outside_hours_is_due_at_the_next_opening() -> None:
    assert due(OFFICE, moscow("02-14T12:00"), NOTHING) == moscow("02-16T09:00")
    assert due(OFFICE, moscow("02-12T18:00"), NOTHING) == moscow("02-13T09:00")


def test_no_work_asked_in_hours_is_due_at_once() -> None:
    assert due(OFFICE, moscow("02-12T10:00"), NOTHING) == moscow("02-12T10:00")


def test_from_later_than_to_is_refused() -> None:
    with pytest.raises(WorkingTimeError, match="later than"):
        between(OFFICE, moscow("02-12T10:00"), moscow("02-12T09:59"))
    with pytest.raises(WorkingTimeError, match="later than"):
        stretches(OFFICE, moscow("02-12T10:00"), moscow("02-12T09:59"))


def test_negative_work_is_refused() -> None:
    with pytest.raises(WorkingTimeError, match="negative"):
        due(OFFICE, moscow("02-12T10:00"), -HOUR)


def test_the_opening_instant_is_open_and_the_closing_instant_is_not() -> None:
    assert is_open(OFFICE, moscow("02-12T09:00"))
    assert not is_open(OFFICE, moscow("02-12T13:00"))
    assert is_open(OFFICE, moscow("02-12T17:59:59.999"))
    assert not is_open(OFFICE, moscow("02-12T18:00"))


def test_the_next_opening_of_an_open_moment_is_that_moment() -> None:
    assert next_opening(OFFICE, moscow("02-12T10:00")) == moscow("02-12T10:00")
    assert next_opening(OFFICE, moscow("02-12T13:00")) == moscow("02-12T14:00")
    assert next_opening(OFFICE, moscow("02-13T18:00")) == moscow("02-16T09:00")


def test_a_window_to_midnight_and_one_from_midnight_are_one_stretch() -> None:
    evening = calendar(hours={"mon": [["22:00", "24:00"]], "tue": [["00:00", "02:00"]]})

    found = stretches(evening, moscow("02-16T00:00"), moscow("02-18T00:00"))

    assert found == [(moscow("02-16T22:00"), moscow("02-17T02:00"))]


def test_always_open_is_one_stretch_even_over_new_year_and_clock_changes() -> None:
    oslo = always("Europe/Oslo")
    since, until = utc("01-01T00:00"), datetime(2029, 1, 1, tzinfo=UTC)

    assert stretches(oslo, since, until) == [(since, until)]
    assert due(oslo, since, until - since) == until


def test_a_skipped_opening_is_the_first_instant_that_exists() -> None:
    oslo = calendar("Europe/Oslo", hours={"sun": [["02:30", "05:00"]]})

    assert next_opening(oslo, utc("03-28T12:00")) == utc("03-29T01:00")


def test_an_ambiguous_opening_is_its_first_occurrence() -> None:
    oslo = calendar("Europe/Oslo", hours={"sun": [["02:30", "05:00"]]})

    assert next_opening(oslo, utc("10-24T12:00")) == utc("10-25T00:30")


def test_a_window_that_a_clock_change_skips_whole_does_not_open() -> None:
    oslo = calendar("Europe/Oslo", hours={"sun": [["02:00", "03:00"]]})

    assert stretches(oslo, utc("03-29T00:00"), utc("03-29T12:00")) == []


NIGHTS = {"hours": {day: [["22:00", "06:00"]] for day in ("mon", "tue", "wed")}}


def test_a_night_shift_runs_on_into_a_holiday() -> None:
    nights = calendar(**NIGHTS, holidays=["2026-02-17"])

    assert is_open(nights, moscow("02-17T05:59"))


def test_a_night_shift_on_a_holiday_does_not_begin() -> None:
    nights = calendar(**NIGHTS, holidays=["2026-02-17"])

    assert not is_open(nights, moscow("02-17T23:00"))
    assert not is_open(nights, moscow("02-18T05:00"))


def test_a_night_shift_of_new_years_eve_runs_into_the_new_year() -> None:
    nights = calendar(hours={"thu": [["22:00", "06:00"]]})

    assert due(nights, moscow("12-31T12:00"), 3 * HOUR) == datetime.fromisoformat("2027-01-01T01:00+03:00")


def test_days_win_over_holidays() -> None:
    both = calendar(holidays=["2026-02-12"], days={"2026-02-12": [["10:00", "11:00"]]})

    assert between(both, moscow("02-12T00:00"), moscow("02-13T00:00")) == HOUR


def test_a_day_without_windows_is_closed() -> None:
    assert not is_open(calendar(days={"2026-02-12": []}), moscow("02-12T10:00"))


@pytest.mark.parametrize("work", [NOTHING, HOUR])
def test_a_calendar_that_never_opens_is_refused_with_the_reason(work: timedelta) -> None:
    with pytest.raises(WorkingTimeError, match="ten years"):
        due(calendar(hours={}), moscow("02-12T10:00"), work)


def test_a_calendar_that_stops_opening_is_refused_with_the_reason() -> None:
    once = calendar(hours={}, days={"2026-02-12": [["10:00", "11:00"]]})

    assert due(once, moscow("02-01T00:00"), HOUR) == moscow("02-12T11:00")
    with pytest.raises(WorkingTimeError, match="ten years"):
        due(once, moscow("02-01T00:00"), 2 * HOUR)


def test_an_opening_nine_years_away_is_found() -> None:
    late = calendar(hours={}, days={"2035-02-12": [["10:00", "11:00"]]})

    assert next_opening(late, moscow("03-01T00:00")) == datetime.fromisoformat("2035-02-12T10:00+03:00")


def test_ten_years_without_work_are_refused_even_when_later_years_are_known() -> None:
    gap = calendar(hours={}, days={day: [["10:00", "12:00"]] for day in ("2026-02-12", "2040-02-13")})
    assert is_open(gap, datetime.fromisoformat("2040-02-13T10:00+03:00"))

    with pytest.raises(WorkingTimeError, match="ten years"):
        due(gap, moscow("02-12T11:00"), 2 * HOUR)
    with pytest.raises(WorkingTimeError, match="ten years"):
        next_opening(gap, moscow("02-12T12:00"))


def test_decades_of_work_are_due_after_decades() -> None:
    assert due(always("Europe/Moscow"), moscow("02-12T11:00"), timedelta(days=365 * 50)).year == 2076


def test_more_work_than_a_century_is_refused() -> None:
    with pytest.raises(WorkingTimeError, match="hundred years"):
        due(OFFICE, moscow("02-12T10:00"), timedelta(days=36_500))
    with pytest.raises(WorkingTimeError, match="hundred years"):
        between(OFFICE, moscow("02-12T10:00"), datetime(2127, 3, 1, tzinfo=UTC))


def test_a_moment_before_the_calendars_is_refused() -> None:
    with pytest.raises(WorkingTimeError, match="between the years"):
        due(OFFICE, datetime(1, 1, 1, tzinfo=UTC), HOUR)


def test_centuries_may_be_asked_in_any_order() -> None:
    for year in (2026, 1950, 2500, 2027):
        since = datetime(year, 6, 1, tzinfo=UTC)
        assert between(OFFICE, since, due(OFFICE, since, 100 * HOUR)) == 100 * HOUR


def test_whole_seconds_count() -> None:
    since = moscow("02-12T10:00:07.9")

    assert due(OFFICE, since, timedelta(seconds=61.7)) == moscow("02-12T10:01:08")
    assert between(OFFICE, since, moscow("02-12T10:00:09.1")) == timedelta(seconds=2)


def test_a_naive_time_is_a_programming_error() -> None:
    with pytest.raises(TypeError):
        due(OFFICE, moscow("02-12T10:00").replace(tzinfo=None), HOUR)


def test_slices_are_the_stretches_that_the_work_consumes() -> None:
    assert slices_until(OFFICE, moscow("02-12T12:00"), 3 * HOUR) == [
        (moscow("02-12T12:00"), moscow("02-12T13:00")),
        (moscow("02-12T14:00"), moscow("02-12T16:00")),
    ]


def test_answers_are_in_utc() -> None:
    answers = [due(OFFICE, moscow("02-12T12:00"), HOUR), next_opening(OFFICE, moscow("02-12T12:00"))]

    assert {answer.tzinfo for answer in answers} == {UTC}


def test_calendars_of_the_same_definition_are_equal_whatever_they_were_asked() -> None:
    other = calendar()
    due(other, moscow("02-12T12:00"), HOUR)

    assert other == OFFICE
    assert hash(other) == hash(OFFICE)
    assert calendar("Europe/Oslo") != OFFICE


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"timezone": "Mars/Olympus"}, "IANA"),
        ({"timezone": "../etc"}, "IANA"),
        ({"hours": {"mon": [["09:00", "09:00"]]}}, "never opens"),
        ({"hours": {"mon": [["24:00", "09:00"]]}}, "never opens"),
        ({"hours": {"mon": [["9", "18:00"]]}}, "matching regex"),
        ({"hours": {"mon": [["09:00", "25:00"]]}}, "matching regex"),
        ({"hours": {"mo": []}}, "mo"),
        ({"holidays": ["soon"]}, "date"),
        ({"holiday": []}, "unknown field"),
        ({"production_calendar": "XX"}, "write one of RU"),
    ],
)
def test_a_wrong_definition_is_refused_with_advice(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(CalendarError, match=says):
        parse_calendar({"timezone": "Europe/Moscow", "hours": {}, **wrong})
