"""A promise that is wanted and does not run yet: a new clock, or what is left of a budget begun earlier (A-3, A-4)."""

from collections.abc import Iterator, Sequence

import msgspec
from contracts.intake import TicketReopened
from contracts.sla import ClockPaused, ClockResumed, ClockRetargeted, ClockStarted
from contracts.streams import derived_id

from sla.domain import clock as clocks
from sla.domain.aiming import aim, explained
from sla.domain.clock import MET, PAUSED, Clock
from sla.domain.measuring import worked
from sla.domain.moments import moment
from sla.domain.promise import AUTO_CLOSE, NEXT_RESPONSE, RESOLUTION, Promise
from sla.domain.retargeting import Occasion, missed_at_once, retargeted
from sla.domain.ticket import RETARGETING, TRANSITIONS, Ticket
from sla.domain.timing import Decision, lapsed


def begins(ticket: Ticket, promise: Promise, on: Occasion) -> bool:
    """Whether this event is one that starts the promise's clock.

    A changed target starts what was not regulated before (R0-11), but never anew what has already ended.
    """
    if on.kind in RETARGETING:
        before = ticket.latest(promise.name)
        over = before is not None and before.state is MET and before.since >= ticket.began(promise)
        return not over or promise.measures == RESOLUTION
    return on.kind in TRANSITIONS or promise.measures == NEXT_RESPONSE


def begun(ticket: Ticket, promise: Promise, on: Occasion) -> Sequence[Decision]:
    """A new clock, or the remainder of a budget begun earlier."""
    before = ticket.latest(promise.name)
    if before and before.state is MET and promise.resumes:
        return _returned(before, promise, on)
    since = ticket.began(promise) or on.second
    due, rests = aim(promise, since, (), since), ticket.rested(promise, since)
    started = _started(promise, (since, due), on)
    if on.kind in RETARGETING or rests or (due < on.at.timestamp() and promise.measures != AUTO_CLOSE):
        return [started, *_belated(promise, started, rests, on)]
    return [started]


def _started(promise: Promise, run: tuple[int, int], on: Occasion) -> Decision:
    """A clock is named by the event that starts it, so that it costs one id to make and to remember."""
    (since, due), name = run, f"started:{promise.name}"
    said = ClockStarted(
        at=on.at if since == on.second else moment(since),
        clock=derived_id(on.id, name),
        ticket=on.ticket,
        name=promise.name,
        owner=promise.owner,
        target=promise.seconds(moment(since)),
        due_at=moment(due),
        because=explained(promise, since, [(since, due)], due, RETARGETING.get(on.kind, "")),
    )
    return Decision(name, said.clock, said, on.rules.key)


def _belated(promise: Promise, started: Decision, rests: Sequence[int], on: Occasion) -> Iterator[Decision]:
    """A clock that began before it was promised, or when the message was sent: what has become of it by now.

    It is told when it would have stopped and gone on, since time in which the ticket rested counts for nobody (R0-13).
    """
    assert isinstance(started.event, ClockStarted)
    clock = clocks.started(started.event, started.clock, on.rules.key)
    for place, at in enumerate(rests):
        then = on._replace(at=moment(at), second=at)
        yield from _missed_by(then, clock, on)
        turn = (resumed if clock.state is PAUSED else paused)(clock, promise, then)
        yield turn._replace(name=f"{turn.name}:{place}")
        _turned(clock, promise, turn)
    yield from _missed_by(on, clock, on)


def _missed_by(then: Occasion, clock: Clock, on: Occasion) -> Iterator[Decision]:
    """A deadline that had passed by then: missed at once where it was promised too late to be kept (A-7)."""
    if clock.state is PAUSED or clock.overdue or clock.due >= then.at.timestamp():
        return
    if on.kind in RETARGETING:
        yield from missed_at_once(clock, clock.due, clock.epoch, on)
    else:
        yield lapsed(clock, on.ticket, on.rules, on.at.timestamp())
    clock.overdue = True


def _turned(clock: Clock, promise: Promise, turn: Decision) -> None:
    if isinstance(turn.event, ClockPaused):
        clocks.paused(clock, turn.event)
    elif isinstance(turn.event, ClockResumed):
        clocks.resumed(clock, turn.event, "", promise.hours)


def _returned(clock: Clock, promise: Promise, on: Occasion) -> Sequence[Decision]:
    """The ticket is back: what is left of the budget runs on, under today's plan (A-4, §1.8)."""
    moved = list(retargeted(clock, promise, on))
    due = _rest(_after(clock, moved), promise, on)
    return [*moved, _running_on(clock, due, promise, on, "reopened" if on.kind is TicketReopened else "returned")]


def resumed(clock: Clock, promise: Promise, on: Occasion) -> Decision:
    """The requester or the agent has moved: the promise runs on (A-9)."""
    return _running_on(clock, _rest(clock, promise, on), promise, on, "answered")


def _rest(clock: Clock, promise: Promise, on: Occasion) -> int:
    """When what is left of a budget is used up: at once, where it was stopped at the very deadline."""
    now = on.second
    return clock.due if clock.overdue else max(aim(promise, clock.started, clock.runs, now), now)


def paused(clock: Clock, promise: Promise, on: Occasion) -> Decision:
    """The promise waits on the requester (R0-13)."""
    left = clock.target - worked(promise.hours, clock, on.second)
    said = ClockPaused(at=on.at, clock=clock.id, ticket=on.ticket, left=max(0, left))
    return Decision(f"paused:{clock.name}", clock.id, said, on.rules.key)


def _running_on(clock: Clock, due: int, promise: Promise, on: Occasion, cause: str) -> Decision:
    now = on.second
    said = ClockResumed(
        at=on.at,
        clock=clock.id,
        ticket=on.ticket,
        due_at=moment(due),
        because=explained(promise, clock.started, (*clock.runs, (now, max(now, due))), due, cause),
    )
    return Decision(f"resumed:{clock.name}", clock.id, said, on.rules.key)


def adjusted(ticket: Ticket, clock: Clock, promise: Promise, on: Occasion) -> Iterator[Decision]:
    """A changed target, and then whatever another version says about waiting."""
    moved = list(retargeted(clock, promise, on))
    yield from moved
    waits = promise.pauses and ticket.waiting
    if waits is not (clock.state is PAUSED):
        again = _after(clock, moved)
        yield paused(again, promise, on) if waits else resumed(again, promise, on)


def _after(clock: Clock, moved: list[Decision]) -> Clock:
    copy = msgspec.structs.replace(clock)
    for decision in moved:
        if isinstance(decision.event, ClockRetargeted):
            clocks.retargeted(copy, decision.event, "", decision.rules)
        else:
            copy.overdue = True
    return copy
