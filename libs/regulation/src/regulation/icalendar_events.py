"""What an iCalendar file says happens within some years: its events, repeated as they say (RFC 5545)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, tzinfo
from threading import Lock
from typing import NamedTuple

from icalendar import Calendar, Component, Event, TimezoneDaylight, TimezoneStandard
from icalendar.timezone import tzp

from regulation.icalendar_rules import check_zone, starts, wall

DAY = timedelta(days=1)
LONGEST = 366 * DAY
THINGS = ("ROOM", "RESOURCE")
READING = Lock()
"""The library keeps every described time zone by its name, for all files to come: one is read at a time, and anew."""


class ICalendarError(ValueError):
    """A file that cannot be read; the message says what is wrong where, and what to do."""


class Happening(NamedTuple):
    """One event on its day, in its own wall time: aware where the file names a zone for it."""

    name: str
    begins: datetime
    ends: datetime
    whole_days: bool
    transparent: bool
    words: tuple[str, ...]
    """Categories and the first line of the description, in small letters."""
    people: tuple[tuple[str, str], ...] = ()
    """Address and name of everybody who takes part and has not declined."""


def happenings(content: bytes, years: range) -> list[Happening]:
    """Everything that touches these years, in order of time; raises ICalendarError."""
    events = [each for calendar in _calendars(content) for each in calendar.walk("VEVENT") if isinstance(each, Event)]
    if not events:
        raise ICalendarError("the file has no whole event: export the calendar again, with its events, as .ics")
    moved = {key for number, event in enumerate(events, 1) if (key := _instead_of(number, event))}
    found: list[Happening] = []
    for number, event in enumerate(events, 1):
        with _blamed(f"{_where(number, event)} cannot be read"):
            found += _repeated(event, moved, years)
    return sorted(found, key=lambda each: (each.begins.replace(tzinfo=None), each.name))


def _calendars(content: bytes) -> Sequence[Component]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ICalendarError("the file is not UTF-8 text: export it again, or save it as UTF-8") from error
    with _blamed("this is no iCalendar file, or a broken one"), READING:
        tzp.use_zoneinfo()
        calendars = list(Calendar.from_ical(text, multiple=True))
    with _blamed("a VTIMEZONE cannot be read"):
        for part in (part for each in calendars for part in each.walk()):
            if isinstance(part, TimezoneStandard | TimezoneDaylight):
                check_zone(part)
    return calendars


def _instead_of(number: int, event: Event) -> tuple[str, datetime] | None:
    """Which repetition of which series an event replaces, if it does."""
    if broken := "; ".join(f"{name}: {why}" for name, why in event.errors):
        raise ICalendarError(f"{_where(number, event)} cannot be read: {broken}")
    with _blamed(f"{_where(number, event)} cannot be read"):
        return _key(event, event.RECURRENCE_ID) if event.RECURRENCE_ID else None


@contextmanager
def _blamed(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever the parsers stumble over, from KeyError to OSError, is the file's fault
        raise ICalendarError(f"{what}: {error or type(error).__name__}") from error


def _where(number: int, event: Event) -> str:
    return f'event {number} ("{_text(event, "SUMMARY")}")'


def _repeated(event: Event, moved: set[tuple[str, datetime]], years: range) -> Iterator[Happening]:
    if _text(event, "STATUS").upper() == "CANCELLED":
        return
    first = event.DTSTART
    if first is None:
        raise ValueError("it has no DTSTART")
    length = _length(event, first)
    since, until = (datetime(year, 1, 1) for year in (years.start, years.stop))  # noqa: DTZ001  # the event's own
    once, zone = _once(event, first), _zone(event, first) if isinstance(first, datetime) else None
    for begins in sorted(_starts(event, first, (since - min(length, LONGEST), until))):
        stays = event.RECURRENCE_ID or _key(event, begins) not in moved
        if stays and begins < until and begins + length > since:
            yield once._replace(begins=begins.replace(tzinfo=zone), ends=(begins + length).replace(tzinfo=zone))


def _once(event: Event, first: date) -> Happening:
    """The event, whenever it happens."""
    said = str(event.get("DESCRIPTION", "")).strip().splitlines()
    return Happening(
        name=_text(event, "SUMMARY") or "without a name",
        begins=wall(first),
        ends=wall(first),
        whole_days=not isinstance(first, datetime),
        transparent=_text(event, "TRANSP").upper() == "TRANSPARENT",
        words=tuple(word.strip().casefold() for word in (*event.categories, *said[:1])),
        people=tuple(_people(event)),
    )


def _people(event: Event) -> Iterator[tuple[str, str]]:
    named = event.get("ATTENDEE", [])
    for each in named if isinstance(named, list) else [named]:
        said = {name.upper(): str(value) for name, value in getattr(each, "params", {}).items()}
        if said.get("PARTSTAT", "").upper() != "DECLINED" and said.get("CUTYPE", "").upper() not in THINGS:
            yield re.sub("^mailto:", "", str(each), flags=re.IGNORECASE).strip(), said.get("CN", "").strip()


def _zone(event: Event, first: datetime) -> tzinfo | None:
    named = event["DTSTART"].params.get("TZID")
    if named and first.tzinfo is None:
        raise ValueError(f"nobody knows its time zone {named!r}, and the file does not describe it")
    return first.tzinfo


def _starts(event: Event, first: date, within: tuple[datetime, datetime]) -> set[datetime]:
    """The beginnings in wall time; DTSTART is one of them whatever the rule says, and dates count wherever they lie."""
    if event.rrules and _length(event, first) > LONGEST:
        raise ValueError("it repeats, and lasts longer than a year")
    found = {wall(first), *(wall(begins) for begins, _ in event.rdates)}
    for rule in event.rrules:
        found.update(starts(rule, first, *within))
    return found - {wall(begins) for begins in event.exdates}


def _length(event: Event, first: date) -> timedelta:
    length = wall(event.DTEND) - wall(first) if event.DTEND else event.DURATION or timedelta()
    if length < timedelta():
        raise ValueError("it ends before it begins")
    return length if isinstance(first, datetime) else max(length, DAY)


def _key(event: Event, begins: date) -> tuple[str, datetime]:
    return _text(event, "UID"), wall(begins)


def _text(event: Event, name: str) -> str:
    return " ".join(str(event.get(name, "")).split())
