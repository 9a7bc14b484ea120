"""Who acts on a ticket, when, and under which regulation."""

from datetime import datetime
from typing import Literal, NamedTuple

from regulation.document import Regulation
from regulation.stage import Actor

PARTIES: dict[str, Actor] = {"requester": Actor.requester, "agent": Actor.agent, "system": Actor.automatic}


class Hand(NamedTuple):
    """`who` is the agent's id or the requester's; `party` decides which transitions are open (R1-15)."""

    at: datetime
    who: str
    regulation: Regulation
    party: Literal["requester", "agent", "system"] = "agent"

    @property
    def actor(self) -> Actor:
        """The party in the regulation's words."""
        return PARTIES[self.party]
