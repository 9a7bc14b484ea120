"""`POST /working-time`: the interval algebra for anyone who wants to check a deadline by hand (§1.8)."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field
from regulation.calendar import Calendar, CalendarError, parse_calendar
from regulation.document import Regulation
from regulation.duration import DayMode, Target, parse_target
from regulation.timeline import WorkingTimeError
from regulation.worktime import between, due, stretches
from servicekit.moments import Moment
from servicekit.problems import Malformed, fault
from servicekit.text import Text

from sla.settings import DEFAULT

NUMBER = r"(\d{1,9}(?:[.,]\d{1,9})?)"
DURATION = re.compile(rf"(-?)P(?=.)(?:{NUMBER}D)?(?:T(?=\d)(?:{NUMBER}H)?(?:{NUMBER}M)?(?:{NUMBER}S)?)?")
HINT = 'write hours, minutes and seconds like "PT90M" or "PT8H", or a length as regulations do, like "2 дня"'
NAME_THE_DAY = 'say how long a day is: "PT8H", or "P1D" together with `business_day`, like "8h" (A-1)'
EIGHT_HOURS = "8h"
MOST_HOURS = 1_000_000
MOST_SLICES = 10_000
TOO_MANY = f"more than {MOST_SLICES} stretches of working time: ask for a shorter span"
HOUR = timedelta(hours=1)
Slices = list[tuple[datetime, datetime]]
Pause = tuple[Moment, Moment]


class WorkingTime(BaseModel, extra="forbid"):
    """From `from`, either so much `work` (when is it due?) or until `to` (how much was worked?).

    `work` is ISO 8601 hours, minutes and seconds (`PT90M`), or a length as a regulation writes it (`30 мин`, `2 дня`),
    whose days are `business_day` long (`8h`) or, with `day_mode: d_plus_n`, end at the same time of the day (A-1).
    `P1D` needs a `business_day`. Nothing is worked during `pauses`.
    """

    calendar: Text | dict[str, Any]  # Any: checked by the calendar's own reader
    since: Annotated[Moment, Field(alias="from")]
    work: Text | None = None
    to: Moment | None = None
    regulation: Text | None = None
    business_day: Text | None = None
    day_mode: DayMode = DayMode.hours
    pauses: Annotated[list[Pause], Field(max_length=1000)] = []


class Due(BaseModel):
    """When the work is done (UTC); the slices are what it consumes."""

    due: datetime
    slices: Slices


class Worked(BaseModel):
    """Working seconds between two moments; the slices are where they lie."""

    worked_seconds: int
    slices: Slices


def working_time(asked: WorkingTime, regulations: Iterable[Regulation]) -> Due | Worked:
    """The answer; raises Malformed for what has none."""
    if (asked.work is None) == (asked.to is None):
        raise _wrong("work", "give either `work` or `to`")
    calendar = _calendar(asked, regulations)
    try:
        return _worked(asked, calendar, asked.to) if asked.to else _due(asked, calendar)
    except (WorkingTimeError, OverflowError) as error:
        raise _wrong("from", str(error)) from error


def _due(asked: WorkingTime, calendar: Calendar) -> Due:
    work = _length(asked)
    end = _target_due(work, asked, calendar)
    return Due(due=end, slices=_slices(calendar, asked.since, max(end, asked.since), asked.pauses))


def _target_due(work: Target | timedelta, asked: WorkingTime, calendar: Calendar) -> datetime:
    if isinstance(work, Target):
        return work.due(calendar, asked.since, asked.pauses)
    return due(calendar, asked.since, work, asked.pauses)


def _worked(asked: WorkingTime, calendar: Calendar, until: datetime) -> Worked:
    seconds = between(calendar, asked.since, until, asked.pauses) // timedelta(seconds=1)
    return Worked(worked_seconds=seconds, slices=_slices(calendar, asked.since, until, asked.pauses))


def _slices(calendar: Calendar, since: datetime, until: datetime, pauses: Sequence[Pause]) -> Slices:
    found = stretches(calendar, since, until, pauses)
    if len(found) > MOST_SLICES:
        raise WorkingTimeError(TOO_MANY)
    return found


def _calendar(asked: WorkingTime, regulations: Iterable[Regulation]) -> Calendar:
    if isinstance(asked.calendar, dict):
        try:
            return parse_calendar(asked.calendar)
        except CalendarError as error:
            raise _wrong("calendar", str(error)) from error
    return _named(asked.calendar, [each for each in regulations if asked.regulation in (None, each.name)])


def _named(name: str, regulations: list[Regulation]) -> Calendar:
    """A calendar of its own, so that far away questions do not make the deciding ones large.

    Where regulations mean different calendars by a name, the default regulation's is meant.
    """
    having = [each for each in regulations if name in each.calendars]
    found = [each.calendars[name] for each in having if each.name == DEFAULT] or [e.calendars[name] for e in having]
    known = ", ".join(sorted({calendar for each in regulations for calendar in each.calendars}))
    if not found:
        raise _wrong("calendar", f"no published regulation has this calendar: write one of [{known}] or one inline")
    if any(each != found[0] for each in found):
        raise _wrong("regulation", "several regulations have such a calendar: name the `regulation`")
    return Calendar(**{field: getattr(found[0], field) for field in Calendar.__struct_fields__})


def _length(asked: WorkingTime) -> Target | timedelta:
    """The work asked for; one written as in a regulation keeps its unit, since its days may be of either kind."""
    written = asked.work or ""
    if matched := DURATION.fullmatch(written):
        return _iso_length(asked, matched)
    day = _business_day(asked.business_day or EIGHT_HOURS)
    try:
        return parse_target(written, f"{day // timedelta(minutes=1)} min", asked.day_mode)
    except ValueError as error:
        raise _wrong("work", HINT) from error


def _iso_length(asked: WorkingTime, matched: re.Match[str]) -> timedelta:
    sign, *parts = matched.groups()
    if parts[0] and not asked.business_day:
        raise _wrong("work", NAME_THE_DAY)
    day = _business_day(asked.business_day or EIGHT_HOURS)
    days, hours, minutes, seconds = (Decimal((part or "0").replace(",", ".")) for part in parts)
    length = days * (day // timedelta(seconds=1)) + hours * 3600 + minutes * 60 + seconds
    if length > MOST_HOURS * 3600:
        raise _wrong("work", "ask for less work")
    return timedelta(seconds=-int(length) if sign else int(length))


def _business_day(written: str) -> timedelta:
    try:
        day = parse_target("1 день", written, DayMode.hours).work()
    except ValueError as error:
        raise _wrong("business_day", str(error)) from error
    if day > 24 * HOUR:
        raise _wrong("business_day", "write at most 24 hours")
    return day


def _wrong(field: str, detail: str) -> Malformed:
    return Malformed(detail, [fault(("body", field), detail)])
