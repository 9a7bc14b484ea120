"""Notify's decisions as its follower runs them: every event that concerns a person becomes an intent to tell."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.intake import RegulationPublished, TicketMigrated, TicketOpened, TicketReopened
from contracts.notify import CabinetPublished, DeliveryIntended, DeliverySuppressed
from contracts.routing import AgentRegistered, NobodyOnline, TicketAssigned, TicketTransferred
from contracts.streams import delivery_stream, derived_id
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Reaction, Statement

from notify.domain.intents import BRAKED, HEADS, TELLING, Intent, intents, shows_in_cabinet
from notify.domain.queues import move, stand
from notify.domain.ticket import MANY, Colleague, State, Ticket
from notify.domain.words import read_words
from notify.sending.brake import WINDOW
from notify.views import VIEWS


class NotifyReactor:
    """Tells requesters, agents and heads; what, how and to whom is recorded before anything is sent (I13)."""

    name = "notify"
    code = fingerprint("notify", "contracts")
    views = VIEWS
    hears = (
        TicketOpened,
        TicketReopened,
        TicketAssigned,
        TicketTransferred,
        NobodyOnline,
        AgentRegistered,
        RegulationPublished,
        TicketMigrated,
        DeliveryIntended,
    )
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
        match event.data:
            case TicketOpened() as said:
                state.tickets[said.ticket] = _ticket(said)
            case TicketReopened(ticket=ticket) as said if ticket not in state.tickets:
                state.tickets[ticket] = _ticket(said)
            case TicketAssigned() | TicketTransferred() as said:
                _give(state, said)
            case NobodyOnline() as said:
                stand(state, said)
            case AgentRegistered() as said:
                _register(state, said)
            case RegulationPublished() | TicketMigrated() as said:
                _regulate(state, said)
            case DeliveryIntended() as said:
                _remember(state, said)

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


def _give(state: State, said: TicketAssigned | TicketTransferred) -> None:
    if said.ticket in state.tickets:
        state.tickets[said.ticket].agent = said.agent
    if isinstance(said, TicketAssigned):
        move(state, said)


def _register(state: State, said: AgentRegistered) -> None:
    """Where somebody can be told things who could not before, heads who missed the beginning hear of what stands."""
    before = state.agents.get(said.agent, Colleague())
    now = Colleague(name=said.name, email=said.email, telegram=said.telegram, language=said.language)
    state.agents[said.agent] = now
    if now.medium and not before.medium:
        state.standing.clear()


def _regulate(state: State, said: RegulationPublished | TicketMigrated) -> None:
    """Every version keeps its own words; a ticket goes by those of its version (D2)."""
    if isinstance(said, RegulationPublished):
        key = f"{said.name}@{said.version}"
        state.words.pop(key, None)
        state.words[key] = read_words(said.document)
    elif ticket := state.tickets.get(said.ticket):
        ticket.regulation = said.regulation


def _ticket(said: TicketOpened | TicketReopened) -> Ticket:
    return Ticket(
        number=said.number,
        requester=said.requester,
        kind=said.kind,
        language=said.language,
        automatic=getattr(said, "automatic", ""),
        regulation=said.regulation,
        section=said.section,
    )


def _remember(state: State, said: DeliveryIntended) -> None:
    """What the brake must know: machines' messages of the last hour, and that the ticket was acknowledged."""
    if said.audience != "requester" or said.template not in BRAKED:
        return
    if ticket := state.tickets.get(said.ticket):
        ticket.acknowledged |= said.template == "ticket_opened"
    recent = [moment for moment in state.told.get(said.requester, []) if moment > said.at - WINDOW]
    state.told[said.requester] = [*recent, said.at]
    if len(state.told) > state.room:
        _drop_old(state, said.at - WINDOW)


def _drop_old(state: State, before: datetime) -> None:
    """Next when there are twice as many as now: where most are recent, looking through them all has to be rare."""
    state.told = {who: moments for who, moments in state.told.items() if moments[-1] > before}
    state.room = max(MANY, 2 * len(state.told))


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
