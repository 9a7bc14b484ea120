"""What intake does when it reads the log: knows the regulations, closes what was silent, keeps the lists."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Meta, Recorded
from contracts.intake import CallMissed, CallSettled, RegulationPublished
from contracts.sla import AutoCloseDue
from contracts.streams import ticket_stream
from eventlog.change import By, change
from eventlog.errors import ConflictError, LogUnavailableError, UnknownStreamError
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Reaction, Statement
from eventlog.store import EventLog

from intake.calls.missing import fold_calls
from intake.domain.hand import Hand
from intake.domain.ticket import Ticket
from intake.publishing import regulation_of
from intake.state import State, ordered, publishes, version
from intake.views import VIEWS

logger = logging.getLogger(__name__)


class IntakeReactor:
    """Folds regulations, projects tickets and the quarantine, acts on due auto-closes."""

    name = "intake"
    views = VIEWS
    hears: Collection[type[Event]] | None = (RegulationPublished, CallMissed, CallSettled)
    urgent: Collection[type[Event]] | None = (AutoCloseDue, RegulationPublished, CallMissed, CallSettled)

    def __init__(self, log: EventLog) -> None:
        self.code = fingerprint("intake", "contracts", "regulation")
        self._log = log

    def fresh(self) -> State:
        """Nothing is published yet."""
        return State(regulations={})

    def restored(self, snapshot: bytes) -> State:
        """The state as it was stored."""
        return msgspec.msgpack.decode(snapshot, type=State)

    def stored(self, state: State) -> bytes:
        """The state as bytes."""
        return msgspec.msgpack.encode(state)

    def evolve(self, state: State, event: Recorded[Event]) -> None:
        """A published version stands beside those before it, whose tickets stay with them (D2)."""
        if publishes(event):
            name = event.data.name
            state.regulations[name] = ordered([*state.regulations.get(name, ()), version(event.data, event.version)])
        fold_calls(state.calls, event)

    def react(self, state: State, event: Recorded[Event]) -> Iterable[Reaction]:
        """Intake answers nobody by an event of its own accord."""
        return ()

    def next_ring(self, state: State) -> datetime | None:
        """Intake keeps no time; sla does."""
        return None

    def ring(self, state: State, now: datetime, limit: int) -> Iterable[Reaction]:
        """Nothing rings."""
        return ()

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """How the lists change."""
        return VIEWS.project(events)

    async def act(self, event: Recorded[Event]) -> None:
        """Close the ticket that was silent long enough, if it still is; twice is once, since ids follow (R1-16)."""
        if not isinstance(event.data, AutoCloseDue):
            return
        try:
            await self._auto_close(event, event.data)
        except UnknownStreamError:
            logger.warning("an auto-close is due for a ticket that does not exist")
        except ConflictError as error:
            raise LogUnavailableError("the ticket changes faster than it can be closed") from error

    async def _auto_close(self, event: Recorded[Event], due: AutoCloseDue) -> None:
        stream = ticket_stream(due.ticket)
        found = Ticket.replay(await self._log.read(stream))
        regulation = await regulation_of(self._log, found.regulation) if found else None
        if regulation is None:
            return
        hand = Hand(event.recorded_at, "", regulation, "system")
        by = By(_because_of(event), event.id)
        await change(self._log, Ticket, stream, lambda each: each.auto_close(hand, due.due_at), by)


def _because_of(event: Recorded[Event]) -> Meta:
    return Meta(
        actor="intake",
        correlation=event.meta.correlation or event.id,
        causation=event.id,
        reaction="auto-close",
        traceparent=event.meta.traceparent,
        regulation=event.meta.regulation,
    )
