"""What an iCalendar file says happens within some years: its events, repeated as they say (RFC 5545)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar import Calendar, Component, Event

DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
THINGS = ("ROOM", "RESOURCE")
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


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


def _calendars(content: bytes) -> list[Component]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ICalendarError("the file is not UTF-8 text: export it again, or save it as UTF-8") from error
    with _blamed("this is no iCalendar file, or a broken one"):
        return list(Calendar.from_ical(text, multiple=True))


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
    for begins in _starts(event, first).between(since - length, until, inc=True):
        stays = event.RECURRENCE_ID or _key(event, begins) not in moved
        if stays and begins < until and (begins + length > since):
            yield once._replace(begins=begins.replace(tzinfo=zone), ends=(begins + length).replace(tzinfo=zone))


def _once(event: Event, first: date) -> Happening:
    """The event, whenever it happens."""
    said = str(event.get("DESCRIPTION", "")).strip().splitlines()
    return Happening(
        name=_text(event, "SUMMARY") or "without a name",
        begins=_wall(first),
        ends=_wall(first),
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


def _starts(event: Event, first: date) -> rruleset:
    """The beginnings in wall time; DTSTART is one of them whatever the rule says."""
    starts = rruleset()
    starts.rdate(_wall(first))
    for rule in event.rrules:
        if rule.get("FREQ", TOO_OFTEN)[0] in TOO_OFTEN:
            raise ValueError("its RRULE has to repeat by days, weeks, months or years")
        bare = re.sub(r";?UNTIL=[^;]*", "", rule.to_ical().decode()).lstrip(";")
        until = "".join(f";UNTIL={_until(each, first):%Y%m%dT%H%M%S}" for each in rule.get("UNTIL", []))
        repeated = rrulestr(bare + until, dtstart=_wall(first))
        assert isinstance(repeated, rrule), "one rule was given"
        starts.rrule(repeated)
    for begins, _ in event.rdates:
        starts.rdate(_wall(begins))
    for begins in event.exdates:
        starts.exdate(_wall(begins))
    return starts


def _until(until: date, first: date) -> datetime:
    """The last moment in the event's own wall time; a date counts whole."""
    if not isinstance(until, datetime) or not isinstance(first, datetime):
        return datetime.combine(until, LAST_SECOND)
    return _wall(until.astimezone(first.tzinfo) if until.tzinfo and first.tzinfo else until)


def _length(event: Event, first: date) -> timedelta:
    length = _wall(event.DTEND) - _wall(first) if event.DTEND else event.DURATION or timedelta()
    if length < timedelta():
        raise ValueError("it ends before it begins")
    return length if isinstance(first, datetime) else max(length, DAY)


def _key(event: Event, begins: date) -> tuple[str, datetime]:
    return _text(event, "UID"), _wall(begins)


def _wall(at: date) -> datetime:
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _text(event: Event, name: str) -> str:
    return " ".join(str(event.get(name, "")).split())
