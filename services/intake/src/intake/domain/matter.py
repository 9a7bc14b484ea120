"""What one ticket is: whose, of what category, priority and service, by which version of its regulation."""

from __future__ import annotations

from contracts.intake import PriorityChanged, TicketClassified, TicketEstimated, TicketMigrated, TicketOpened
from eventlog.aggregate import Aggregate, event

from intake.domain.estimating import Estimate, estimable, lengthened
from intake.domain.hand import Hand
from intake.domain.moving import refuse_unfit
from intake.domain.refusing import MergedError, RefusedError
from intake.domain.sayings import Done, Today
from intake.domain.standing import Standing
from intake.domain.terms import category_named, priority_named, service_named


class Matter(Aggregate):
    """The first chapter of a ticket's life: what it is about, and what was promised for it."""

    @event("Opened")
    def __init__(self, id: str, said: TicketOpened) -> None:  # noqa: A002  # the library names it so
        self.opened = said
        self.ticket = said.ticket
        self.number = said.number
        self.requester = said.requester
        self.category = said.category
        self.priority = said.priority
        self.service = said.service
        self.stage = said.stage
        self.regulation = said.regulation
        self.estimates: dict[str, str] = {}
        self.standing = Standing.open
        self.classified = False
        self.into = ""
        self.waiting = self.reacted = False
        self.resolved_at = self.closed_at = said.at

    def classify(self, by: Hand, category: str = "", service: str = "") -> None:
        """State or correct the category, the service or both, by id or title in either language (A-7).

        The first word on it counts even where it changes nothing: from then on the ticket is classified (R3-01).
        """
        term = category_named(by.regulation, category) if category else self.category
        concerned = service_named(by.regulation, service) if service else self.service
        if self.classified and (term, concerned) == (self.category, self.service):
            return
        self._refuse_ended()
        previous = self.category
        self._classified(TicketClassified(**self._done(by), category=term, previous=previous, service=concerned))

    @event("Classified")
    def _classified(self, said: TicketClassified) -> None:
        self.category, self.service, self.classified = said.category, said.service or self.service, True

    def prioritize(self, by: Hand, priority: str, reason: str = "") -> None:
        """Change the effective priority, by id or title (R1-36, A-19)."""
        term = priority_named(by.regulation, priority)
        if term == self.priority:
            return
        self._refuse_ended()
        self._prioritized(PriorityChanged(**self._done(by), priority=term, previous=self.priority, reason=reason))

    @event("Prioritized")
    def _prioritized(self, said: PriorityChanged) -> None:
        self.priority = said.priority

    def estimate(self, by: Hand, stage: str, work: str, reason: str) -> None:
        """Plan a stage himself, which may only lengthen it (R1-11, A-12b)."""
        self._refuse_ended()
        to = estimable(by.regulation, self.category, self.stage, stage)
        said = Estimate(to, work, by.at, self.estimates.get(to, ""))
        if previous := lengthened(by.regulation, self._today, self.opened.channel, said):
            self._estimated(TicketEstimated(**self._done(by), stage=to, work=work, reason=reason, previous=previous))

    @event("Estimated")
    def _estimated(self, said: TicketEstimated) -> None:
        self.estimates[said.stage] = said.work

    def migrate(self, by: Hand, reason: str = "") -> None:
        """Live on under another version of the same regulation, the hand's (D2)."""
        key = by.regulation.key
        if key == self.regulation:
            return
        self._refuse_closed()
        refuse_unfit(by.regulation, self._today, self.opened.channel, self.stage)
        self._migrated(
            TicketMigrated(
                at=by.at, ticket=self.ticket, regulation=key, previous=self.regulation, who=by.who, reason=reason
            )
        )

    @event("Migrated")
    def _migrated(self, said: TicketMigrated) -> None:
        self.regulation = said.regulation

    def _done(self, by: Hand) -> Done:
        return Done(at=by.at, ticket=self.ticket, agent=by.who)

    @property
    def _today(self) -> Today:
        return Today(self.category, self.priority, self.service, self.regulation)

    def _refuse_ended(self) -> None:
        self._refuse_closed()
        self._refuse_merged()

    def _refuse_closed(self) -> None:
        if self.standing is Standing.closed:
            raise RefusedError("The ticket is closed: reopen it first.", Standing.closed)

    def _refuse_merged(self) -> None:
        if self.standing is Standing.merged:
            raise MergedError(self.into)
