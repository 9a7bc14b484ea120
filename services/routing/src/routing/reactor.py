"""Routing's decisions as its follower runs them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.intake import TicketOpened, TicketReopened
from contracts.routing import AgentWentOnline, TicketTransferred
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Reaction, Statement

from routing.distribution import assign, confirm, due, pick_up, reassign, wake
from routing.folding import fold
from routing.state import Held, State
from routing.views import VIEWS, project


class RoutingReactor:
    """Every ticket gets an agent in turn or, where there is none, its group; with the whole reason (D4)."""

    name = "routing"
    code = fingerprint("routing", "contracts", "regulation")
    views = VIEWS

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
        """Who gets the ticket, or what waited."""
        match event.data:
            case TicketOpened(ticket=ticket):
                held = state.tickets[ticket]
                return assign(state, held, state.home(held), event)
            case TicketReopened(ticket=ticket):
                return reassign(state, state.tickets[ticket], event)
            case TicketTransferred(ticket=ticket) as said if ticket in state.tickets:
                return _transferred(state, state.tickets[ticket], event, said)
            case AgentWentOnline() as said:
                return pick_up(state, event, said)
        return ()

    def next_ring(self, state: State) -> datetime | None:
        """When somebody will be there for a ticket that waits."""
        return next((moment for moment, _ in due(state)), None)

    def ring(self, state: State, now: datetime, limit: int) -> Iterable[Reaction]:
        """What a shift's start or the opening of coverage leads to."""
        return wake(state, now, limit)

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """Agents, shifts, open tickets and turns as tables."""
        return project(events)

    async def act(self, event: Recorded[Event]) -> None:
        """Routing commands nothing."""


def _transferred(state: State, held: Held, event: Recorded[Event], said: TicketTransferred) -> Iterable[Reaction]:
    if not said.agent:
        return () if held.resolved else assign(state, held, said.group, event)
    crossed = event.version < held.heard
    return confirm(said) if crossed else ()
