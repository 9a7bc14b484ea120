"""How the state takes in one event: a ticket's events change where it stands, clocks' events change clocks, no more.

So the two may come in either order: live, a reaction is folded before the next event; from the log, where it stands.
"""

from collections.abc import Callable, Mapping

from contracts import Event, Recorded
from contracts.intake import RegulationPublished, TicketOpened
from contracts.sla import (
    AutoCloseDue,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    DeadlineApproaching,
    DeadlineBreached,
    VendorOverran,
)

from sla.domain import clock as clocks
from sla.domain import ticket as tickets
from sla.domain.clock import Clock
from sla.domain.moments import second
from sla.domain.timing import still_warned
from sla.state import State

OfClock = (
    ClockPaused
    | ClockResumed
    | ClockRetargeted
    | ClockMet
    | ClockCancelled
    | DeadlineApproaching
    | DeadlineBreached
    | VendorOverran
    | AutoCloseDue
)


def fold(state: State, event: Recorded[Event]) -> None:
    """Take in one event; most kinds mean nothing to clocks."""
    if take := FOLDS.get(type(event.data)):
        take(state, event)


def _published(state: State, event: Recorded[Event]) -> None:
    assert isinstance(event.data, RegulationPublished)
    state.publish(event.data)


def _opened(state: State, event: Recorded[Event]) -> None:
    assert isinstance(event.data, TicketOpened)
    state.forget(second(event.recorded_at))
    state.tickets[event.data.ticket] = tickets.opened(event.data, event)


def _heard(state: State, event: Recorded[Event]) -> None:
    assert isinstance(event.data, tickets.HEARD)
    state.forget(second(event.recorded_at))
    if ticket := state.ticket_of(event.data.ticket, event):
        tickets.evolve(ticket, event.data, event)
        if ticket.closed_at:
            state.closed.append((ticket.closed_at, event.data.ticket))


def _started(state: State, event: Recorded[Event]) -> None:
    assert isinstance(event.data, ClockStarted)
    ticket = state.tickets.get(event.data.ticket)
    if ticket and ticket.clock(event.data.clock) is None:
        clock = clocks.started(event.data, event.id, event.meta.regulation)
        ticket.clocks = (*ticket.clocks, clock)
        state.totals.count(clock, 1)
        state.arm(event.data.ticket, clock)


def _changed(state: State, event: Recorded[Event]) -> None:
    assert isinstance(event.data, OfClock)
    ticket = state.tickets.get(event.data.ticket)
    if ticket and (clock := ticket.clock(event.data.clock)):
        state.totals.count(clock, -1)
        _change(state, clock, event.data, event)
        state.totals.count(clock, 1)
        state.totals.tell(clock, event.data)
        state.arm(event.data.ticket, clock)


def _change(state: State, clock: Clock, said: OfClock, event: Recorded[Event]) -> None:
    match said:
        case ClockResumed():
            clocks.resumed(clock, said, event.id, state.rules[clock.rules].hours(clock.calendar))
        case ClockRetargeted():
            clocks.retargeted(clock, said, event.id, event.meta.regulation)
            clock.warned = still_warned(clock, state.rules[clock.rules], second(said.at))
        case DeadlineApproaching():
            clocks.approached(clock, said)
        case DeadlineBreached() | VendorOverran():
            clocks.missed(clock, breach=isinstance(said, DeadlineBreached))
        case _:
            _stop(clock, said)


def _stop(clock: Clock, said: OfClock) -> None:
    match said:
        case ClockPaused():
            clocks.paused(clock, said)
        case ClockMet():
            clocks.met(clock, said)
        case ClockCancelled():
            clocks.cancelled(clock, said)
        case AutoCloseDue():
            clocks.fired(clock)


FOLDS: Mapping[type, Callable[[State, Recorded[Event]], None]] = {
    RegulationPublished: _published,
    **dict.fromkeys(tickets.HEARD, _heard),
    TicketOpened: _opened,
    ClockStarted: _started,
    **dict.fromkeys(OfClock.__args__, _changed),
}
