"""A clock told from its own events: why its deadline is where it is, with every gap and its cause (D3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.reasons import Deadline, Stretch
from contracts.sla import ClockResumed, ClockRetargeted, ClockStarted
from regulation.calendar import Calendar

from sla.domain import clock as clocks
from sla.domain.aiming import ending
from sla.domain.changing import OfClock, change
from sla.domain.clock import PAUSED, RUNNING, Clock
from sla.domain.measuring import slices, work_in
from sla.domain.moments import moment, second
from sla.domain.rules import Rules

AIMED = ClockStarted | ClockResumed | ClockRetargeted
Told = Recorded[Event]


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which the clock did not run: it waited for the requester, or had been met and was taken up again.

    `begun` and `ended` are the clock's own events; `ended` is None while it lasts. `worked` is its working time.
    """

    waiting: bool
    since: datetime
    until: datetime
    worked: int
    begun: Told
    ended: Told | None


class Aiming(msgspec.Struct, frozen=True, kw_only=True):
    """An event that set the deadline, and what target and deadline were before and after it."""

    said: Told
    because: Deadline
    target: int
    due: datetime
    target_before: int | None = None
    due_before: datetime | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A clock as of a moment: `slices` sum to the target and end at `due`, `spent` is what is used up.

    While a clock waits, its deadline is not fixed: `projected` says that `due` is where it would fall if it ran on.
    """

    clock: Clock
    aimings: tuple[Aiming, ...]
    rests: tuple[Rest, ...]
    slices: tuple[Stretch, ...]
    spent: tuple[Stretch, ...]
    due: datetime
    projected: bool
    ended: Told | None


def explained(events: Sequence[Told], versions: Mapping[str, Rules], at: datetime) -> Explanation:
    """The clock of this stream as of `at`; raises KeyError for a version of the regulation never published."""
    first, *later = events
    assert isinstance(first.data, ClockStarted), "a clock's stream begins with its start"
    clock = clocks.started(first.data, first.id, first.meta.regulation)
    aimings, rests = [_aimed(first, clock)], list[Rest]()
    for told in later:
        assert isinstance(told.data, OfClock), "a clock's stream holds its own events"
        before = msgspec.structs.replace(clock)
        change(clock, told.data, told.id, told.meta.regulation, versions)
        if isinstance(told.data, AIMED):
            aimings.append(_aimed(told, clock, before))
        if clock.state is not before.state:
            rests += _turned(rests, told, before, clock)
    rules = versions[clock.rules]
    over = rests.pop().begun if rests and not clock.open else None
    told_rests = tuple(_measured(rest, rules.hours(clock.calendar), at) for rest in rests)
    return _as_of(clock, tuple(aimings), told_rests, over, (rules, second(at)))


def _aimed(told: Told, clock: Clock, before: Clock | None = None) -> Aiming:
    assert isinstance(told.data, AIMED)
    return Aiming(
        said=told,
        because=told.data.because,
        target=clock.target,
        due=moment(clock.due),
        target_before=before.target if before else None,
        due_before=moment(before.due) if before else None,
    )


def _turned(rests: list[Rest], told: Told, before: Clock, clock: Clock) -> list[Rest]:
    """The gap that begins here, if one does; the one that ends here is ended in place."""
    at = moment(clock.since)
    if before.state is not RUNNING:
        rests[-1] = msgspec.structs.replace(rests[-1], until=at, ended=told)
    if clock.state is RUNNING:
        return []
    return [Rest(waiting=clock.state is PAUSED, since=at, until=at, worked=0, begun=told, ended=None)]


def _measured(rest: Rest, hours: Calendar, at: datetime) -> Rest:
    until = rest.until if rest.ended else max(rest.since, at)
    return msgspec.structs.replace(rest, until=until, worked=work_in(hours, [(second(rest.since), second(until))]))


def _as_of(
    clock: Clock, aimings: tuple[Aiming, ...], rests: tuple[Rest, ...], ended: Told | None, now: tuple[Rules, int]
) -> Explanation:
    rules, at = now
    hours = rules.hours(clock.calendar)
    waits = bool(rests) and rests[-1].waiting and moment(clock.since) in (rests[-1].since, rests[-1].until)
    projected = waits and clock.state is not RUNNING and not clock.overdue
    spans = clock.spent_by(at)
    due, found = clock.due, aimings[-1].because.slices
    if projected:
        since = at if clock.state is PAUSED else clock.since
        target = rules.written(aimings[-1].because)
        due = max(since, ending(target, hours, clock.started, clock.runs, since))  # as resuming does
        found = slices(hours, (*clock.runs, (since, due)), due)
    return Explanation(
        clock=clock,
        aimings=aimings,
        rests=rests,
        slices=found,
        spent=slices(hours, spans, max([at, *(until for _, until in spans)])),
        due=moment(due),
        projected=projected,
        ended=ended,
    )
