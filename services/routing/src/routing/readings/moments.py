"""Times as people write them in tables, made instants of a time zone."""

import re
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from regulation.localtime import instant, moment

FIRST, LAST = 2000, 2100
DAY = 1440

_WRITTEN = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)|(?P<day2>\d{1,2})\.(?P<month2>\d{1,2})\.(?P<year2>(?:\d\d)?\d\d))?"
    r"(?:(?:^|[T ,]+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::00(?:\.0+)?)?(?P<offset> ?(?:Z|[+-]\d\d:?\d\d))?)?",
    re.ASCII,
)


class MomentError(ValueError):
    """A time that cannot be read or does not fit; the message says what to write."""


class Written(NamedTuple):
    """A date, a time of day in minutes (24:00 is 1440), or both; `at` where the time zone was written too."""

    day: date | None
    minute: int | None
    at: datetime | None = None


def written(text: str) -> Written:
    """What somebody wrote: `2026-03-02 09:00`, `02.03.2026`, `9:00`, `2026-03-02T09:00+03:00`; raises MomentError."""
    found = _WRITTEN.fullmatch(text.strip())
    if not text.strip() or found is None:
        raise MomentError("write a time like 09:00, a date like 2026-03-02 or 02.03.2026, or both")
    day = _day(found)
    minute = _minute(found)
    if not found["offset"]:
        return Written(day, minute)
    if day is None or minute is None or minute == DAY:
        raise MomentError("a time with a time zone needs its date, and is before 24:00")
    zone = found["offset"].strip()
    return Written(day, minute, datetime.fromisoformat(f"{day}T{minute // 60:02}:{minute % 60:02}{zone}"))


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name; raises MomentError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise MomentError("no such time zone: write one like Europe/Moscow") from error


def span(starts: Written, ends: Written, day: date | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both moments in UTC, `day` where a time has no date; an end without a date is at most a day later.

    A wall time that a clock change skips means the first moment after it, one that occurs twice the first; raises
    MomentError.
    """
    first, begin = starts.day or day, starts.minute
    if first is None or begin is None or ends.minute is None:
        raise MomentError("a shift needs a date and two times")
    last, end = ends.day or first, ends.minute
    if ends.day is None and end <= begin:
        end += DAY
    return starts.at or _instant(zone, first, begin), ends.at or _instant(zone, last, end)


def _instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    return moment(instant(zone, day, minute)).astimezone(UTC)


def _day(found: re.Match[str]) -> date | None:
    year, month, day = (found[name] or found[f"{name}2"] for name in ("year", "month", "day"))
    if not year:
        return None
    number = int(year) + (FIRST if len(year) == len("26") else 0)
    if not FIRST <= number <= LAST:
        raise MomentError(f"write a year from {FIRST} to {LAST}")
    try:
        return date(number, int(month), int(day))
    except ValueError as error:
        raise MomentError("there is no such date") from error


def _minute(found: re.Match[str]) -> int | None:
    if not found["hour"]:
        return None
    minute = int(found["hour"]) * 60 + int(found["minute"])
    if minute > DAY or int(found["minute"]) >= 60:
        raise MomentError("there is no such time of day")
    return minute
