"""Notify's decisions as its follower runs them: every event that concerns a person becomes an intent to tell."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.intake import RegulationPublished, TicketMigrated
from contracts.notify import CabinetPublished, DeliveryIntended, DeliverySuppressed
from contracts.routing import AgentRegistered
from contracts.streams import delivery_stream, derived_id
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Reaction, Statement

from notify.domain.intents import HEADS, TELLING, Intent, intents, shows_in_cabinet
from notify.domain.ticket import State
from notify.folding import FOLDS
from notify.views import VIEWS


class NotifyReactor:
    """Tells requesters, agents and heads; what, how and to whom is recorded before anything is sent (I13)."""

    name = "notify"
    code = fingerprint("notify", "contracts")
    views = VIEWS
    hears: Collection[type[Event]] | None = FOLDS.keys()
    urgent: Collection[type[Event]] | None = (*TELLING, AgentRegistered, RegulationPublished, TicketMigrated)

    def __init__(self, heads: Mapping[str, str] = HEADS) -> None:
        self._heads = heads

    def fresh(self) -> State:
        """Nobody to tell anything yet."""
        return State()

    def restored(self, snapshot: bytes) -> State:
        """The state as it was stored."""
        return msgspec.msgpack.decode(snapshot, type=State)

    def stored(self, state: State) -> bytes:
        """The state as bytes."""
        return msgspec.msgpack.encode(state)

    def evolve(self, state: State, event: Recorded[Event]) -> None:
        """Take one event into the state."""
        if fold := FOLDS.get(type(event.data)):
            fold(state, event.data)

    def react(self, state: State, event: Recorded[Event]) -> Iterable[Reaction]:
        """Intents, their suppressions, and what the cabinet shows."""
        at = event.recorded_at
        for intent in intents(state, event.data, at, self._heads):
            yield from _reactions(event, intent, at)
        if (template := shows_in_cabinet(event.data)) and (requester := _requester(state, event.data)):
            yield _cabinet(event, template, requester, at)

    def next_ring(self, state: State) -> datetime | None:
        """Notify has no timers: what is to be sent later waits in its outbox."""
        return None

    def ring(self, state: State, now: datetime, limit: int) -> Iterable[Reaction]:
        """Notify has no timers."""
        return ()

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """The ledger, the outbox and the cabinet."""
        return VIEWS.project(events)

    async def act(self, event: Recorded[Event]) -> None:
        """Notify commands nothing."""


def _reactions(event: Recorded[Event], intent: Intent, at: datetime) -> Iterable[Reaction]:
    delivery = derived_id(event.id, f"delivery:{intent.audience}")
    stream, ticket = delivery_stream(delivery), getattr(event.data, "ticket", "")
    said = DeliveryIntended(
        at=at,
        delivery=delivery,
        ticket=ticket,
        medium=intent.medium,
        audience=intent.audience,
        template=intent.template,
        language=intent.language,
        cause=event.id,
        requester=intent.requester,
        staff=intent.staff,
    )
    yield Reaction(name=f"intend:{intent.audience}", stream=stream, event=said)
    if intent.suppressed:
        held = DeliverySuppressed(at=at, delivery=delivery, ticket=ticket, rule=intent.suppressed)
        yield Reaction(name=f"suppress:{intent.audience}", stream=stream, event=held)


def _requester(state: State, said: Event) -> str:
    """Whose cabinet shows this event: a ticket's end names its ticket only."""
    ticket = state.tickets.get(getattr(said, "ticket", ""))
    return getattr(said, "requester", "") or (ticket.requester if ticket else "")


def _cabinet(event: Recorded[Event], template: str, requester: str, at: datetime) -> Reaction:
    delivery = derived_id(event.id, "cabinet")
    said = CabinetPublished(
        at=at,
        delivery=delivery,
        ticket=event.data.ticket,  # type: ignore[attr-defined]  # only events about tickets have a template
        requester=requester,
        template=template,
        cause=event.id,
    )
    return Reaction(name="cabinet", stream=delivery_stream(delivery), event=said)
