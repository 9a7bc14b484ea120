"""Where a promise ends and why: the deadline of a clock with its gaps, explained in full (D3)."""

from collections.abc import Sequence

from contracts.reasons import Deadline
from regulation.calendar import Calendar
from regulation.duration import Target

from sla.domain.clock import Run
from sla.domain.measuring import due_after, gaps, slices
from sla.domain.moments import SECOND, moment, second
from sla.domain.promise import Promise


def aim(promise: Promise, started: int, runs: Sequence[Run], since: int) -> int:
    """When the promise of a clock begun at `started` ends, if it runs on from `since`; raises WorkingTimeError."""
    if promise.fixed is not None:
        return due_after(promise.hours, runs, since, promise.fixed)
    return ending(promise.longest(moment(started)), promise.hours, started, runs, since)


def ending(target: Target, hours: Calendar, started: int, runs: Sequence[Run], since: int) -> int:
    """When such a target of a clock begun at `started` is used up, if it runs on from `since`; as above."""
    if target.in_days:
        return _by_date(target, hours, started, (*runs, (since, since)))
    return due_after(hours, runs, since, target.work() // SECOND)


def explained(promise: Promise, started: int, spans: Sequence[Run], due: int, cause: str = "") -> Deadline:
    """Why the deadline is `due` for a clock with these runs, the last of which goes on to it."""
    return promise.because(moment(started), slices(promise.hours, spans, due), cause)


def _by_date(target: Target, hours: Calendar, started: int, runs: Sequence[Run]) -> int:
    """Days that are dates know what falls on an opening from what falls on the closing before it; hours do not."""
    pauses = [(moment(stopped), moment(begun)) for stopped, begun in gaps(started, runs)]
    return second(target.due(hours, moment(started), pauses))
