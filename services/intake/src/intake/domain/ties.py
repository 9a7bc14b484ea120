"""How tickets belong together: links, mass problems with their incidents, tickets that are about the same."""

from __future__ import annotations

from typing import NamedTuple

from contracts.intake import Relation, TicketLinked, TicketMerged, TicketUnlinked, TicketUnmerged
from eventlog.aggregate import event

from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.sayings import Tied, facts_of
from intake.domain.standing import Standing
from intake.domain.work import Work


class Link(NamedTuple):
    """Another ticket to which this one leads, and how; `merged`: that one was put into this one."""

    to: str
    relation: Relation
    reason: str = ""


class Ties(Work):
    """The third chapter: what leads where. A merged ticket stands still and remembers where it stood.

    `guests` are all tickets that are or ever were put into this one.
    """

    links = tuple[Link, ...]()
    guests = tuple[str, ...]()
    before = Standing.open

    def link(self, by: Hand, other: Ties, relation: Relation, reason: str = "") -> None:
        """Lead to another ticket; an incident leads to the one problem that gathers it (R0-08, A-23)."""
        if any((each.to, each.relation) == (other.ticket, relation) for each in self.links):
            return
        self._refuse_merged()
        if other.ticket == self.ticket:
            raise RefusedError("A ticket does not lead to itself: name another one.", "same-ticket")
        if relation == "problem":
            self._refuse_strange(by, other)
        self._linked(TicketLinked(**self._tied(by, other.ticket, reason), relation=relation))

    def unlink(self, by: Hand, to: str, relation: Relation, reason: str = "") -> None:
        """Say that a link was none."""
        if any((each.to, each.relation) == (to, relation) for each in self.links):
            self._unlinked(TicketUnlinked(**self._tied(by, to, reason), relation=relation))

    def merge(self, by: Hand, target: Ties, reason: str = "") -> None:
        """Go on in another ticket, which says in the same moment that it took this one in."""
        self._refuse_ended()
        if target.ticket == self.ticket:
            raise RefusedError("That ticket is this one, or was merged into it: unmerge it first.", "same-ticket")
        if target.standing is not Standing.open and target.standing is not Standing.resolved:
            raise RefusedError(f"That ticket is {target.standing}: reopen it, or link the two.", target.standing)
        tied = TicketMerged(
            at=by.at,
            ticket=self.ticket,
            into=target.ticket,
            requester=self.requester,
            who=by.who,
            reason=reason,
            previous=self.stage,
        )
        self._merged(tied)
        target._linked(TicketLinked(**target._tied(by, self.ticket, reason), relation="merged"))

    def unmerge(self, by: Hand, target: Ties, reason: str = "") -> None:
        """Be a matter of its own again, where it stood before; what was said in the other ticket stays there."""
        if self.standing is not Standing.merged:
            return
        said = TicketUnmerged(
            at=by.at,
            ticket=self.ticket,
            into=self.into,
            requester=self.requester,
            who=by.who,
            reason=reason,
            stage=self.stage,
            **facts_of(self.opened, self._today),
        )
        self._unmerged(said)
        target.unlink(by, self.ticket, "merged", reason)

    @property
    def merged(self) -> tuple[str, ...]:
        """The tickets that were put into this one."""
        return tuple(each.to for each in self.links if each.relation == "merged")

    @event("Linked")
    def _linked(self, said: TicketLinked) -> None:
        self.links = (*self.links, Link(said.to, said.relation, said.reason))
        if said.relation == "merged" and said.to not in self.guests:
            self.guests = (*self.guests, said.to)

    @event("Unlinked")
    def _unlinked(self, said: TicketUnlinked) -> None:
        self.links = tuple(each for each in self.links if (each.to, each.relation) != (said.to, said.relation))

    @event("Merged")
    def _merged(self, said: TicketMerged) -> None:
        self.into, self.before, self.standing = said.into, self.standing, Standing.merged

    @event("Unmerged")
    def _unmerged(self, said: TicketUnmerged) -> None:
        self.into, self.standing = "", self.before

    def _refuse_strange(self, by: Hand, problem: Ties) -> None:
        gathers = by.regulation.find_category(problem.category)
        if gathers is None or self.category not in gathers.links:
            may = [each.id for each in by.regulation.categories if self.category in each.links]
            instead = f"its category has to be {' or '.join(may)}" if may else "no category of its regulation does"
            raise RefusedError(f"That ticket gathers none of the category {self.category}: {instead}.", "no-problem")
        if problem.standing is Standing.closed:
            raise RefusedError("That problem is closed: reopen it first.", Standing.closed)
        if any(each.relation == "problem" for each in self.links):
            raise RefusedError("The ticket belongs to a problem already: unlink it first.", "has-problem")

    def _tied(self, by: Hand, to: str, reason: str) -> Tied:
        return Tied(at=by.at, ticket=self.ticket, to=to, who=by.who, reason=reason)
