"""When somebody will be there for tickets that wait: shifts begin, coverage opens (A-17)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from contracts.intake import Section
from regulation.calendar import Calendar
from regulation.timeline import WorkingTimeError
from regulation.worktime import next_opening

from routing.domain.staff import Employee, Staff

FAR = datetime.max.replace(tzinfo=UTC)


def wakes(staff: Staff, group: str, section: Section, calendar: Calendar, after: datetime) -> datetime | None:
    """The first moment from `after` on (UTC) at which an agent who is Online now will be eligible; None if never."""
    spans = _spans(staff, staff.present(group, section), after)
    return min((opening for span in spans for opening in _openings(calendar, *span)), default=None)


def _spans(staff: Staff, present: Iterable[Employee], after: datetime) -> Iterator[tuple[datetime, datetime]]:
    for who in present:
        if not staff.rostered:
            yield after, FAR
        for _, starts, ends in who.shifts:
            if ends > after:
                yield max(starts, after), ends


def _openings(calendar: Calendar, starts: datetime, ends: datetime) -> Iterator[datetime]:
    try:
        opening = next_opening(calendar, starts)
    except WorkingTimeError:
        return
    if opening < ends:
        yield opening
