"""What follows for a ticket's clocks from one of its events: the clocks are brought to what the regulation wants."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from contracts.sla import ClockCancelled, ClockMet, ClockPaused, ClockResumed, ClockStarted
from contracts.streams import derived_id

from sla.domain.clock import Clock, State
from sla.domain.measuring import due_after, slices, waited, worked
from sla.domain.moments import moment, second
from sla.domain.promise import AUTO_CLOSE, Promise, Rules
from sla.domain.retargeting import retargeted
from sla.domain.ticket import RECLASSIFIED, TRANSITIONS, Ticket
from sla.domain.timing import Decision, lapsed, owed_to_the_team

REACTED = "requester-reacted"
"""Why an auto-close is cancelled by any real message of the requester (A-11)."""


class Occasion(NamedTuple):
    """One event of a ticket: which, of what kind, when by the log's clock, and the regulation in force then."""

    id: str
    kind: type
    at: datetime
    ticket: str
    rules: Rules


def decide(ticket: Ticket, on: Occasion, versions: Mapping[str, Rules]) -> Iterator[Decision]:
    """Meet what was left, begin or go on with what was entered, pause, resume or retarget what stays."""
    wanted = {promise.name: promise for promise in _wanted(ticket, on.rules)}
    still = [clock for clock in ticket.clocks if clock.open]
    for clock in still:
        own = versions[clock.rules]
        yield from _overlooked(clock, on)
        if clock.name in wanted:
            yield from _continued(ticket, clock, wanted[clock.name], on, own)
        else:
            yield _ended(ticket, clock, on, own)
    if on.kind in TRANSITIONS:
        running = {clock.name for clock in still}
        for promise in (each for name, each in wanted.items() if name not in running):
            yield from _begun(ticket, promise, on)


def _wanted(ticket: Ticket, rules: Rules) -> tuple[Promise, ...]:
    promises = rules.promises(ticket.category, ticket.priority, rules.entry(ticket.stage))
    return tuple(each for each in promises if ticket.silent or each.name != AUTO_CLOSE)


def _overlooked(clock: Clock, on: Occasion) -> Iterator[Decision]:
    """A deadline that passed before this event counts, however late the timers are (I9)."""
    if _missed(clock, on) and clock.name != AUTO_CLOSE:
        yield lapsed(clock, on.ticket, on.at.timestamp())


def _missed(clock: Clock, on: Occasion) -> bool:
    return clock.state is State.running and not clock.overdue and clock.due < on.at.timestamp()


def _continued(ticket: Ticket, clock: Clock, promise: Promise, on: Occasion, own: Rules) -> Iterator[Decision]:
    waits = promise.pauses and ticket.waiting
    if waits and clock.state is State.running:
        yield _paused(clock, on, own)
    elif not waits and clock.state is State.paused:
        yield _resumed(ticket, clock, on, own)
    elif on.kind in RECLASSIFIED:
        yield from retargeted(clock, promise, on.rules.key, on.ticket, on.at)


def _begun(ticket: Ticket, promise: Promise, on: Occasion) -> Iterator[Decision]:
    """A new clock, or the remainder of a budget begun earlier (A-3, A-4)."""
    before = ticket.latest(promise.name)
    if before and before.state is State.met and promise.resumes:
        yield from _returned(before, promise, on)
    else:
        yield _started(promise, on)


def _started(promise: Promise, on: Occasion) -> Decision:
    since, target = second(on.at), promise.seconds(on.at)
    due = due_after(promise.hours, (), since, target)
    clock = derived_id(on.id, f"clock:{promise.name}")
    said = ClockStarted(
        at=on.at,
        clock=clock,
        ticket=on.ticket,
        name=promise.name,
        owner=promise.owner,
        target=target,
        due_at=moment(due),
        because=promise.because(slices(promise.hours, [(since, due)], due)),
    )
    return Decision(f"started:{promise.name}", clock, said, on.rules.key)


def _returned(clock: Clock, promise: Promise, on: Occasion) -> Iterator[Decision]:
    """The ticket is back: what is left of the stage's budget runs on, under today's plan (A-4)."""
    moved = list(retargeted(clock, promise, on.rules.key, on.ticket, on.at))
    yield from moved
    now, target = second(on.at), promise.seconds(moment(clock.started))
    due = due_after(promise.hours, clock.runs, now, target)
    if not moved:
        due = clock.due if clock.overdue else max(due, now)
    yield _running_on(clock, due, promise, on, "returned")


def _resumed(ticket: Ticket, clock: Clock, on: Occasion, own: Rules) -> Decision:
    promises = own.promises(ticket.category, ticket.priority, own.entry(ticket.stage))
    promise = next(each for each in promises if each.name == clock.name)
    left = due_after(promise.hours, clock.runs, second(on.at), clock.target)
    return _running_on(clock, clock.due if clock.overdue else left, promise, on, "answered")


def _running_on(clock: Clock, due: int, promise: Promise, on: Occasion, cause: str) -> Decision:
    now = second(on.at)
    spans = (*clock.runs, (now, max(now, due)))
    said = ClockResumed(
        at=on.at,
        clock=clock.id,
        ticket=on.ticket,
        due_at=moment(due),
        because=promise.because(slices(promise.hours, spans, due), cause),
    )
    return Decision(f"resumed:{clock.name}", clock.id, said, clock.rules)


def _paused(clock: Clock, on: Occasion, own: Rules) -> Decision:
    left = clock.target - worked(own.hours(clock.calendar), clock, second(on.at))
    said = ClockPaused(at=on.at, clock=clock.id, ticket=on.ticket, left=max(0, left))
    return Decision(f"paused:{clock.name}", clock.id, said, clock.rules)


def _ended(ticket: Ticket, clock: Clock, on: Occasion, own: Rules) -> Decision:
    if clock.name == AUTO_CLOSE:
        return _cancelled(clock, on, f"ticket-{ticket.stage}" if ticket.silent else REACTED)
    if on.rules.annuls(ticket.stage):
        return _cancelled(clock, on, f"ticket-{ticket.stage}")
    hours, at = own.hours(clock.calendar), second(on.at)
    said = ClockMet(
        at=on.at,
        clock=clock.id,
        ticket=on.ticket,
        name=clock.name,
        worked=worked(hours, clock, at),
        paused=waited(hours, clock, at),
        breached=clock.breached or (_missed(clock, on) and owed_to_the_team(clock)),
    )
    return Decision(f"met:{clock.name}", clock.id, said, clock.rules)


def _cancelled(clock: Clock, on: Occasion, reason: str) -> Decision:
    said = ClockCancelled(at=on.at, clock=clock.id, ticket=on.ticket, name=clock.name, reason=reason)
    return Decision(f"cancelled:{clock.name}", clock.id, said, clock.rules)
