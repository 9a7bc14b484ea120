"""One ticket's life: the stages it goes through, and its end."""

from __future__ import annotations

from datetime import datetime

from contracts.intake import TicketClosed, TicketEscalated, TicketReopened, TicketResolved
from eventlog.aggregate import event
from regulation.stage import Kind
from regulation.ways import passed

from intake.domain.hand import Hand
from intake.domain.moving import refuse_late
from intake.domain.refusing import RefusedError
from intake.domain.sayings import Moved, facts_of
from intake.domain.stages import (
    is_of,
    refuse_foreign,
    refuse_handing_on,
    refuse_unclassified,
    refuse_unexcluded,
    to_kind,
    to_work,
)
from intake.domain.standing import SILENCE, SOLVED, Standing
from intake.domain.talk import Talk
from intake.domain.terms import exclusion_named


class Ticket(Talk):
    """A requester's matter from its first message to its end; stages and ways are the regulation's."""

    exclusion = ""

    def escalate(self, by: Hand, stage: str, reason: str = "") -> None:
        """Move between working stages (R1-06); where the regulation says so, not before it is classified (R3-01)."""
        self._refuse_merged()
        refuse_unclassified(self.stage, by, classified=self.classified)
        to = to_work(self.stage, stage, by)
        if to == self.stage:
            return
        refuse_foreign(to, self.category, by)
        self._escalated(TicketEscalated(**self._done(by), stage=to, previous=self.stage, reason=reason))
        self._enter_work(by)

    @event("Escalated")
    def _escalated(self, said: TicketEscalated) -> None:
        self.stage = said.stage

    def resolve(self, by: Hand, text: str) -> None:
        """Give the solution, through the working stages that lie between, once its tasks are done (R3-24); once more
        only when the requester has written since (A-11): they must not have another one than its giver believes."""
        self._refuse_merged()
        again = self.standing is Standing.resolved
        if self.solved:
            raise RefusedError(
                "The ticket is solved already, its page says by whom and how: add to it with a reply, or reopen it.",
                Standing.resolved,
            )
        refuse_unclassified(self.stage, by, classified=self.classified)
        self._refuse_unfinished("The ticket is solved when its tasks are done, and these are open")
        for stage in () if again else passed(by.regulation, self.stage, Kind.resolved, by.actor):
            self.escalate(by, stage, SOLVED)
        if not again:
            refuse_handing_on(self.stage, self.category, by)
        to = self.stage if again else to_kind(self.stage, Kind.resolved, by)
        self._resolved(TicketResolved(**self._spoken(by, text), stage=to, previous=self.stage))

    @property
    def solved(self) -> bool:
        """Whether the requester has the solution and has not written since."""
        return self.standing is Standing.resolved and not self.reacted

    @event("Resolved")
    def _resolved(self, said: TicketResolved) -> None:
        self.stage, self.standing, self.resolved_at = said.stage, Standing.resolved, said.at
        self.waiting = self.reacted = False

    def reopen(self, by: Hand, reason: str = "") -> None:
        """Take the solution back, or take a closed matter up again while the regulation lets it (R1-15, A-12)."""
        self._refuse_merged()
        if is_of(self.stage, Kind.reopened, by):
            return
        to = to_kind(self.stage, Kind.reopened, by)
        if self.standing is Standing.closed:
            refuse_late(by.regulation, self.closed_at, by.at)
        moved = self._moved(by, to, reason)
        self._reopened(TicketReopened(requester=self.requester, **moved, **facts_of(self.opened, self._today)))

    @event("Reopened")
    def _reopened(self, said: TicketReopened) -> None:
        self.stage, self.standing = said.stage, Standing.open
        self.waiting = self.reacted = False
        self.exclusion = ""

    def close(self, by: Hand, reason: str = "", exclusion: str = "") -> None:
        """Accept the work as finished (R1-15), or say that it was none of ours, and which exclusion it was (R0-27)."""
        self._refuse_merged()
        if not is_of(self.stage, Kind.closed, by):
            to = to_kind(self.stage, Kind.closed, by)
            refuse_unexcluded(self.stage, by, reason or exclusion)
            self._end(by, to, reason, exclusion)

    def annul(self, by: Hand, reason: str = "", exclusion: str = "") -> None:
        """End a ticket that never was a matter for us (A-32, R0-27)."""
        self._refuse_merged()
        if not is_of(self.stage, Kind.annulled, by):
            self._end(by, to_kind(self.stage, Kind.annulled, by), reason, exclusion)

    def auto_close(self, by: Hand, due_at: datetime) -> None:
        """Close after silence: only if still resolved by what was due then, and not written to since (R1-16, A-11)."""
        way = by.regulation.auto_close
        silent = self.solved and self.resolved_at < due_at
        if way and silent and by.regulation.allowed(self.stage, way.to, by.actor):
            self._end(by, way.to, SILENCE)

    def _end(self, by: Hand, to: str, reason: str, exclusion: str = "") -> None:
        excluded = exclusion_named(by.regulation, exclusion) if exclusion else ""
        self._closed(TicketClosed(**self._moved(by, to, reason), exclusion=excluded))
        self._end_work(by)

    @event("Closed")
    def _closed(self, said: TicketClosed) -> None:
        self.stage, self.standing, self.closed_at = said.stage, Standing.closed, said.at
        self.waiting = self.reacted = False
        self.exclusion = said.exclusion

    def _moved(self, by: Hand, to: str, reason: str) -> Moved:
        return Moved(
            at=by.at, ticket=self.ticket, by=by.party, who=by.who, reason=reason, stage=to, previous=self.stage
        )
