"""The other reading of "день" (A-1, `d_plus_n`): N working days on, at the same time of the day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from regulation.calendar import Calendar
from regulation.localtime import DAY, epoch_second, instant, moment
from regulation.timeline import NEVER_OPENS, Stretch, WorkingTimeError
from regulation.worktime import next_opening

TEN_YEARS_OF_DAYS = 3653


def due_in_days(calendar: Calendar, since: datetime, days: int) -> datetime:
    """The same wall time `days` working days after `since`, counted from the next opening when `since` is closed.

    A time outside that day's hours moves to its next opening, or back to its closing when it has none left. Raises
    WorkingTimeError when nothing opens within ten years.
    """
    start = next_opening(calendar, since)
    begun = _begun(calendar, start)
    day = _working_day(calendar, begun, days)
    local = start.astimezone(calendar.zone)
    minutes = (local.date() - begun).days * 1440 + local.hour * 60 + local.minute
    wanted = instant(calendar.zone, day, minutes) + local.second
    return moment(_within(list(calendar.opening(day)), wanted))


def _begun(calendar: Calendar, at: datetime) -> date:
    """The local date whose window holds `at`: the day before for a night shift past midnight."""
    today = at.astimezone(calendar.zone).date()
    second = epoch_second(at)
    yesterday = today - DAY
    spilled = any(opens <= second < closes for opens, closes in calendar.opening(yesterday))
    return yesterday if spilled else today


def _working_day(calendar: Calendar, start: date, days: int) -> date:
    """The local date `days` working days after `start`."""
    last = start
    for _ in range(days):
        last = _next_working_day(calendar, last)
    return last


def _next_working_day(calendar: Calendar, after: date) -> date:
    coming: Iterator[date] = (after + timedelta(number) for number in range(1, TEN_YEARS_OF_DAYS + 1))
    for day in coming:
        if calendar.windows(day):
            return day
    raise WorkingTimeError(NEVER_OPENS)


def _within(windows: list[Stretch], wanted: int) -> int:
    """`wanted` when it lies in a window (its closing included), else the next opening, else the last closing."""
    for opens, closes in sorted(windows):
        if wanted <= closes:
            return max(wanted, opens)
    return max(closes for _, closes in windows)
