"""What the requester and the agents say to each other about a ticket."""

from __future__ import annotations

from contracts.intake import AgentReplied, InformationRequested, NoteAdded, RequesterReplied, TicketResolved
from eventlog.aggregate import event

from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.sayings import Spoken
from intake.domain.standing import Standing
from intake.domain.topic import Topical

Public = AgentReplied | InformationRequested | TicketResolved
"""What the requester hears from people."""


class Talk(Topical):
    """The fifth chapter: the conversation."""

    def reply(self, by: Hand, text: str) -> None:
        """Answer the requester publicly; a question that waited is thereby over."""
        self._refuse_merged()
        self._agent_replied(AgentReplied(**self._spoken(by, text)))

    def tell(self, said: Public) -> None:
        """Let the requester of a merged ticket hear what was said in the one that goes on."""
        told = AgentReplied(at=said.at, ticket=self.ticket, requester=self.requester, agent=said.agent, text=said.text)
        self._agent_replied(told)

    @event("AgentReplied")
    def _agent_replied(self, said: AgentReplied) -> None:
        self.waiting = False

    def ask(self, by: Hand, text: str) -> None:
        """Ask what the solution needs: from now on the ticket waits ("в ожидании", R0-14)."""
        self._refuse_merged()
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
        """Record what the requester wrote; what is `automatic`, or only says thank you, wakes nothing, and nothing else
        comes into a closed ticket."""
        self._refuse_merged()
        if self.standing is Standing.closed and not said.automatic:
            raise RefusedError("The ticket is closed: what comes now is a new matter.", Standing.closed)
        self._requester_replied(said)

    @event("RequesterReplied")
    def _requester_replied(self, said: RequesterReplied) -> None:
        if not said.automatic:
            self.waiting = False
            self.reacted = self.standing is Standing.resolved

    def _spoken(self, by: Hand, text: str) -> Spoken:
        return Spoken(at=by.at, ticket=self.ticket, requester=self.requester, agent=by.who, text=text)
