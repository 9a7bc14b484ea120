"""When somebody will be there for tickets that wait: shifts begin, people come back, coverage opens (A-17)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from contracts.intake import Section
from regulation.calendar import Calendar
from regulation.timeline import WorkingTimeError
from regulation.worktime import next_opening

from routing.domain.absence import FAR
from routing.domain.staff import Employee, Staff


class Span(NamedTuple):
    """From `starts` until `ends` (UTC), the end not included."""

    starts: datetime
    ends: datetime


def wakes(  # noqa: PLR0913  # who, for what, and from when on
    staff: Staff,
    group: str,
    section: Section,
    calendar: Calendar,
    after: datetime,
    people: Iterable[Employee] | None = None,
) -> datetime | None:
    """The first moment from `after` on (UTC) at which one of `people` will be eligible; None if never.

    They are all who are Online now, unless somebody knows better who of these could take the work.
    """
    opening, best = _openings(calendar), FAR
    for who in staff.present(group, section) if people is None else people:
        for member in _memberships(who, group, after):
            best = _first(there(staff, who, member), opening, best)
        if best == after:
            break
    return best if best < FAR else None


def _first(spans: Iterable[Span], opening: Callable[[datetime], datetime], best: datetime) -> datetime:
    """The first opening within these spans, or `best` if that comes first; the earlier a span begins the better."""
    for span in spans:
        if span.starts >= best:
            break
        at = opening(span.starts)
        if at < span.ends:
            return min(at, best)
    return best


def _memberships(who: Employee, group: str, after: datetime) -> list[Span]:
    """When he serves the group."""
    if group in who.groups:
        return [Span(after, FAR)]
    return [Span(max(each.starts, after), each.ends) for each in who.loans.values() if group in each.groups]


def there(staff: Staff, who: Employee, within: Span) -> Iterator[Span]:
    """When he is on shift and not away."""
    if not staff.rostered:
        yield from _without_absences(who, within)
    for starts, ends, _ in who.shifts if staff.rostered else ():
        if ends > within.starts:
            yield from _without_absences(who, Span(max(within.starts, starts), min(within.ends, ends)))


def _without_absences(who: Employee, span: Span) -> Iterator[Span]:
    begins = span.starts
    for away in sorted(who.absences.values(), key=attrgetter("starts")):
        if begins < min(away.starts, span.ends):
            yield Span(begins, min(away.starts, span.ends))
        begins = max(begins, away.until)
    if begins < span.ends:
        yield Span(begins, span.ends)


def _openings(calendar: Calendar) -> Callable[[datetime], datetime]:
    """When the calendar is open first from a moment on, each looked up once; the end of time if never."""

    @cache
    def opening(at: datetime) -> datetime:
        try:
            return next_opening(calendar, at)
        except WorkingTimeError:
            return FAR

    return opening
