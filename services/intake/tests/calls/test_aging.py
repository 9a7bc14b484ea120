"""How old a missed call is: working days only (R4-07, A-26)."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from intake.domain.aging import EARLIEST, Contact, Talk, Traces, advise, call_until, is_stale, rule_of, working_days
from intake.domain.refusing import RefusedError
from regulation.document import Regulation
from regulation.duration import DayMode
from regulation.worktime import between, is_open, next_opening

MOMENTS = st.timedeltas(timedelta(), timedelta(days=350)).map(lambda since: datetime(2026, 1, 5, tzinfo=UTC) + since)
SPANS = st.timedeltas(timedelta(), timedelta(days=30))
CONTACT = Contact("2", datetime(2026, 7, 6, 8, tzinfo=UTC), "vera")


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+03:00")


@pytest.mark.parametrize(
    ("called", "now", "do"),
    [
        ("07-06T10:00", "07-08T10:00", "call"),
        ("07-06T10:00", "07-08T10:01", "write"),
        ("07-03T17:00", "07-07T16:59", "call"),
        ("07-04T12:00", "07-07T18:00", "call"),
        ("06-11T16:00", "06-16T15:59", "call"),
        ("06-11T16:00", "06-16T16:01", "write"),
    ],
    ids=["R4-07 two days", "R4-07 older", "R4-07 over a weekend", "R4-07 on a Saturday", "R4-07 holiday", "A-26 older"],
)
def test_r4_07_a_young_call_is_returned_an_old_one_gets_a_letter(
    demo: Regulation, called: str, now: str, do: str
) -> None:
    assert advise(demo, moscow(called), moscow(now), Traces()).do == do


def test_r4_03_whoever_was_contacted_is_not_contacted_again(demo: Regulation) -> None:
    called, now = moscow("07-06T10:00"), moscow("07-06T12:00")
    talked = Traces(talk=Talk("c", now, "vera"))

    assert advise(demo, called, now, Traces(contact=CONTACT)).do == "settle"
    assert advise(demo, called, now, talked).do == "settle"
    assert advise(demo, called, now, Traces(written=True)).do == "call"
    assert advise(demo, called, moscow("07-09T12:00"), Traces(written=True)).do == "settle"


@forall(called=MOMENTS, span=SPANS)
def test_closed_time_ages_no_call(demo: Regulation, called: datetime, span: timedelta) -> None:
    """R4-07: from any closed moment to the next opening the age and the advice stay what they are."""
    calendar = demo.calendar("calls")
    now = called + span
    opening = next_opening(calendar, now)

    assert working_days(demo, called, opening) == working_days(demo, called, now)
    if not is_open(calendar, now):
        assert is_stale(demo, called, now) == is_stale(demo, called, opening - timedelta(seconds=1))


@forall(called=MOMENTS, later=SPANS, latest=SPANS)
def test_calls_grow_older_and_never_younger(
    demo: Regulation, called: datetime, later: timedelta, latest: timedelta
) -> None:
    first, second = called + later, called + later + latest

    assert 0 <= working_days(demo, called, first) <= working_days(demo, called, second)
    assert is_stale(demo, called, first) <= is_stale(demo, called, second)


@forall(called=MOMENTS)
def test_in_hours_mode_a_call_is_stale_after_exactly_its_working_time(demo: Regulation, called: datetime) -> None:
    """A-1: the other meaning of a day holds here too."""
    hours = msgspec.structs.replace(rule_of(demo), day_mode=DayMode.hours)
    regulation = msgspec.structs.replace(demo, missed_calls=hours)
    until = call_until(regulation, called)

    assert between(regulation.calendar("calls"), called, until) == timedelta(hours=16)
    assert working_days(regulation, called, until) == 2


@forall(called=MOMENTS)
def test_no_call_is_stale_within_two_days_of_the_clock(demo: Regulation, called: datetime) -> None:
    """R4-07: two working days are never less than a day and the night after it."""
    assert not is_stale(demo, called, called + timedelta(days=1))


@pytest.mark.parametrize("year", [1, 1899, 1926])
def test_a_call_of_another_age_that_the_log_holds_is_merely_old(demo: Regulation, year: int) -> None:
    called, now = datetime(year, 1, 1, tzinfo=UTC), moscow("07-06T10:00")

    assert advise(demo, called, now, Traces()).do == "write"
    assert is_stale(demo, called, now)
    assert working_days(demo, called, now) == working_days(demo, EARLIEST, now)


def test_a_regulation_that_says_nothing_about_calls_says_what_to_write(csn: Regulation) -> None:
    with pytest.raises(RefusedError, match=r"include: \[missed-calls\]") as refused:
        rule_of(csn)
    assert refused.value.reason == "no-missed-calls"
