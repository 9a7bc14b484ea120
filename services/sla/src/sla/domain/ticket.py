"""What the clocks need to know of a ticket, as the ticket's own events tell it: participles that say nothing."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from sys import intern
from typing import Any

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
    TicketEstimated,
    TicketMerged,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)

from sla.domain.clock import Clock
from sla.domain.moments import second
from sla.domain.promise import AUTO_CLOSE, FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, Cell, Promise, cell

Transition = TicketEscalated | TicketResolved | TicketReopened | TicketClosed
TRANSITIONS = (TicketOpened, TicketEscalated, TicketResolved, TicketReopened, TicketClosed, TicketUnmerged)
CHANGES = (TicketClassified, PriorityChanged, TicketEstimated, TicketMigrated)
RETARGETING: Mapping[type, str] = dict(
    zip(CHANGES, ("reclassified", "reclassified", "estimated", "migrated"), strict=True)
)
"""What changes promises, and how reasons name it (A-7, A-12b, D2)."""
ANSWERS = (AgentReplied, InformationRequested, TicketResolved)
"""What counts as a response: a public message by a person on the agents' side (A-35)."""
HEARD = (RequesterReplied, AgentReplied, InformationRequested, TicketMerged, *CHANGES, *TRANSITIONS)
"""Every event of a ticket that means something to its clocks."""
FURTHEST_BACK = timedelta(hours=24)
"""How far before its recording a message's claimed time of sending may start clocks."""


class Ticket(msgspec.Struct, gc=False, array_like=True, omit_defaults=True):
    """Where a ticket stands; moments are epoch seconds (0: not, or not known).

    `silent` until the requester reacts to a resolution; `answered` once a first response was given or is not owed;
    `asked`: the oldest requester message not yet answered; `entered`: when it came into its stage; `closed_at`: since
    when nothing is promised, because it was closed, or merged and goes on elsewhere; `estimates`: the stages that an
    executor planned himself, and how much (A-12b).
    """

    id: str
    regulation: str
    cell: Cell
    stage: str
    correlation: str = ""
    waiting: bool = False
    silent: bool = True
    closed_at: int = 0
    clocks: tuple[Clock, ...] = ()
    answered: bool = False
    asked: int = 0
    opened: int = 0
    entered: int = 0
    estimates: tuple[tuple[str, str], ...] = ()

    def clock(self, clock_id: str) -> Clock | None:
        """The clock of this id."""
        for clock in self.clocks:  # once an event, where a generator costs more than its few clocks
            if clock.id == clock_id:
                return clock
        return None

    def latest(self, name: str) -> Clock | None:
        """The last clock started under this name."""
        return next((clock for clock in reversed(self.clocks) if clock.name == name), None)

    def owed(self, promise: Promise) -> bool:
        """Whether a promise of its stage is one of the present moment (§1.8)."""
        measures = promise.measures
        if not measures or measures == RESOLUTION:
            return True
        if measures == FIRST_RESPONSE:
            return not self.answered
        return self.answered and self.asked > 0 if measures == NEXT_RESPONSE else self.silent

    def began(self, promise: Promise) -> int:
        """When what a promise measures began."""
        if promise.measures in ("", AUTO_CLOSE):
            return self.entered
        return self.asked if promise.measures == NEXT_RESPONSE else self.opened


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
    ticket.waiting, ticket.silent = False, True


def _resolved(ticket: Ticket, said: TicketResolved | TicketClosed, at: int) -> None:
    _moved(ticket, said, at)
    ticket.answered, ticket.asked = True, 0
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
