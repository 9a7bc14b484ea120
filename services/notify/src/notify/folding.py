"""What notify's state makes of events: whom there is to tell, what of, and what they were told of late."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from contracts import Event
from contracts.intake import (
    PriorityChanged,
    RegulationPublished,
    TicketClosed,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
)
from contracts.notify import DeliveryIntended, DeliverySuppressed
from contracts.routing import AgentRegistered, NobodyOnline, TicketAssigned, TicketTransferred

from notify.domain.intents import BRAKED
from notify.domain.queues import move, stand
from notify.domain.ticket import MANY, Colleague, State, Ticket
from notify.domain.words import read_words
from notify.sending.brake import WINDOW


def _open(state: State, said: TicketOpened) -> None:
    state.tickets[said.ticket] = _ticket(said)


def _come_back(state: State, said: TicketReopened) -> None:
    state.closed.pop(said.ticket, None)
    if said.ticket not in state.tickets:
        state.tickets[said.ticket] = _ticket(said)


def _end(state: State, said: TicketClosed) -> None:
    """Of a closed ticket there may be something to tell for a while yet; the oldest ones are forgotten."""
    if said.ticket in state.tickets:
        state.closed[said.ticket] = None
    if len(state.closed) > MANY:
        oldest = next(iter(state.closed))
        del state.closed[oldest], state.tickets[oldest]


def _prioritize(state: State, said: PriorityChanged) -> None:
    if ticket := state.tickets.get(said.ticket):
        ticket.priority = said.priority


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
        answered=getattr(said, "answered", ""),
    )


def _remember(state: State, said: DeliveryIntended) -> None:
    """What the brake must know: machines' messages of the last hour, and that the ticket was acknowledged."""
    if said.audience != "requester" or said.template not in BRAKED:
        return
    who = said.requester
    if ticket := state.tickets.get(said.ticket):
        ticket.acknowledged |= said.template == "ticket_opened"
        who = ticket.told_as
    recent = [moment for moment in state.told.get(who, []) if moment > said.at - WINDOW]
    state.told[who] = [*recent, said.at]
    state.latest = (said.delivery, who)
    if len(state.told) > state.room:
        _drop_old(state, said.at - WINDOW)


def _withdraw(state: State, said: DeliverySuppressed) -> None:
    """What is held back as soon as it is intended was never sent: the brake must not go by it."""
    delivery, requester = state.latest
    if said.delivery == delivery and state.told.get(requester):
        state.told[requester].pop()
        state.latest = ("", "")


def _drop_old(state: State, before: datetime) -> None:
    """Next when there are twice as many as now: where most are recent, looking through them all has to be rare."""
    state.told = {who: moments for who, moments in state.told.items() if moments and moments[-1] > before}
    state.room = max(MANY, 2 * len(state.told))


FOLDS: Mapping[type[Event], Callable[[State, Any], None]] = MappingProxyType(  # Any: each of its own kind
    {
        TicketOpened: _open,
        TicketReopened: _come_back,
        TicketClosed: _end,
        PriorityChanged: _prioritize,
        TicketAssigned: _give,
        TicketTransferred: _give,
        NobodyOnline: stand,
        AgentRegistered: _register,
        RegulationPublished: _regulate,
        TicketMigrated: _regulate,
        DeliveryIntended: _remember,
        DeliverySuppressed: _withdraw,
    }
)
"""By kind of event; the state hears of no other."""
