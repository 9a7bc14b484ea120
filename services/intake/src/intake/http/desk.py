"""One person at one ticket: who acts, in whose name, and how what they do is recorded."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, NamedTuple

from contracts.streams import derived_id, message_id, ticket_stream
from eventlog.change import By, Changed, UsedCauseError
from eventlog.errors import ForgottenError
from fastapi import Depends, Header, Request, Response
from regulation.term import UnknownTermError
from servicekit.auth import Actor, Gate, Role, requires
from servicekit.positions import stamp
from servicekit.problems import Forbidden, Malformed, NotFound, Refused, fault
from servicekit.said import meta
from servicekit.text import clean

from intake.domain.hand import Hand
from intake.domain.refusing import MergedError, RefusedError
from intake.domain.ticket import Ticket
from intake.finding import ticket_id
from intake.house import House
from intake.http.commands import Command, Left
from intake.keeping import content_digest
from intake.merging import end_of, loaded
from intake.saying import say

USED = "Another command has this Idempotency-Key already: give every command a key of its own."


class Desk(NamedTuple):
    """One request of one person about one ticket; `doing` is what its path says after the ticket."""

    house: House
    response: Response
    actor: Actor
    ticket: str
    at: datetime
    key: str
    doing: str

    async def do(self, command: Command, verb: Callable[[Ticket, Hand], None]) -> Left:
        """Let the verb decide and record it; the same `Idempotency-Key` twice is recorded once (I6).

        The second time the answer is the ticket as it has become since; for another command under the key it is 409.
        """
        return Left.of(await self.change(command, verb))

    async def change(self, command: Command, verb: Callable[[Ticket, Hand], None]) -> Ticket:
        """The same, for the ticket as it then is."""
        ticket = await self.id()
        stream, by = ticket_stream(ticket), self.by(ticket, command)

        def decide(ticket: Ticket) -> None:
            verb(ticket, self.hand(ticket, command))

        return await self.recorded(lambda: say(self.house.log, stream, decide, by))

    async def recorded(self, act: Callable[[], Awaitable[Changed[Ticket]]]) -> Ticket:
        """Act, and turn what the ticket refuses into a problem that says what is possible."""
        with refusals("The requester was forgotten: nothing can be said to them any more."):
            changed = await self._acted(act)
        stamp(self.response, changed.position)
        return changed.aggregate

    async def _acted(self, act: Callable[[], Awaitable[Changed[Ticket]]]) -> Changed[Ticket]:
        try:
            return await act()
        except MergedError as error:
            into = await loaded(self.house.log, error.into)
            raise MergedError((await end_of(self.house.log, into)).number if into else error.into) from error

    async def id(self) -> str:
        """The ticket's id, whether it was named by id or number."""
        return await ticket_id(self.house.log.pool, self.ticket)

    def by(self, ticket: str, command: Command) -> By:
        """Who commands what about the ticket of this id, however the request named it."""
        return commanded(self.house, self.actor, ticket, self.key, (self.doing, command))

    def hand(self, ticket: Ticket, command: Command) -> Hand:
        """In whose name it is done, and by which version of the regulation."""
        regulation = self.house.regulation_of(ticket.regulation)
        if self.actor.role is Role.adapter:
            if not self.actor.may_use(ticket.opened.channel):
                raise NotFound("No ticket of this key's channels has this id.")
            return Hand(self.at, ticket.requester, regulation, "requester")
        return Hand(self.at, in_whose_name(self.actor, command), regulation, getattr(command, "by", "agent"))


def in_whose_name(actor: Actor, command: Command) -> str:
    """The agent a command is given for: a lead or admin may name one; raises Forbidden."""
    if command.agent and command.agent != actor.name and actor.role is Role.agent:
        raise Forbidden("An agent acts in their own name only: leave `agent` out.")
    return command.agent or actor.name


def commanded(house: House, actor: Actor, about: str, key: str, said: tuple[str, Command]) -> By:
    """Who commands something about a ticket or a call; `said` is the verb and what was sent with it.

    Where there is an `Idempotency-Key`, ids follow from it, and the correlation from what is commanded under it too.
    """
    if not key:
        return By(meta(actor))
    cause, (verb, command) = message_id(f"command/{actor.id}/{about}", key), said
    what = content_digest(house.log.vault, f"{verb}\n{command.model_dump_json(exclude_defaults=True)}".encode())
    return By(meta(actor, derived_id(cause, what)), cause)


@contextmanager
def refusals(forgotten: str, *place: str) -> Iterator[None]:
    """What is refused within becomes a problem that says what is possible, at this place of the body."""
    try:
        yield
    except RefusedError as error:
        raise Refused(str(error), error.reason) from error
    except ForgottenError as error:
        raise Refused(forgotten, "forgotten") from error
    except UsedCauseError as error:
        raise Refused(USED, "key-used") from error
    except UnknownTermError as error:
        raise Malformed(errors=[fault(("body", *place), f"{error}.")]) from error


def _desk(gate: Gate) -> Callable[..., Awaitable[Desk]]:
    async def desk(
        ticket: str,
        request: Request,
        response: Response,
        actor: Annotated[Actor, Depends(gate)],
        idempotency_key: Annotated[str, Header(max_length=255)] = "",
    ) -> Desk:
        state = request.app.state
        doing = request.scope["path"].partition(f"/{ticket}/")[2]
        return Desk(state.house, response, actor, ticket, state.clock(), clean(idempotency_key), doing)

    return desk


Staff = Annotated[Desk, Depends(_desk(requires(Role.agent, Role.lead)))]
Either = Annotated[Desk, Depends(_desk(requires(Role.agent, Role.lead, Role.adapter)))]
