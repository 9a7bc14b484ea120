"""Where a promise ends and why: the deadline of a clock with its gaps, explained in full (D3)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.reasons import Deadline
from regulation.duration import DayMode, Target, Unit

from sla.domain.clock import Run
from sla.domain.measuring import due_after, slices
from sla.domain.moments import SECOND, moment, second
from sla.domain.promise import Promise


def aim(promise: Promise, started: int, runs: Sequence[Run], since: int) -> int:
    """When the promise of a clock begun at `started` ends, if it runs on from `since`; raises WorkingTimeError."""
    if promise.fixed is not None:
        return due_after(promise.hours, runs, since, promise.fixed)
    target = promise.longest(moment(started))
    if target.unit is Unit.day and target.day_mode is DayMode.d_plus_n:
        return _by_date(target, promise, started, (*runs, (since, since)))
    return due_after(promise.hours, runs, since, target.work() // SECOND)


def explained(promise: Promise, started: int, spans: Sequence[Run], due: int, cause: str = "") -> Deadline:
    """Why the deadline is `due` for a clock with these runs, the last of which goes on to it."""
    return promise.because(moment(started), slices(promise.hours, spans, due), cause)


def _by_date(target: Target, promise: Promise, started: int, runs: Sequence[Run]) -> int:
    """Days that are dates know what falls on an opening from what falls on the closing before it; hours do not."""
    return second(target.due(promise.hours, moment(started), list(_gaps(started, runs))))


def _gaps(started: int, runs: Sequence[Run]) -> Iterator[tuple[datetime, datetime]]:
    """When it did not run before its last run."""
    stopped = started
    for begun, ended in runs:
        if stopped < begun:
            yield moment(stopped), moment(begun)
        stopped = ended
