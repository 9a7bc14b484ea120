"""How much of a promise is used up and when it ends: the algebra of `regulation`, applied to runs with gaps."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from contracts.reasons import Stretch
from regulation.calendar import Calendar
from regulation.worktime import due

from sla.domain.clock import PAUSED, Clock, Run
from sla.domain.moments import moment, second
from sla.domain.warning import warned_at

M = TypeVar("M", int, datetime)


def work_in(hours: Calendar, runs: Sequence[Run]) -> int:
    """Working seconds in these runs."""
    total = 0
    for since, until in runs:
        line = hours.timelines.over(since, until)
        total += line.worked(until) - line.worked(since)
    return total


def worked(hours: Calendar, clock: Clock, at: int) -> int:
    """Working seconds used up by `at`."""
    return work_in(hours, clock.spent_by(at))


def waited(hours: Calendar, clock: Clock, at: int) -> int:
    """Working seconds spent waiting for the requester by `at`."""
    waiting = clock.state is PAUSED and at > clock.since
    return clock.paused + (work_in(hours, [(clock.since, at)]) if waiting else 0)


def gaps(started: M, stretches: Iterable[tuple[M, M]]) -> Iterator[tuple[M, M]]:
    """What lies between these stretches, and between the start and the first of them; moments of either kind."""
    stopped = started
    for begun, ended in stretches:
        if stopped < begun:
            yield stopped, begun
        stopped = ended


def due_after(hours: Calendar, runs: Sequence[Run], since: int, work: int) -> int:
    """When `work` seconds are used up by these runs and one that goes on from `since`; raises WorkingTimeError."""
    for begun, ended in runs:
        done = work_in(hours, [(begun, ended)])
        if 0 < work <= done:
            since = begun
            break
        work -= done
    return second(due(hours, moment(since), timedelta(seconds=max(0, work))))


def slices(hours: Calendar, spans: Sequence[Run], until: int) -> tuple[Stretch, ...]:
    """The working stretches of these runs up to the deadline `until`: they sum to the target to the second (D3)."""
    found: list[Stretch] = []
    for begun, ended in spans:
        if begun < until:
            found += _stretches(hours, begun, min(ended, until))
    return tuple(found)


def _stretches(hours: Calendar, begun: int, ended: int) -> list[Stretch]:
    found = []
    for opens, closes in hours.timelines.over(begun, ended).following(begun):
        if opens >= ended:
            break
        found.append((moment(opens), moment(min(closes, ended))))
    return found


def warning_at(hours: Calendar, clock: Clock, percent: int) -> int:
    """When `percent` of the target is used up, at least a minute before it all is (A-25)."""
    work = warned_at(clock.target, percent)
    return due_after(hours, clock.runs, clock.since, work) if work > 0 else clock.since
