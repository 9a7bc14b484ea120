"""What the clocks need to know of a ticket, and what its events are to them."""

from collections.abc import Mapping

import msgspec
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
from sla.domain.promise import AUTO_CLOSE, FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, Cell, Promise

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


class Ticket(msgspec.Struct, gc=False, array_like=True, omit_defaults=True):
    """Where a ticket stands; moments are epoch seconds (0: not, or not known).

    `silent` until the requester reacts to a resolution; `answered` once a first response was given or is not owed;
    `asked`: the oldest requester message not yet answered; `entered`: when it came into its stage; `closed_at`: since
    when nothing is promised, because it was closed, or merged and goes on elsewhere; `estimates`: the stages that an
    executor planned himself, and how much (A-12b); `rests`: since when and until when, in turn, there was nothing to do
    but wait: for the requester's answer, or solved, closed or merged (an odd number of moments: it still is so).
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
    solved: bool = False
    rests: tuple[int, ...] = ()

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

    def rested(self, promise: Promise, since: int) -> list[int]:
        """When a clock that had run since then would have stopped and gone on, in turn (R0-13, §1.8)."""
        if not (self.rests and promise.pauses):
            return []
        turns: list[int] = []
        for begun, ended in zip(self.rests[::2], self.rests[1::2], strict=False):
            if max(begun, since) < ended:
                turns += max(begun, since), ended
        return [*turns, max(self.rests[-1], since)] if self.waiting else turns
