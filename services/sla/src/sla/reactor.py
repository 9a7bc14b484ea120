"""The sla service's decisions as its follower runs them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.intake import RegulationPublished
from contracts.streams import clock_stream
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Cause, Reaction, Statement, Unanswered

from sla import state as states
from sla.domain.deciding import decide
from sla.domain.moments import moment, second
from sla.domain.retargeting import Occasion
from sla.domain.ticket import HEARD
from sla.domain.timing import Decision
from sla.folding import FOLDS, fold
from sla.ringing import Failed, rung
from sla.state import State
from sla.views import VIEWS

MOVING: frozenset[type[Event]] = frozenset(HEARD)


class SlaReactor:
    """Clocks of open tickets: begun, paused, met by what happens to the ticket; warned and missed by time."""

    name = "sla"
    views = VIEWS
    hears: Collection[type[Event]] | None = FOLDS.keys()
    urgent: Collection[type[Event]] | None = MOVING | {RegulationPublished}

    def __init__(self) -> None:
        self.code = fingerprint("sla", "contracts", "regulation")

    def fresh(self) -> State:
        """No tickets, no regulations."""
        return State()

    def restored(self, snapshot: bytes) -> State:
        """The state as it was stored; its alarms are set again."""
        return states.restored(snapshot)

    def stored(self, state: State) -> bytes:
        """The state as MessagePack."""
        return msgspec.msgpack.encode(state.stored())

    def evolve(self, state: State, event: Recorded[Event]) -> None:
        """Take one event into the state."""
        fold(state, event)

    def react(self, state: State, event: Recorded[Event]) -> Iterable[Reaction]:
        """Bring the ticket's clocks to where the event puts them; raises UnknownRegulationError, UnknownTermError."""
        kind, at = type(event.data), event.recorded_at
        ticket = state.tickets.get(getattr(event.data, "ticket", "")) if kind in MOVING else None
        if ticket is None:
            return ()
        on = Occasion(event.id, kind, at, second(at), ticket.id, state.rules_for(ticket.regulation))
        return [_reaction(state, ticket.id, decision) for decision in decide(ticket, on, state.rules)]

    def next_ring(self, state: State) -> datetime | None:
        """When the next warning, deadline or silence is due (UTC); it rings once that moment has passed."""
        first = state.alarms.first
        return moment(first.at) if first else None

    def ring(self, state: State, now: datetime, limit: int) -> Iterable[Reaction | Unanswered]:
        """What the timers say whose moment lies before `now`, by the log's clock, in due order (I9-I11)."""
        said = rung(state, now.timestamp(), limit)
        return [
            _unanswered(state, ticket, each) if isinstance(each, Failed) else _reaction(state, ticket, each)
            for ticket, each in said
        ]

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """The rows of the view."""
        return VIEWS.project(events)

    async def act(self, event: Recorded[Event]) -> None:
        """Nothing to command: clocks are reactions only."""


def _reaction(state: State, ticket: str, decision: Decision) -> Reaction:
    cause = None
    if decision.cause:
        owner = state.tickets[ticket]
        cause = Cause(id=decision.cause, correlation=owner.correlation, channel=owner.cell.channel)
    return Reaction(
        name=decision.name,
        stream=clock_stream(decision.clock),
        event=decision.event,
        regulation=decision.rules,
        cause=cause,
    )


def _unanswered(state: State, ticket: str, failed: Failed) -> Unanswered:
    cause = Cause(id=failed.cause, correlation=state.tickets[ticket].correlation)
    return Unanswered(subject=ticket, cause=cause, error=failed.error)
