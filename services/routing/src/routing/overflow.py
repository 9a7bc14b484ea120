"""Lines that help one another out, as events: when it began and ended, and why (R3-23, A-30)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from contracts.routing import LineOverflowEnded, LineOverflowStarted
from contracts.streams import line_stream
from eventlog.reactor import Cause, Reaction
from regulation.channel import Line
from regulation.document import Regulation

from routing.domain.lines import Crew, Reason, crew, help_for, sections_of
from routing.state import State


def helpers(state: State, line: str, at: datetime) -> Mapping[str, Reason]:
    """The lines whose people serve this one too at a moment, and why."""
    return next((_helpers(state, of, each, at) for of, each in state.helped if each.id == line), {})


def overflows(state: State, at: datetime, name: str = "overflow", cause: Cause | None = None) -> Iterator[Reaction]:
    """What is to be said about lines helping one another, as of a moment."""
    n = 0
    for of, line in state.helped:
        wanted = _helpers(state, of, line, at)
        was = state.overflows.get(line.id, {})
        for helper in line.helped_by:
            for said in _said(line.id, helper, was.get(helper), wanted.get(helper), at):
                yield Reaction(name=name, n=n, stream=line_stream(line.id), event=said, cause=cause)
                n += 1


def flip(state: State, now: datetime) -> Iterator[Reaction]:
    """A shift or an absence began or ended, and a line has too few people now, or enough again."""
    moment = next_flip(state)
    if moment and moment <= now and state.stirred:
        yield from overflows(state, now, f"overflow:{int(moment.timestamp())}", state.stirred)


def next_flip(state: State) -> datetime | None:
    """When a line will have too few people, or enough again, for all that is known."""
    if not state.helped:
        return None
    return min((each.until for each in _crews(state, state.seen) if each.until), default=None)


def _crews(state: State, at: datetime) -> Iterator[Crew]:
    for of, line in state.helped:
        known = state.crews.get(line.id)
        yield known[1] if known and known[0] == state.desk.people else _crew(state, of, line, at)


def _helpers(state: State, of: Regulation, line: Line, at: datetime) -> dict[str, Reason]:
    few = _crew(state, of, line, at).few
    found = {helper: help_for(line, helper, state.desk.lines, few) for helper in _manned(state, line)}
    return {helper: why for helper, why in found.items() if why}


def _manned(state: State, line: Line) -> list[str]:
    """The lines that help and have people at all."""
    return [helper for helper in line.helped_by if state.desk.has_people(helper)]


def _crew(state: State, of: Regulation, line: Line, at: datetime) -> Crew:
    """What is known, as long as it says something about that moment; what is found out later is kept instead."""
    people, known = state.crews.get(line.id, (-1, None))
    current = known if people == state.desk.people else None
    if current and current.holds(at):
        return current
    found = crew(state.staff, line, sections_of(of, line), at)
    if current is None or current.since < at:
        state.crews[line.id] = (state.desk.people, found)
    return found


def _said(
    line: str, helper: str, was: Reason | None, now: Reason | None, at: datetime
) -> Iterator[LineOverflowStarted | LineOverflowEnded]:
    if was == now:
        return
    if was:
        yield LineOverflowEnded(at=at, line=line, helper=helper, reason=was)
    if now:
        yield LineOverflowStarted(at=at, line=line, helper=helper, reason=now)
