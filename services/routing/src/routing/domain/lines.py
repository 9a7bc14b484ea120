"""Lines help one another out: when the helper's own line is empty, or the other's people are away (R3-23, A-30)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from contracts.intake import Section
from regulation.channel import Line
from regulation.document import Regulation

from routing.domain.absence import FAR
from routing.domain.staff import Employee, Staff
from routing.domain.waking import Span, there

Reason = Literal["own-line-empty", "other-line-absent"]
ABSENT: Reason = "other-line-absent"
EMPTY: Reason = "own-line-empty"


class Place(NamedTuple):
    """The line to which a ticket belongs, None where lines do not matter, and the section in which it is taken."""

    line: Line | None
    section: Section


class Crew(NamedTuple):
    """A line's people as of `since`: whether they are too few, and until when that stays so (None: for good)."""

    since: datetime
    few: bool
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether this says something about that moment."""
        return self.since <= at and (self.until is None or at < self.until)


def help_for(line: Line, helper: str, open_work: Counter[str], few: bool) -> Reason | None:  # a fact
    """Why people of another line serve this one too; None: they do not.

    `open_work` counts open tickets that do not wait for the requester, by line: there has to be something to help with.
    """
    if few:
        return ABSENT
    return EMPTY if open_work[line.id] > 0 and open_work[helper] <= 0 else None


def crew(staff: Staff, line: Line, sections: Iterable[Section], at: datetime) -> Crew:
    """Whether fewer than `min_staff` of a line's people are on shift, Online and not away, and until when."""
    wanted = list(sections)
    people = [who for who in staff.agents.values() if who.line == line.id and _takes(who, wanted)]
    spans = [span for who in people for span in _joined(there(staff, who, Span(at, FAR)))]
    count = sum(span.starts <= at for span in spans)
    few = count < line.min_staff
    changes: Counter[datetime] = Counter()
    for span in spans:
        changes[span.starts] += span.starts > at
        changes[span.ends] -= 1
    for moment in sorted(changes):
        count += changes[moment]
        if (count < line.min_staff) != few and moment < FAR:
            return Crew(at, few, moment)
    return Crew(at, few, None)


def line_of(regulation: Regulation, channel: str, group: str) -> Line | None:
    """The line of a ticket of `channel` that `group` has: the channel's, else the first that the group serves.

    None where lines do not matter: the regulation has none, or the group serves none of them.
    """
    serving = [line for line in regulation.lines if _serves(regulation, line, group)]
    own = next((line for line in regulation.lines if channel in line.channels), None)
    if own and (not group or own in serving):
        return own
    return serving[0] if serving else None


def place_of(regulation: Regulation, channel: str, group: str) -> Place:
    """Where a ticket of `channel` belongs while `group` has it; raises UnknownTermError for an unknown channel."""
    own, line = regulation.channel(channel), line_of(regulation, channel, group)
    if line is None or channel in line.channels:
        return Place(line, own.section.value)
    other = next((each for each in regulation.channels if each.id in line.channels and each.group == group), own)
    return Place(line, other.section.value)


def sections_of(regulation: Regulation, line: Line) -> list[Section]:
    """The sections in which a line's people take its work."""
    return sorted({regulation.channel(each).section.value for each in line.channels})


def _serves(regulation: Regulation, line: Line, group: str) -> bool:
    return any(regulation.channel(each).group == group for each in line.channels)


def _takes(who: Employee, sections: list[Section]) -> bool:
    return any(who.takes(section) for section in sections)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """The same time without overlaps, so that one person on two shifts is one person."""
    now: Span | None = None
    for span in sorted(spans):
        if now is None or span.starts > now.ends:
            if now:
                yield now
            now = span
        else:
            now = Span(now.starts, max(now.ends, span.ends))
    if now:
        yield now
