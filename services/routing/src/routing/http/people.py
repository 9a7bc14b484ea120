"""Who may enter routing's doors, and what a command of theirs brings along."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, NamedTuple

from eventlog.change import By
from eventlog.postgres import PostgresLog
from fastapi import Depends, Path, Response
from servicekit.auth import Actor, Role, requires
from servicekit.clock import Now
from servicekit.hosting import Hosted
from servicekit.positions import stamp
from servicekit.problems import Forbidden
from servicekit.said import meta

from routing.state import State

ID = r"^[A-Za-z0-9._:-]{1,100}$"

AgentId = Annotated[str, Path(pattern=ID, description="The agent's id, which is the name of his key.")]
TicketId = Annotated[str, Path(pattern=ID)]
NumberedId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:-]{1,100}~[0-9]{1,6}$")]
Reader = Annotated[Actor, Depends(requires(Role.agent, Role.lead, Role.ops, Role.analyst))]
Overseer = Annotated[Actor, Depends(requires(Role.lead, Role.ops, Role.analyst))]


def holder(numbered: str) -> str:
    """Whose absence or loan this is."""
    return numbered.rpartition("~")[0]


class Errand(NamedTuple):
    """A person's command: who gives it, when, and where to look and to write."""

    actor: Actor
    now: datetime
    log: PostgresLog
    state: State
    response: Response

    @property
    def by(self) -> By:
        """Whose words the events will be."""
        return By(meta(self.actor))

    def reached(self, position: int) -> None:
        """Tell the caller which position the command reached; 0: it had nothing to say."""
        if position:
            stamp(self.response, position)

    def only_for(self, agent: str) -> None:
        """An agent's key speaks for its holder only; raises Forbidden."""
        if self.actor.role is Role.agent and self.actor.name != agent:
            raise Forbidden(f"This key speaks for {self.actor.name} only: ask a lead to do it for {agent}.")


def _errand(*roles: Role) -> Callable[..., Awaitable[Errand]]:
    Allowed = Annotated[Actor, Depends(requires(*roles))]  # noqa: N806  # a type, though a local one

    async def errand(actor: Allowed, now: Now, host: Hosted, response: Response) -> Errand:
        assert isinstance(host.state, State)
        return Errand(actor, now, host.log, host.state, response)

    return errand


ByPerson = Annotated[Errand, Depends(_errand(Role.agent, Role.lead))]
ByHead = Annotated[Errand, Depends(_errand(Role.lead))]
