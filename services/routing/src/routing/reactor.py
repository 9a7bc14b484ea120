"""Routing's decisions as its follower runs them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

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
from routing.folding import HEARS, URGENT, fold
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
    urgent: Collection[type[Event]] | None = URGENT

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
        if state.rulings.helping:
            yield from overflows(state, event.recorded_at)
        if answer := ANSWERS.get(type(event.data)):
            yield from answer(state, event)

    def next_ring(self, state: State) -> datetime | None:
        """When somebody will be there for what waits, is away too long, leaves, or was idle about his work too long."""
        waking = min([moment for moment, _ in due(state)], default=None) if state.queues else None
        rings = [waking, _next_leaving(state), next_flip(state), state.watch.next()]
        return min(filter(None, rings), default=None)

    def ring(self, state: State, now: datetime, limit: int) -> Iterable[Reaction]:
        """Ends of shifts first, then who helps whom, then what was left alone, then what waits: one kind a ring."""
        return (
            list(leave(state.staff, state.rulings, now, limit))
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
        state.leavings[people] = next_leaving(state.staff, state.rulings)
    return state.leavings[people]


def _came(state: State, event: Recorded[AgentWentOnline]) -> Iterable[Reaction]:
    return come(state, event, state.staff.agents[event.data.agent], event.data.section)


def _transferred(state: State, held: Held, event: Recorded[TicketTransferred]) -> Iterable[Reaction]:
    said = event.data
    if not said.agent:
        return () if held.resolved else assign(state, held, said.group, event)
    crossed = event.version < held.heard
    return confirm(said, event.recorded_at) if crossed else ()


def _replied(state: State, held: Held, event: Recorded[RequesterReplied]) -> Iterable[Reaction]:
    return () if event.data.automatic else replied(state, held, event)


def _finished(state: State, event: Recorded[TicketResolved | TicketClosed | TicketMerged]) -> Iterator[Reaction]:
    """Whoever had as much as he may have can have the next one."""
    held = state.tickets.get(event.data.ticket)
    agent = held.agent if held else state.owners.get(event.data.ticket, "")
    who = state.staff.agents.get(agent)
    for section, most in who.capacity.items() if who else ():
        if state.queues and who and state.desk.load(agent, section) == most - 1:
            yield from freed(state, event, who, section)


Answer = Callable[[State, Recorded[Any]], Iterable[Reaction]]  # Any: each answers the kind it stands at


def _of_open(answer: Callable[[State, Held, Recorded[Any]], Iterable[Reaction]]) -> Answer:
    """An answer about an open ticket; there is none about others."""

    def answered(state: State, event: Recorded[Any]) -> Iterable[Reaction]:
        held = state.tickets.get(event.data.ticket)
        return answer(state, held, event) if held else ()

    return answered


ANSWERS: Mapping[type[Event], Answer] = {
    AgentWentOnline: _came,
    TicketTransferred: _of_open(_transferred),
    **dict.fromkeys((TicketResolved, TicketClosed, TicketMerged), _finished),
    TicketOpened: _of_open(opened),
    **dict.fromkeys((TicketReopened, TicketUnmerged), _of_open(came_back)),
    **dict.fromkeys((TicketClassified, TicketEscalated), _of_open(moved_on)),
    RequesterReplied: _of_open(_replied),
}
