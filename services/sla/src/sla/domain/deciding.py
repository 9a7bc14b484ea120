"""What follows for a ticket's clocks from one of its events: the clocks are brought to what the regulation wants."""

from collections.abc import Iterable, Mapping, Sequence

from contracts.intake import TicketMerged
from contracts.sla import ClockCancelled, ClockMet

from sla.domain.beginning import adjusted, begins, begun, paused, resumed
from sla.domain.clock import PAUSED, RUNNING, Clock
from sla.domain.measuring import waited, worked
from sla.domain.promise import AUTO_CLOSE, RESPONSES, Promise
from sla.domain.retargeting import Occasion
from sla.domain.rules import Rules
from sla.domain.ticket import ANSWERS, RETARGETING, Ticket
from sla.domain.timing import Decision, lapsed, owed_to_the_team

MERGED = "ticket-merged"
"""Why the clocks of a ticket that goes on in another one are cancelled (§3.1-5)."""
REACTED = "requester-reacted"
"""Why an auto-close is cancelled by any real message of the requester (A-11)."""


def decide(ticket: Ticket, on: Occasion, versions: Mapping[str, Rules]) -> list[Decision]:
    """Meet what was left, begin or go on with what was entered, pause, resume or retarget what stays."""
    said: list[Decision] = []
    wanted = {promise.name: promise for promise in wanted_of(ticket, on.rules)}
    for clock in ticket.clocks:
        if clock.open:
            own = versions[clock.rules]
            if _missed(clock, on) and clock.name != AUTO_CLOSE:  # it counts, however late the timers are (I9)
                said.append(lapsed(clock, on.ticket, own, on.at.timestamp()))
            promise = wanted.pop(clock.name, None)
            said += _continued(ticket, clock, promise, on) if promise else (_ended(ticket, clock, on, own),)
    for promise in wanted.values():
        if begins(ticket, promise, on):
            said += begun(ticket, promise, on)
    return said


def wanted_of(ticket: Ticket, rules: Rules) -> Sequence[Promise]:
    """What is promised at the present moment; raises UnknownTermError."""
    if ticket.closed_at:
        return ()
    owed = [promise for promise in rules.promises(ticket.cell, rules.entry(ticket.stage)) if ticket.owed(promise)]
    return [_estimated(ticket, promise, rules) for promise in owed] if ticket.estimates else owed


def _estimated(ticket: Ticket, promise: Promise, rules: Rules) -> Promise:
    works = [work for stage, work in ticket.estimates if stage == promise.name]
    return rules.estimated(promise, works) if works else promise


def _missed(clock: Clock, on: Occasion) -> bool:
    return clock.state is RUNNING and not clock.overdue and clock.due < on.at.timestamp()


def _continued(ticket: Ticket, clock: Clock, promise: Promise, on: Occasion) -> Iterable[Decision]:
    if on.kind in RETARGETING:
        return adjusted(ticket, clock, promise, on)
    waits = promise.pauses and ticket.waiting
    if waits and clock.state is RUNNING:
        return (paused(clock, promise, on),)
    if not waits and clock.state is PAUSED:
        return (resumed(clock, promise, on),)
    return ()


def _ended(ticket: Ticket, clock: Clock, on: Occasion, own: Rules) -> Decision:
    if reason := _pointless(ticket, clock, on, own):
        said = ClockCancelled(at=on.at, clock=clock.id, ticket=on.ticket, name=clock.name, reason=reason)
        return Decision(f"cancelled:{clock.name}", clock.id, said, clock.rules)
    return _met(clock, on, own)


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
    hours, at = own.hours(clock.calendar), on.second
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
