"""A promise recomputed because category, priority or the regulation changed: from its own start, gaps kept (A-7)."""

from collections.abc import Iterator
from datetime import datetime

from contracts import Event
from contracts.sla import ClockRetargeted, DeadlineBreached, VendorOverran

from sla.domain.clock import Clock, State
from sla.domain.measuring import due_after, slices
from sla.domain.moments import moment, second
from sla.domain.promise import AUTO_CLOSE, Promise
from sla.domain.timing import Decision, owed_to_the_team

RECLASSIFIED = "reclassified"


def retargeted(clock: Clock, promise: Promise, rules: str, ticket: str, at: datetime) -> Iterator[Decision]:
    """The new target and deadline, if they are new; a deadline that is past by now is missed at once (A-7)."""
    target = promise.seconds(moment(clock.started))
    if (promise.plan, promise.calendar, target, rules) == (clock.plan, clock.calendar, clock.target, clock.rules):
        return
    since = clock.since if clock.state is State.running else second(at)
    due = due_after(promise.hours, clock.runs, since, target)
    spans = (*clock.runs, (since, max(since, due)))
    said = ClockRetargeted(
        at=at,
        clock=clock.id,
        ticket=ticket,
        target=target,
        due_at=moment(due),
        because=promise.because(slices(promise.hours, spans, due), RECLASSIFIED),
    )
    yield Decision(f"retargeted:{clock.name}", clock.id, said, rules)
    if due != clock.due and due < at.timestamp() and clock.name != AUTO_CLOSE:
        yield _missed(clock, ticket, due, rules)


def _missed(clock: Clock, ticket: str, due: int, rules: str) -> Decision:
    """`late` stays 0: nobody could have noticed it earlier."""
    at = moment(due)
    said: Event = VendorOverran(at=at, clock=clock.id, ticket=ticket, name=clock.name, due_at=at)
    if owed_to_the_team(clock):
        said = DeadlineBreached(at=at, clock=clock.id, ticket=ticket, name=clock.name, due_at=at, cause=RECLASSIFIED)
    return Decision(f"missed:{clock.name}:{clock.epoch + 1}", clock.id, said, rules)
