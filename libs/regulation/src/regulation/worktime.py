"""Working time as one interval algebra over UTC seconds (A-1, requirements.md §1.8).

Every function takes aware datetimes, counts whole seconds (fractions are cut off), answers in UTC and raises
WorkingTimeError, a ValueError, where there is no answer. Pauses are intervals in which nothing counts as worked, in any
order; where they overlap they are one.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from regulation.calendar import Calendar
from regulation.localtime import epoch_second, moment, whole_seconds
from regulation.timeline import NEVER_OPENS, TEN_YEARS, Stretch, WorkingTimeError, merged

Slice = tuple[datetime, datetime]
"""A working stretch, or a pause: its aware beginning and end."""


def due(calendar: Calendar, since: datetime, work: timedelta, pauses: Sequence[Slice] = ()) -> datetime:
    """The earliest moment at which `work` of working time has passed since `since`.

    A deadline at closing time, or where a pause begins, stays there; no work at all is due at the next opening. Raises
    WorkingTimeError when `work` is negative, or nothing opens within ten years.
    """
    at, need = epoch_second(since), whole_seconds(work)
    if pauses:
        at, need = _after_pauses(calendar, at, need, pauses)
    if need <= 0:
        return _unless_negative(work, next_opening(calendar, moment(at)))
    line = calendar.timelines.around(at)
    while (end := line.done(at, need)) is None:
        line = calendar.timelines.beyond(line, at)
    if end - at > TEN_YEARS:
        line.check_reach(at, end)
    return moment(end)


def between(calendar: Calendar, since: datetime, until: datetime, pauses: Sequence[Slice] = ()) -> timedelta:
    """Working time from `since` to `until`; raises WorkingTimeError when `since` is later."""
    start, end = _span(since, until)
    line = calendar.timelines.over(start, end)
    if not pauses:
        return timedelta(seconds=line.worked(end) - line.worked(start))
    runs = _running(start, end, pauses)
    return timedelta(seconds=sum(line.worked(ended) - line.worked(begun) for begun, ended in runs))


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether `at` is working time: the opening instant is, the closing instant is not."""
    second = epoch_second(at)
    line = calendar.timelines.around(second)
    index = bisect_right(line.opens, second)
    return index > 0 and second < line.closes[index - 1]


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself when it is working time, else the opening after it; raises WorkingTimeError past ten years."""
    second = epoch_second(at)
    line = calendar.timelines.around(second)
    while (index := bisect_right(line.closes, second)) == len(line.opens):
        line = calendar.timelines.beyond(line, second)
    if line.opens[index] - second > TEN_YEARS:
        raise WorkingTimeError(NEVER_OPENS)
    return moment(max(second, line.opens[index]))


def stretches(calendar: Calendar, since: datetime, until: datetime, pauses: Sequence[Slice] = ()) -> list[Slice]:
    """The working stretches from `since` to `until`, merged and cut to them; WorkingTimeError when `since` is later."""
    start, end = _span(since, until)
    line = calendar.timelines.over(start, end)
    runs = _running(start, end, pauses)
    return [_slice(each) for begun, ended in runs for each in _until(line.following(begun), ended)]


def slices_until(calendar: Calendar, since: datetime, work: timedelta, pauses: Sequence[Slice] = ()) -> list[Slice]:
    """The stretches that `work` consumes from `since` on; they sum to it to the second (D3)."""
    if whole_seconds(work) == 0:
        return []
    return stretches(calendar, since, due(calendar, since, work, pauses), pauses)


def _after_pauses(calendar: Calendar, at: int, need: int, pauses: Sequence[Slice]) -> Stretch:
    """From when on no pause gets in the way any more, and how many seconds are still needed then."""
    for begins, ends in _rests(pauses):
        if begins > at:
            line = calendar.timelines.over(at, begins)
            done = line.worked(begins) - line.worked(at)
            if 0 < done >= need:
                break
            need -= done
        at = max(at, ends)
    return at, need


def _running(start: int, end: int, pauses: Sequence[Slice]) -> Iterator[Stretch]:
    """What the pauses leave of a span."""
    for begins, ends in _rests(pauses):
        if start < min(begins, end):
            yield start, min(begins, end)
        start = max(start, ends)
    if start < end:
        yield start, end


def _rests(pauses: Sequence[Slice]) -> Iterator[Stretch]:
    return merged(_span(begins, ends, "a pause from") for begins, ends in pauses)


def _until(following: Iterator[Stretch], end: int) -> Iterator[Stretch]:
    for opens, closes in following:
        if opens >= end:
            return
        yield opens, min(closes, end)


def _span(since: datetime, until: datetime, of: str = "`from`") -> Stretch:
    if since > until:
        raise WorkingTimeError(f"{of} {since.isoformat()} is later than `to` {until.isoformat()}: swap them")
    return epoch_second(since), epoch_second(until)


def _unless_negative(work: timedelta, opening: datetime) -> datetime:
    if work < timedelta():
        raise WorkingTimeError("work is negative: give zero or more")
    return opening


def _slice(stretch: Stretch) -> Slice:
    return moment(stretch[0]), moment(stretch[1])
