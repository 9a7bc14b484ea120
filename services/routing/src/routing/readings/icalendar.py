"""A roster as a calendar (iCalendar): one shift an event and person, repeated as the event says."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from regulation.icalendar_events import Happening, ICalendarError, happenings
from regulation.localtime import instant, moment

from routing.domain.roster import Shift
from routing.readings.finding import MOST, Fault, Finding
from routing.readings.names import Names, UnknownNameError

REPEATED = 100
"""Events with a rule of repetition that a file may have: each may be a thousand shifts."""
FOLD = re.compile(rb"(?:\r?\n)+[ \t]")
"""What may stand anywhere within a line, even in the middle of a word (RFC 5545, 3.1), and in the ways it is read."""
PARTS = (":", "(", "—", "–", " - ", ",")
"""What parts a person's name from the rest of an event's title."""


class Reach(NamedTuple):
    """Events that end after `since` and begin before `until` (UTC) count; local times are `zone`'s."""

    since: datetime
    until: datetime
    zone: ZoneInfo


def read_calendar(content: bytes, names: Names, reach: Reach) -> Finding:
    """The shifts of a calendar's events: of everybody who takes part, else of the person that the title names.

    Events of whole days and those marked as free time are left out, and the answer says so.
    """
    if too_much := _too_much(FOLD.sub(b"", content).upper()):
        return Finding(faults=(Fault(1, too_much),))
    try:
        found = happenings(content, range(reach.since.year, reach.until.year + 1))
    except ICalendarError as error:
        return Finding(faults=(Fault(1, str(error)),))
    return _finding([each for each in found if _counts(each, reach)], names, reach.zone)


def _too_much(content: bytes) -> str:
    """What would take too long to be read, if anything."""
    if content.count(b"BEGIN:VEVENT") > MOST or content.count(b"RRULE") > REPEATED:
        return f"at most {MOST} events, {REPEATED} of them repeated: split the calendar"
    return ""


def _finding(events: list[Happening], names: Names, zone: ZoneInfo) -> Finding:
    shifts: set[Shift] = set()
    faults: dict[str, Fault] = {}
    left_out: dict[str, None] = {}
    for number, event in enumerate(events, 1):
        if why := _left_out(event):
            left_out[f"{event.name}: {why}"] = None
            continue
        try:
            shifts.update(_shifts(event, names, zone))
        except (UnknownNameError, ValueError) as error:
            detail = f'event "{event.name}" of {event.begins:%Y-%m-%d}: {error}'
            faults.setdefault(event.name, Fault(number, detail))
    if len(shifts) > MOST:
        faults[""] = Fault(1, f"a roster has at most {MOST} shifts: ask for fewer weeks")
    return Finding(frozenset(shifts), tuple(faults.values()), tuple(left_out))


def _counts(event: Happening, reach: Reach) -> bool:
    return _at(event.ends, reach.zone) > reach.since and _at(event.begins, reach.zone) < reach.until


def _left_out(event: Happening) -> str:
    if event.whole_days:
        return "lasts whole days, a shift has hours"
    return "is marked as free time" if event.transparent else ""


def _shifts(event: Happening, names: Names, zone: ZoneInfo) -> Iterator[Shift]:
    for agent in sorted(set(_agents(event, names))):
        shift = Shift(_at(event.begins, zone), _at(event.ends, zone), agent)
        if shift.fault:
            raise ValueError(shift.fault)
        yield shift


def _agents(event: Happening, names: Names) -> Iterator[str]:
    if not event.people:
        titles = [event.name, *(event.name.partition(mark)[0] for mark in PARTS if mark in event.name)]
        yield _first(titles, names)
    for each in event.people:
        yield _first([called for called in each if called], names)


def _first(called: list[str], names: Names) -> str:
    """The first of these names that an agent has."""
    for each in called[:-1]:
        try:
            return names.agent(each.strip())
        except UnknownNameError:
            continue
    return names.agent(called[-1].strip()) if called else names.agent("")


def _at(wall: datetime, zone: ZoneInfo) -> datetime:
    if wall.tzinfo:
        return wall.astimezone(UTC)
    return moment(instant(zone, wall.date(), wall.hour * 60 + wall.minute))
