"""One ticket's life: what its requester and its agents say and do about it."""

from __future__ import annotations

from datetime import datetime

from contracts.intake import (
    AgentReplied,
    InformationRequested,
    NoteAdded,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from eventlog.aggregate import Aggregate, event
from regulation.stage import Kind

from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.sayings import Moved, Spoken, facts_of
from intake.domain.stages import passed, to_kind, to_work
from intake.domain.standing import SILENCE, SOLVED, Standing
from intake.domain.terms import category_named, priority_named


class Ticket(Aggregate):
    """A requester's matter from its first message to its end; stages and ways are the regulation's."""

    @event("Opened")
    def __init__(self, id: str, said: TicketOpened) -> None:  # noqa: A002  # the library names it so
        self.opened = said
        self.ticket = said.ticket
        self.number = said.number
        self.requester = said.requester
        self.category = said.category
        self.priority = said.priority
        self.stage = said.stage
        self.standing = Standing.open
        self.waiting = False
        self.reacted = False
        self.resolved_at = said.at

    def reply(self, by: Hand, text: str) -> None:
        """Answer the requester publicly; a question that waited is thereby over."""
        self._agent_replied(AgentReplied(**self._spoken(by, text)))

    @event("AgentReplied")
    def _agent_replied(self, said: AgentReplied) -> None:
        self.waiting = False

    def ask(self, by: Hand, text: str) -> None:
        """Ask what the solution needs: from now on the ticket waits ("в ожидании", R0-14)."""
        if self.standing is not Standing.open:
            raise RefusedError(f"The ticket is {self.standing} and waits for nothing: reopen it first.", self.standing)
        self._asked(InformationRequested(**self._spoken(by, text)))

    @event("InformationRequested")
    def _asked(self, said: InformationRequested) -> None:
        self.waiting = True

    def note(self, by: Hand, text: str) -> None:
        """Write down something that the requester does not see."""
        self._noted(NoteAdded(**self._spoken(by, text)))

    @event("NoteAdded")
    def _noted(self, said: NoteAdded) -> None:
        pass

    def requester_replied(self, said: RequesterReplied) -> None:
        """Record what the requester wrote; an automatic message wakes nothing, a closed ticket takes no other."""
        if self.standing is Standing.closed and not said.automatic:
            raise RefusedError("The ticket is closed: what comes now is a new matter.", Standing.closed)
        self._requester_replied(said)

    @event("RequesterReplied")
    def _requester_replied(self, said: RequesterReplied) -> None:
        if not said.automatic:
            self.waiting = False
            self.reacted = self.standing is Standing.resolved

    def classify(self, by: Hand, category: str) -> None:
        """State or correct the category, by id or title in either language (A-7)."""
        term = category_named(by.regulation, category)
        if term == self.category:
            return
        self._refuse_when_closed()
        self._classified(
            TicketClassified(at=by.at, ticket=self.ticket, category=term, previous=self.category, agent=by.who)
        )

    @event("Classified")
    def _classified(self, said: TicketClassified) -> None:
        self.category = said.category

    def prioritize(self, by: Hand, priority: str, reason: str = "") -> None:
        """Change the effective priority, by id or title (R1-36, A-19)."""
        term = priority_named(by.regulation, priority)
        if term == self.priority:
            return
        self._refuse_when_closed()
        self._prioritized(
            PriorityChanged(
                at=by.at, ticket=self.ticket, priority=term, previous=self.priority, agent=by.who, reason=reason
            )
        )

    @event("Prioritized")
    def _prioritized(self, said: PriorityChanged) -> None:
        self.priority = said.priority

    def escalate(self, by: Hand, stage: str, reason: str = "") -> None:
        """Move between working stages (R1-06)."""
        to = to_work(self.stage, stage, by)
        if to == self.stage:
            return
        self._escalated(
            TicketEscalated(at=by.at, ticket=self.ticket, stage=to, previous=self.stage, agent=by.who, reason=reason)
        )

    @event("Escalated")
    def _escalated(self, said: TicketEscalated) -> None:
        self.stage = said.stage

    def resolve(self, by: Hand, text: str) -> None:
        """Give the solution, through the working stages that lie between; once more only when the requester has
        written since (A-11)."""
        again = self.standing is Standing.resolved
        if again and not self.reacted:
            return
        for stage in () if again else passed(self.stage, Kind.resolved, by):
            self.escalate(by, stage, SOLVED)
        to = self.stage if again else to_kind(self.stage, Kind.resolved, by)
        self._resolved(TicketResolved(**self._spoken(by, text), stage=to, previous=self.stage))

    @event("Resolved")
    def _resolved(self, said: TicketResolved) -> None:
        self.stage, self.standing, self.resolved_at = said.stage, Standing.resolved, said.at
        self.waiting = self.reacted = False

    def reopen(self, by: Hand, reason: str = "") -> None:
        """Take the solution back, or take a closed matter up again (R1-15)."""
        if self._is(Kind.reopened, by):
            return
        moved = self._moved(by, to_kind(self.stage, Kind.reopened, by), reason)
        self._reopened(
            TicketReopened(requester=self.requester, **moved, **facts_of(self.opened, self.category, self.priority))
        )

    @event("Reopened")
    def _reopened(self, said: TicketReopened) -> None:
        self.stage, self.standing = said.stage, Standing.open
        self.waiting = self.reacted = False

    def close(self, by: Hand, reason: str = "") -> None:
        """Accept the work as finished (R1-15)."""
        if not self._is(Kind.closed, by):
            self._end(by, to_kind(self.stage, Kind.closed, by), reason)

    def annul(self, by: Hand, reason: str = "") -> None:
        """End a ticket that never was a matter for us (A-32)."""
        if not self._is(Kind.annulled, by):
            self._end(by, to_kind(self.stage, Kind.annulled, by), reason)

    def auto_close(self, by: Hand, due_at: datetime) -> None:
        """Close after silence: only if still resolved by what was due then, and not written to since (R1-16, A-11)."""
        way = by.regulation.auto_close
        silent = self.standing is Standing.resolved and not self.reacted and self.resolved_at < due_at
        if way and silent and by.regulation.allowed(self.stage, way.to, by.actor):
            self._end(by, way.to, SILENCE)

    def _end(self, by: Hand, to: str, reason: str) -> None:
        self._closed(TicketClosed(**self._moved(by, to, reason)))

    @event("Closed")
    def _closed(self, said: TicketClosed) -> None:
        self.stage, self.standing = said.stage, Standing.closed
        self.waiting = self.reacted = False

    def _spoken(self, by: Hand, text: str) -> Spoken:
        return Spoken(at=by.at, ticket=self.ticket, requester=self.requester, agent=by.who, text=text)

    def _moved(self, by: Hand, to: str, reason: str) -> Moved:
        return Moved(
            at=by.at, ticket=self.ticket, by=by.party, who=by.who, reason=reason, stage=to, previous=self.stage
        )

    def _is(self, kind: Kind, by: Hand) -> bool:
        return any(stage.id == self.stage for stage in by.regulation.stages_of(kind))

    def _refuse_when_closed(self) -> None:
        if self.standing is Standing.closed:
            raise RefusedError("The ticket is closed: reopen it first.", Standing.closed)
