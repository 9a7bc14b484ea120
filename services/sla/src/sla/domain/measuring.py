"""How much of a promise is used up and when it ends: the algebra of `regulation`, applied to runs with gaps."""

from collections.abc import Sequence
from datetime import timedelta

from contracts.reasons import Stretch
from regulation.calendar import Calendar
from regulation.worktime import between, due, stretches

from sla.domain.clock import Clock, Run, State
from sla.domain.moments import SECOND, moment

LAST_WARNING = 60
"""Seconds before the deadline after which a warning would come too late (A-25)."""


def work_in(hours: Calendar, runs: Sequence[Run]) -> int:
    """Working seconds in these runs."""
    return sum(between(hours, moment(since), moment(until)) // SECOND for since, until in runs)


def worked(hours: Calendar, clock: Clock, at: int) -> int:
    """Working seconds used up by `at`."""
    return work_in(hours, clock.spent_by(at))


def waited(hours: Calendar, clock: Clock, at: int) -> int:
    """Working seconds spent waiting for the requester by `at`."""
    waiting = clock.state is State.paused and at > clock.since
    return clock.paused + (work_in(hours, [(clock.since, at)]) if waiting else 0)


def due_after(hours: Calendar, runs: Sequence[Run], since: int, work: int) -> int:
    """When `work` seconds are used up by these runs and one that goes on from `since`; raises WorkingTimeError."""
    for begun, ended in runs:
        done = work_in(hours, [(begun, ended)])
        if 0 < work <= done:
            since = begun
            break
        work -= done
    return int(due(hours, moment(since), timedelta(seconds=max(0, work))).timestamp())


def slices(hours: Calendar, spans: Sequence[Run], until: int) -> tuple[Stretch, ...]:
    """The working stretches of these runs up to the deadline `until`: they sum to the target to the second (D3)."""
    cut = [(begun, min(ended, until)) for begun, ended in spans if begun < until]
    return tuple(part for begun, ended in cut for part in stretches(hours, moment(begun), moment(ended)))


def warning_at(hours: Calendar, clock: Clock, percent: int) -> int:
    """When `percent` of the target is used up, at least a minute before it all is (A-25)."""
    work = min(clock.target * percent // 100, clock.target - LAST_WARNING)
    return due_after(hours, clock.runs, clock.since, work) if work > 0 else clock.since
