"""Lines that help one another out, as events: when it began and ended, and why (R3-23, A-30)."""

from collections.abc import Iterable, Iterator, Mapping
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
    return next((_helpers(state, of, each, at) for of, each in state.rulings.at(at).helped if each.id == line), {})


def overflows(state: State, at: datetime, name: str = "overflow", cause: Cause | None = None) -> Iterator[Reaction]:
    """What is to be said about lines helping one another, as of a moment, by the versions that are in force then."""
    n = 0
    for line, was, wanted in list(_changes(state, at)):
        for helper in dict.fromkeys((*was, *wanted)):
            for said in _said(line, helper, was.get(helper), wanted.get(helper), at):
                yield Reaction(name=name, n=n, stream=line_stream(line), event=said, cause=cause)
                n += 1


def _changes(state: State, at: datetime) -> Iterator[tuple[str, Mapping[str, Reason], Mapping[str, Reason]]]:
    """Lines with who helped them and who does now; a line that may not be helped any more is helped by nobody."""
    helped, state.rulings.looked = state.rulings.at(at).helped, at
    for of, line in helped:
        yield line.id, state.overflows.get(line.id, {}), _helpers(state, of, line, at)
    known = {line.id for _, line in helped}
    yield from ((line, was, {}) for line, was in state.overflows.items() if line not in known)


def flip(state: State, now: datetime) -> Iterator[Reaction]:
    """A shift or an absence began or ended, and a line has too few people now, or enough again, or may be helped."""
    moment = next_flip(state)
    if moment and moment <= now:
        yield from overflows(state, now, f"overflow:{int(moment.timestamp())}", state.stirred)


def next_flip(state: State) -> datetime | None:
    """When a line will have too few people, or enough again, or another version will say who helps whom."""
    if not state.rulings.helping:
        return None
    ruling = state.rulings.at(state.rulings.looked or state.seen)
    left_over = state.overflows.keys() - {line.id for _, line in ruling.helped}
    moments = [each.until for each in _crews(state, ruling.helped, state.seen)]
    moments += [ruling.until, ruling.since if any(state.overflows[line] for line in left_over) else None]
    return min(filter(None, moments), default=None)


def _crews(state: State, helped: Iterable[tuple[Regulation, Line]], at: datetime) -> Iterator[Crew]:
    for of, line in helped:
        known = state.crews.get((of.key, line.id))
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
    people, known = state.crews.get((of.key, line.id), (-1, None))
    current = known if people == state.desk.people else None
    if current and current.holds(at):
        return current
    found = crew(state.staff, line, sections_of(of, line), at)
    if current is None or current.since < at:
        state.crews[of.key, line.id] = (state.desk.people, found)
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
