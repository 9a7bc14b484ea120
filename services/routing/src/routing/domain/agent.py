"""An agent: what he may be given and whether he takes it now."""

from __future__ import annotations

from datetime import datetime

import msgspec
from contracts.intake import Section
from contracts.routing import AgentRegistered, AgentWentOffline, AgentWentOnline
from eventlog.aggregate import event

from routing.domain.repeating import Repeating


class Agent(Repeating):
    """One employee who may receive requests (R0-19), Online or Offline in each section on its own (R0-18)."""

    @event("Registered")
    def __init__(self, id: str, said: AgentRegistered) -> None:  # noqa: A002  # the library's own name for it
        self.card = said
        self.online: frozenset[Section] = frozenset()

    def register(self, card: AgentRegistered) -> None:
        """Replace what was said about him; the same again is silence."""
        if msgspec.structs.replace(card, at=self.card.at) != self.card:
            self._registered(card)

    @event("RegisteredAgain")
    def _registered(self, said: AgentRegistered) -> None:
        self.card = said

    def go_online(self, section: Section, at: datetime) -> None:
        """Take work in this section from now on."""
        if section not in self.online:
            self._online(AgentWentOnline(at=at, agent=self.card.agent, section=section))

    @event("WentOnline")
    def _online(self, said: AgentWentOnline) -> None:
        self.online = self.online | {said.section}

    def go_offline(self, section: Section, at: datetime) -> None:
        """Take no more work in this section."""
        if section in self.online:
            self._offline(AgentWentOffline(at=at, agent=self.card.agent, section=section))

    @event("WentOffline")
    def _offline(self, said: AgentWentOffline) -> None:
        self.online = self.online - {said.section}
