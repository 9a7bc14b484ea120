"""What the clocks need to know of a ticket, as the ticket's own events tell it: participles that say nothing."""

from sys import intern

import msgspec
from contracts import Event, Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)

from sla.domain.clock import Clock
from sla.domain.moments import second

Transition = TicketEscalated | TicketResolved | TicketReopened | TicketClosed
TRANSITIONS = (TicketOpened, TicketEscalated, TicketResolved, TicketReopened, TicketClosed)
RECLASSIFIED = (TicketClassified, PriorityChanged)
HEARD = (RequesterReplied, AgentReplied, InformationRequested, *RECLASSIFIED, *TRANSITIONS)
"""Every event of a ticket that means something to its clocks."""


class Ticket(msgspec.Struct, gc=False, array_like=True, omit_defaults=True):
    """Where a ticket stands; `silent` until the requester reacts to a resolution, `closed_at` in epoch seconds."""

    regulation: str
    category: str
    priority: str
    stage: str
    correlation: str = ""
    channel: str = ""
    waiting: bool = False
    silent: bool = True
    closed_at: int = 0
    clocks: tuple[Clock, ...] = ()

    def clock(self, clock_id: str) -> Clock | None:
        """The clock of this id."""
        return next((clock for clock in self.clocks if clock.id == clock_id), None)

    def latest(self, name: str) -> Clock | None:
        """The last clock started under this name."""
        return next((clock for clock in reversed(self.clocks) if clock.name == name), None)


def opened(said: TicketOpened, event: Recorded[Event]) -> Ticket:
    """A ticket at its beginning; its clocks' timers belong to the correlation of its opening."""
    return Ticket(
        regulation=intern(said.regulation),
        category=intern(said.category),
        priority=intern(said.priority),
        stage=intern(said.stage),
        correlation=event.meta.correlation or event.id,
        channel=intern(event.meta.channel or said.channel),
    )


def evolve(ticket: Ticket, said: Event, event: Recorded[Event]) -> None:
    """Take in one of the events in HEARD, but for the opening."""
    match said:
        case InformationRequested():
            ticket.waiting = True
        case RequesterReplied(automatic=""):
            ticket.waiting = ticket.silent = False
        case AgentReplied():
            ticket.waiting = False
        case TicketClassified():
            ticket.category = intern(said.category)
        case PriorityChanged():
            ticket.priority = intern(said.priority)
        case TicketEscalated() | TicketResolved() | TicketReopened() | TicketClosed():
            _moved(ticket, said, event)


def _moved(ticket: Ticket, said: Transition, event: Recorded[Event]) -> None:
    """A transition is an agent's or requester's change, so it ends the waiting (A-9)."""
    ticket.stage, ticket.waiting, ticket.silent = intern(said.stage), False, True
    ticket.closed_at = second(event.recorded_at) if isinstance(said, TicketClosed) else 0
