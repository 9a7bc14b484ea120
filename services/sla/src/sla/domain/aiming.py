"""Where a promise ends and why: the deadline of a clock with its gaps, explained in full (D3, A-1)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from contracts.reasons import Deadline, Stretch
from regulation.duration import DayMode, Target, Unit
from regulation.timeline import WorkingTimeError

from sla.domain.clock import Run
from sla.domain.measuring import due_after, slices
from sla.domain.moments import SECOND, moment, second
from sla.domain.promise import Promise

DAY = timedelta(days=1)
OTHER = {DayMode.hours: DayMode.d_plus_n, DayMode.d_plus_n: DayMode.hours}


def aim(promise: Promise, started: int, runs: Sequence[Run], since: int) -> int:
    """When the promise of a clock begun at `started` ends, if it runs on from `since`; raises WorkingTimeError."""
    return _end(promise, promise.longest(moment(started)), started, runs, since)


def explained(promise: Promise, started: int, spans: Sequence[Run], due: int, cause: str = "") -> Deadline:
    """Why the deadline is `due` for a clock with these runs, the last of which goes on to it."""
    found = slices(promise.hours, spans, due)
    other = None if _falls_alike(promise, started, spans, found) else _otherwise(promise, started, spans)
    differs = moment(other) if other is not None and other != due else None
    return promise.because(moment(started), found, cause, differs)


def _falls_alike(promise: Promise, started: int, spans: Sequence[Run], found: Sequence[Stretch]) -> bool:
    """Whether it is plain that both meanings of a day end alike, which saves asking: they nearly always do.

    So it is when the work ends at the time of day at which it began, as many working dates later as it has days.
    """
    target = promise.longest(moment(started))
    if target.unit is not Unit.day:
        return True
    if target.day_mode is DayMode.d_plus_n or len(spans) > 1 or not found:
        return False
    begun, ended, zone = found[0][0], found[-1][1], promise.hours.zone
    offset = begun.astimezone(zone).utcoffset()
    if (ended - begun) % DAY or offset is None or ended.astimezone(zone).utcoffset() != offset:
        return False
    dates = {((opens + offset).date(), (closes + offset - SECOND).date()) for opens, closes in found}
    return len(dates) == target.value + 1 and all(first == last for first, last in dates)


def _otherwise(promise: Promise, started: int, spans: Sequence[Run]) -> int | None:
    """Where it would end if a day were the other thing that it may be (A-1)."""
    target, (*runs, (since, _)) = promise.longest(moment(started)), spans
    if target.unit is not Unit.day:
        return None
    try:
        return _end(promise, msgspec.structs.replace(target, day_mode=OTHER[target.day_mode]), started, runs, since)
    except WorkingTimeError:
        return None


def _end(promise: Promise, target: Target, started: int, runs: Sequence[Run], since: int) -> int:
    """Days that are dates know what falls on an opening from what falls on the closing before it; hours do not."""
    if target.unit is Unit.day and target.day_mode is DayMode.d_plus_n:
        return second(target.due(promise.hours, moment(started), list(_gaps(started, runs, since))))
    return due_after(promise.hours, runs, since, target.work() // SECOND)


def _gaps(started: int, runs: Sequence[Run], since: int) -> Iterator[tuple[datetime, datetime]]:
    """When it did not run before `since`."""
    stopped = started
    for begun, ended in (*runs, (since, since)):
        if stopped < begun:
            yield moment(stopped), moment(begun)
        stopped = ended
