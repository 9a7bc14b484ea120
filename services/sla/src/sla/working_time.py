"""`POST /working-time`: the interval algebra for anyone who wants to check a deadline by hand (§1.8)."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field
from regulation.calendar import Calendar, CalendarError, parse_calendar
from regulation.document import Regulation
from regulation.timeline import WorkingTimeError
from regulation.worktime import between, due, slices_until, stretches
from servicekit.problems import Malformed, fault
from servicekit.text import Text

DURATION = re.compile(r"(-?)PT(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?")
HINT = 'write hours, minutes and seconds like "PT90M" or "PT8H": how long a day is, a regulation says (A-1)'
Slices = list[tuple[datetime, datetime]]


class WorkingTime(BaseModel, extra="forbid"):
    """From `from`, either so much `work` (when is it due?) or until `to` (how much was worked?)."""

    calendar: Text | dict[str, Any]  # Any: checked by the calendar's own reader
    since: Annotated[AwareDatetime, Field(alias="from")]
    work: str | None = None
    to: AwareDatetime | None = None
    regulation: Text | None = None


class Due(BaseModel):
    """When the work is done; the slices are what it consumes."""

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
        return _due(asked, calendar) if asked.work is not None else _worked(asked, calendar)
    except (WorkingTimeError, OverflowError) as error:
        raise _wrong("from", str(error)) from error


def _due(asked: WorkingTime, calendar: Calendar) -> Due:
    work = _duration(asked.work or "")
    return Due(due=due(calendar, asked.since, work), slices=slices_until(calendar, asked.since, work))


def _worked(asked: WorkingTime, calendar: Calendar) -> Worked:
    until = asked.to or asked.since
    seconds = between(calendar, asked.since, until) // timedelta(seconds=1)
    return Worked(worked_seconds=seconds, slices=stretches(calendar, asked.since, until))


def _calendar(asked: WorkingTime, regulations: Iterable[Regulation]) -> Calendar:
    if isinstance(asked.calendar, dict):
        try:
            return parse_calendar(asked.calendar)
        except CalendarError as error:
            raise _wrong("calendar", str(error)) from error
    return _named(asked.calendar, [each for each in regulations if asked.regulation in (None, each.name)])


def _named(name: str, regulations: list[Regulation]) -> Calendar:
    """A calendar of its own, so that far away questions do not make the deciding ones large."""
    found = [each.calendars[name] for each in regulations if name in each.calendars]
    known = ", ".join(sorted({calendar for each in regulations for calendar in each.calendars}))
    if not found:
        raise _wrong("calendar", f"no published regulation has this calendar: write one of [{known}] or one inline")
    if any(each != found[0] for each in found):
        raise _wrong("regulation", "several regulations have such a calendar: name the `regulation`")
    return Calendar(**{field: getattr(found[0], field) for field in Calendar.__struct_fields__})


def _duration(written: str) -> timedelta:
    matched = DURATION.fullmatch(written)
    if matched is None:
        raise _wrong("work", HINT)
    hours, minutes, seconds = (int(part or 0) for part in matched.groups()[1:])
    try:
        length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise _wrong("work", "ask for less work") from error
    return -length if matched[1] else length


def _wrong(field: str, detail: str) -> Malformed:
    return Malformed(detail, [fault(("body", field), detail)])
