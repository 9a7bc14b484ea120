"""What follows for a ticket's clocks from one of its events: the clocks are brought to what the regulation wants."""

from collections.abc import Iterator, Mapping

from contracts.intake import TicketMerged
from contracts.sla import ClockCancelled, ClockMet

from sla.domain.beginning import adjusted, begins, begun, paused, resumed
from sla.domain.clock import Clock, State
from sla.domain.measuring import waited, worked
from sla.domain.moments import second
from sla.domain.promise import AUTO_CLOSE, RESPONSES, Promise
from sla.domain.retargeting import Occasion
from sla.domain.rules import Rules
from sla.domain.ticket import ANSWERS, RETARGETING, Ticket
from sla.domain.timing import Decision, lapsed, owed_to_the_team

MERGED = "ticket-merged"
"""Why the clocks of a ticket that goes on in another one are cancelled (§3.1-5)."""
REACTED = "requester-reacted"
"""Why an auto-close is cancelled by any real message of the requester (A-11)."""


def decide(ticket: Ticket, on: Occasion, versions: Mapping[str, Rules]) -> Iterator[Decision]:
    """Meet what was left, begin or go on with what was entered, pause, resume or retarget what stays."""
    wanted = {promise.name: promise for promise in wanted_of(ticket, on.rules)}
    for clock in ticket.clocks:
        if clock.open:
            own = versions[clock.rules]
            yield from _overlooked(clock, on, own)
            promise = wanted.pop(clock.name, None)
            yield from _continued(ticket, clock, promise, on) if promise else _ended(ticket, clock, on, own)
    for promise in wanted.values():
        if begins(ticket, promise, on):
            yield from begun(ticket, promise, on)


def wanted_of(ticket: Ticket, rules: Rules) -> Iterator[Promise]:
    """What is promised at the present moment; raises UnknownTermError."""
    if ticket.closed_at:
        return
    for promise in rules.promises(ticket.cell, rules.entry(ticket.stage)):
        if ticket.owed(promise):
            yield _estimated(ticket, promise, rules) if ticket.estimates else promise


def _estimated(ticket: Ticket, promise: Promise, rules: Rules) -> Promise:
    works = [work for stage, work in ticket.estimates if stage == promise.name]
    return rules.estimated(promise, works) if works else promise


def _overlooked(clock: Clock, on: Occasion, own: Rules) -> Iterator[Decision]:
    """A deadline that passed before this event counts, however late the timers are (I9)."""
    if _missed(clock, on) and clock.name != AUTO_CLOSE:
        yield lapsed(clock, on.ticket, own, on.at.timestamp())


def _missed(clock: Clock, on: Occasion) -> bool:
    return clock.state is State.running and not clock.overdue and clock.due < on.at.timestamp()


def _continued(ticket: Ticket, clock: Clock, promise: Promise, on: Occasion) -> Iterator[Decision]:
    if on.kind in RETARGETING:
        yield from adjusted(ticket, clock, promise, on)
        return
    waits = promise.pauses and ticket.waiting
    if waits and clock.state is State.running:
        yield paused(clock, promise, on)
    elif not waits and clock.state is State.paused:
        yield resumed(clock, promise, on)


def _ended(ticket: Ticket, clock: Clock, on: Occasion, own: Rules) -> Iterator[Decision]:
    reason = _pointless(ticket, clock, on, own)
    if reason:
        said = ClockCancelled(at=on.at, clock=clock.id, ticket=on.ticket, name=clock.name, reason=reason)
        yield Decision(f"cancelled:{clock.name}", clock.id, said, clock.rules)
    else:
        yield _met(clock, on, own)


def _pointless(ticket: Ticket, clock: Clock, on: Occasion, own: Rules) -> str:
    """Why an open clock has nothing left to measure; "" when what it promised is done."""
    if on.kind in RETARGETING:
        return on.cause
    if on.kind is TicketMerged:
        return MERGED
    if clock.name == AUTO_CLOSE and not ticket.silent:
        return REACTED
    unanswered = own.measures.get(clock.name) in RESPONSES and on.kind not in ANSWERS
    if clock.name == AUTO_CLOSE or unanswered or on.rules.annuls(ticket.stage):
        return f"ticket-{ticket.stage}"
    return ""


def _met(clock: Clock, on: Occasion, own: Rules) -> Decision:
    hours, at = own.hours(clock.calendar), second(on.at)
    said = ClockMet(
        at=on.at,
        clock=clock.id,
        ticket=on.ticket,
        name=clock.name,
        worked=worked(hours, clock, at),
        paused=waited(hours, clock, at),
        breached=clock.breached or (_missed(clock, on) and owed_to_the_team(clock, own)),
    )
    return Decision(f"met:{clock.name}", clock.id, said, clock.rules)
