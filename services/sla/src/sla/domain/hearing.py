"""What a ticket's own events tell of it: participles that say nothing."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from sys import intern
from typing import Any

from contracts import Event, Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketEstimated,
    TicketMerged,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)

from sla.domain.moments import second
from sla.domain.promise import cell
from sla.domain.ticket import Ticket

Transition = TicketEscalated | TicketResolved | TicketReopened | TicketClosed
FURTHEST_BACK = timedelta(hours=24)
"""How far before its recording a message's claimed time of sending may start clocks."""


def opened(said: TicketOpened, event: Recorded[Event], *, from_sending: bool) -> Ticket:
    """A ticket at its beginning; its clocks' timers belong to the correlation of its opening."""
    start = _started(said, event) if from_sending else second(event.recorded_at)
    return Ticket(
        id=said.ticket,
        regulation=intern(said.regulation),
        cell=cell(said.category, said.priority, said.channel or event.meta.channel, said.service),
        stage=intern(said.stage),
        correlation=event.meta.correlation or event.id,
        answered=said.by == "agent",
        opened=start,
        entered=start,
    )


def _started(said: TicketOpened, event: Recorded[Event]) -> int:
    """The sender's time, but never in the future and at most a day back."""
    sent = said.sent_at or event.recorded_at
    return second(min(event.recorded_at, max(sent, event.recorded_at - FURTHEST_BACK)))


def evolve(ticket: Ticket, said: Event, at: int) -> None:
    """Take in one of the events in HEARD, but for the opening, recorded at this moment."""
    TAKES[type(said)](ticket, said, at)
    resting = ticket.waiting or ticket.solved or ticket.closed_at > 0
    if resting is not (len(ticket.rests) % 2 == 1):
        ticket.rests = (*ticket.rests, at)


def _requester_replied(ticket: Ticket, said: RequesterReplied, at: int) -> None:
    if not said.automatic:
        ticket.waiting = ticket.silent = False
        ticket.asked = ticket.asked or at


def _agent_replied(ticket: Ticket, said: AgentReplied | InformationRequested, _: int) -> None:
    ticket.waiting = isinstance(said, InformationRequested)
    ticket.answered, ticket.asked = True, 0


def _merged(ticket: Ticket, _: TicketMerged, at: int) -> None:
    ticket.closed_at = at


def _unmerged(ticket: Ticket, said: TicketUnmerged, at: int) -> None:
    ticket.stage, ticket.entered, ticket.closed_at = intern(said.stage), at, 0


def _classified(ticket: Ticket, said: TicketClassified, _: int) -> None:
    was = ticket.cell
    ticket.cell = cell(said.category, was.priority, was.channel, said.service or was.service)


def _prioritized(ticket: Ticket, said: PriorityChanged, _: int) -> None:
    was = ticket.cell
    ticket.cell = cell(was.category, said.priority, was.channel, was.service)


def _estimated(ticket: Ticket, said: TicketEstimated, _: int) -> None:
    ticket.estimates = tuple(dict.fromkeys((*ticket.estimates, (said.stage, said.work))))


def _migrated(ticket: Ticket, said: TicketMigrated, _: int) -> None:
    ticket.regulation = intern(said.regulation)


def _moved(ticket: Ticket, said: Transition, at: int) -> None:
    """A transition is an agent's or requester's change, so it ends the waiting (A-9)."""
    ticket.stage, ticket.entered, ticket.closed_at = intern(said.stage), at, 0
    ticket.waiting, ticket.silent, ticket.solved = False, True, False


def _resolved(ticket: Ticket, said: TicketResolved | TicketClosed, at: int) -> None:
    _moved(ticket, said, at)
    ticket.answered, ticket.asked, ticket.solved = True, 0, True
    ticket.closed_at = at if isinstance(said, TicketClosed) else 0


def _reopened(ticket: Ticket, said: TicketReopened, at: int) -> None:
    _moved(ticket, said, at)
    asks = bool(ticket.asked) or (said.by == "requester" and bool(said.reason))
    ticket.answered, ticket.asked = True, at if asks else 0


TAKES: Mapping[type[Event], Callable[[Ticket, Any, int], None]] = {  # Any: each takes the kind that it stands at
    RequesterReplied: _requester_replied,
    AgentReplied: _agent_replied,
    InformationRequested: _agent_replied,
    TicketMerged: _merged,
    TicketUnmerged: _unmerged,
    TicketClassified: _classified,
    PriorityChanged: _prioritized,
    TicketEstimated: _estimated,
    TicketMigrated: _migrated,
    TicketEscalated: _moved,
    TicketResolved: _resolved,
    TicketReopened: _reopened,
    TicketClosed: _resolved,
}
