"""How the state takes in one event: a ticket's events change where it stands, clocks' events change clocks, no more.

So the two may come in either order: live, a reaction is folded before the next event; from the log, where it stands.
"""

from collections.abc import Callable, Mapping
from typing import Any

from contracts import Event, Recorded
from contracts.intake import RegulationPublished, TicketOpened
from contracts.sla import ClockStarted

from sla.domain import clock as clocks
from sla.domain.changing import OfClock, change
from sla.domain.hearing import evolve, opened
from sla.domain.moments import second
from sla.domain.ticket import HEARD
from sla.state import State


def fold(state: State, event: Recorded[Event]) -> None:
    """Take in one event; most kinds mean nothing to clocks."""
    if take := FOLDS.get(type(event.data)):
        take(state, event)


def _published(state: State, event: Recorded[RegulationPublished]) -> None:
    state.publish(event.data)


def _opened(state: State, event: Recorded[TicketOpened]) -> None:
    state.forget(second(event.recorded_at))
    said, rules = event.data, state.known(event.data.regulation)
    from_sending = rules is not None and said.sent_at is not None and rules.counts_from_sending(said.channel)
    ticket = state.tickets[said.ticket] = opened(said, event, from_sending=from_sending)
    if rules:
        ticket.regulation = rules.key  # pinned, whatever is published later (D2)


def _heard(state: State, event: Recorded[Any]) -> None:  # Any: whatever is HEARD
    at = second(event.recorded_at)
    state.forget(at)
    if ticket := state.ticket_of(event.data.ticket, event):
        evolve(ticket, event.data, at)
        if ticket.closed_at:
            state.closed.append((ticket.closed_at, ticket.id))


def _started(state: State, event: Recorded[ClockStarted]) -> None:
    ticket = state.tickets.get(event.data.ticket)
    if ticket and ticket.clock(event.data.clock) is None:
        clock = clocks.started(event.data, event.id, event.meta.regulation)
        if clock.started == ticket.entered:  # one number instead of two: there may be a million
            clock.started = clock.since = ticket.entered
        ticket.clocks = (*ticket.clocks, clock)
        state.totals.count(clock, 1)
        state.arm(ticket.id, clock)


def _changed(state: State, event: Recorded[Any]) -> None:  # Any: OfClock
    ticket = state.tickets.get(event.data.ticket)
    if ticket and (clock := ticket.clock(event.data.clock)):
        state.totals.count(clock, -1)
        change(clock, event.data, event.id, event.meta.regulation, state.rules)
        state.totals.count(clock, 1)
        state.totals.tell(clock, event.data)
        state.arm(ticket.id, clock)


FOLDS: Mapping[type[Event], Callable[[State, Recorded[Any]], None]] = {  # Any: each takes the kind it stands at
    RegulationPublished: _published,
    **dict.fromkeys(HEARD, _heard),
    TicketOpened: _opened,
    ClockStarted: _started,
    **dict.fromkeys(OfClock.__args__, _changed),
}
