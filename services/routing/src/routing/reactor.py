"""Routing's decisions as its follower runs them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.intake import (
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.routing import AgentWentOnline, TicketTransferred
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Reaction, Statement

from routing.dealing import come, due, freed, wake
from routing.distribution import assign, came_back, confirm, moved_on, opened, replied
from routing.folding import HEARS, fold
from routing.leaving import leave, next_leaving
from routing.overflow import flip, next_flip, overflows
from routing.state import Held, State
from routing.taking_back import take_back
from routing.views import VIEWS


class RoutingReactor:
    """Every ticket gets an agent in turn or, where there is none, its group; with the whole reason (D4)."""

    name = "routing"
    code = fingerprint("routing", "contracts", "regulation")
    views = VIEWS
    hears: Collection[type[Event]] | None = HEARS

    def fresh(self) -> State:
        """Nobody there, nothing open."""
        return State()

    def restored(self, snapshot: bytes) -> State:
        """The state as it was stored; a waiting ticket is one object in both of its places."""
        state = msgspec.msgpack.decode(snapshot, type=State)
        for queue in state.queues.values():
            queue.waiting = {ticket: state.tickets[ticket] for ticket in queue.waiting}
        return state

    def stored(self, state: State) -> bytes:
        """The state as bytes."""
        return msgspec.msgpack.encode(state)

    def evolve(self, state: State, event: Recorded[Event]) -> None:
        """Take one event into the state."""
        fold(state, event)

    def react(self, state: State, event: Recorded[Event]) -> Iterable[Reaction]:
        """Who helps whom from now on, then who gets the ticket, or what waited."""
        yield from overflows(state, event.recorded_at)
        yield from _answers(state, event)

    def next_ring(self, state: State) -> datetime | None:
        """When somebody will be there for what waits, is away too long, leaves, or was idle about his work too long."""
        waking = next((moment for moment, _ in due(state)), None)
        rings = (waking, _next_leaving(state), next_flip(state), state.watch.next())
        return min((each for each in rings if each), default=None)

    def ring(self, state: State, now: datetime, limit: int) -> Iterable[Reaction]:
        """Ends of shifts first, then who helps whom, then what was left alone, then what waits: one kind a ring."""
        return (
            list(leave(state.staff, state.regulations.values(), now, limit))
            or list(flip(state, now))
            or list(take_back(state, now, limit))
            or list(wake(state, now, limit))
        )

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """Agents, shifts, open tickets and turns as tables."""
        return VIEWS.project(events)

    async def act(self, event: Recorded[Event]) -> None:
        """Routing commands nothing."""


def _next_leaving(state: State) -> datetime | None:
    """Looked up anew only when something about people changed."""
    people = state.desk.people
    if people not in state.leavings:
        state.leavings.clear()
        state.leavings[people] = next_leaving(state.staff, state.regulations.values())
    return state.leavings[people]


def _answers(state: State, event: Recorded[Event]) -> Iterator[Reaction]:
    match event.data:
        case AgentWentOnline(agent=agent, section=section):
            yield from come(state, event, state.staff.agents[agent], section)
        case TicketTransferred(ticket=ticket) as said if ticket in state.tickets:
            yield from _transferred(state, state.tickets[ticket], event, said)
        case TicketResolved(ticket=ticket) | TicketClosed(ticket=ticket) | TicketMerged(ticket=ticket):
            yield from _finished(state, event, ticket)
        case TicketOpened() | TicketReopened() | TicketUnmerged() | TicketClassified() | TicketEscalated() as said:
            if said.ticket in state.tickets:
                yield from _asks(state, state.tickets[said.ticket], event)
        case RequesterReplied(ticket=ticket, automatic="") if ticket in state.tickets:
            yield from replied(state, state.tickets[ticket], event)


def _asks(state: State, held: Held, event: Recorded[Event]) -> Iterator[Reaction]:
    match event.data:
        case TicketOpened():
            return opened(state, held, event)
        case TicketReopened() | TicketUnmerged():
            return came_back(state, held, event)
        case _:
            return moved_on(state, held, event)


def _transferred(state: State, held: Held, event: Recorded[Event], said: TicketTransferred) -> Iterator[Reaction]:
    if not said.agent:
        return iter(()) if held.resolved else assign(state, held, said.group, event)
    crossed = event.version < held.heard
    return confirm(said, event.recorded_at) if crossed else iter(())


def _finished(state: State, event: Recorded[Event], ticket: str) -> Iterator[Reaction]:
    """Whoever had as much as he may have can have the next one."""
    held = state.tickets.get(ticket)
    agent = held.agent if held else state.owners.get(ticket, "")
    who = state.staff.agents.get(agent)
    for section, most in who.capacity.items() if who else ():
        if state.queues and who and state.desk.load(agent, section) == most - 1:
            yield from freed(state, event, who, section)
