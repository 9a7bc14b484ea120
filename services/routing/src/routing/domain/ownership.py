"""Who holds one ticket, and how people pass it on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.reasons import Assignment
from contracts.routing import AgentRegistered, NobodyOnline, TicketAssigned, TicketTransferred, TicketUnattended
from eventlog.aggregate import event

from routing.domain.repeating import Repeating

MANUAL = Assignment(rule="manual")


class NotInGroupError(ValueError):
    """An agent wanted to take or to move a ticket that is neither his nor of a group that he serves."""


class Wish(NamedTuple):
    """Who wants a ticket to move, why, when; `groups` are those that he serves now, None: he may move any (R0-23)."""

    by: str
    at: datetime
    reason: str = ""
    groups: tuple[str, ...] | None = None


class Ownership(Repeating):
    """A ticket's agent, or the group where it waits for one; never changed by anything but an event here."""

    @event("Assigned")
    def __init__(self, id: str, said: TicketAssigned) -> None:  # noqa: A002  # the library's own name for it
        self.ticket = said.ticket
        self.agent = said.agent
        self.group = said.group

    @event("AssignedAgain")
    def _assigned(self, said: TicketAssigned) -> None:
        self.agent, self.group = said.agent, said.group

    @event("FoundNobody")
    def _online(self, said: NobodyOnline) -> None:
        """The ticket stays where it is; only the head is told."""

    @event("LeftAlone")
    def _unattended(self, said: TicketUnattended) -> None:
        """The assignment that follows says where it goes."""

    def take(self, who: AgentRegistered, wish: Wish) -> None:
        """Move the ticket to the agent himself (R0-22); raises NotInGroupError outside of his groups."""
        if self.agent != who.agent and self.group not in (*who.groups, *(wish.groups or ())):
            raise NotInGroupError(self.group)
        self._give(who.agent, self.group, wish)

    def pick_up(self, who: AgentRegistered, wish: Wish) -> None:
        """Take the ticket while nobody has it; silence when somebody has."""
        if not self.agent:
            self.take(who, wish)

    def hand_to(self, agent: str, groups: Sequence[str], wish: Wish) -> None:
        """Transfer the ticket to an agent who serves these groups now (R0-23), loans included (R4-10).

        It stays in its group while he serves that, else it goes to the first of his.
        """
        self._refuse_strangers(wish)
        self._give(agent, self.group if self.group in groups else next(iter(groups), self.group), wish)

    def hand_to_group(self, group: str, wish: Wish) -> None:
        """Transfer the ticket to a group, where it is dealt in turn."""
        self._refuse_strangers(wish)
        self._give("", group, wish)

    def _refuse_strangers(self, wish: Wish) -> None:
        """Others' tickets of other groups are the head's to move."""
        if wish.groups is not None and wish.by != self.agent and self.group not in wish.groups:
            raise NotInGroupError(self.group)

    def _give(self, agent: str, group: str, wish: Wish) -> None:
        if (agent, group) == (self.agent, self.group):
            return
        self._transferred(
            TicketTransferred(
                at=wish.at,
                ticket=self.ticket,
                group=group,
                by=wish.by,
                agent=agent,
                reason=wish.reason,
                because=MANUAL,
            )
        )

    @event("Transferred")
    def _transferred(self, said: TicketTransferred) -> None:
        self.agent, self.group = said.agent, said.group
