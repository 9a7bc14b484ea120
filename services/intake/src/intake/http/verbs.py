"""`POST /tickets/{ticket}/{verb}`: what people do about a ticket."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, NamedTuple

from contracts.streams import message_id, ticket_stream
from eventlog.change import By, change
from eventlog.errors import ForgottenError
from fastapi import APIRouter, Depends, Header, Request, Response
from regulation.term import UnknownTermError
from servicekit.auth import Actor, Gate, Role, requires
from servicekit.positions import stamp
from servicekit.problems import Forbidden, Malformed, NotFound, Refused, fault
from servicekit.said import meta
from servicekit.text import clean

from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.terms import regulation_of
from intake.domain.ticket import Ticket
from intake.finding import ticket_id
from intake.house import House
from intake.http.commands import Annulling, Classifying, Command, Ending, Escalating, Left, Prioritizing, Saying

router = APIRouter(prefix="/tickets/{ticket}", tags=["verbs"], responses={409: {"description": "Not possible now."}})


class Desk(NamedTuple):
    """One request of one person about one ticket."""

    house: House
    response: Response
    actor: Actor
    ticket: str
    at: datetime
    key: str

    async def do(self, command: Command, verb: Callable[[Ticket, Hand], None]) -> Left:
        """Let the verb decide and record it; the same `Idempotency-Key` twice is recorded once (I6)."""
        stream = ticket_stream(await ticket_id(self.house.log.pool, self.ticket))
        try:
            changed = await change(
                self.house.log, Ticket, stream, lambda ticket: verb(ticket, self._hand(ticket, command)), self._by()
            )
        except RefusedError as error:
            raise Refused(str(error), error.reason) from error
        except ForgottenError as error:
            raise Refused("The requester was forgotten: nothing can be said to them any more.", "forgotten") from error
        except UnknownTermError as error:
            raise Malformed(errors=[fault(("body",), f"{error}.")]) from error
        stamp(self.response, changed.position)
        return Left.of(changed.aggregate)

    def _by(self) -> By:
        cause = message_id(f"command/{self.actor.id}/{self.ticket}", self.key) if self.key else ""
        return By(meta(self.actor), cause)

    def _hand(self, ticket: Ticket, command: Command) -> Hand:
        regulation = self.house.regulation_named(regulation_of(ticket.opened.regulation))
        if self.actor.role is Role.adapter:
            if not self.actor.may_use(ticket.opened.channel):
                raise NotFound("No ticket of this key's channels has this id.")
            return Hand(self.at, ticket.requester, regulation, "requester")
        return Hand(self.at, self._agent(command), regulation, getattr(command, "by", "agent"))

    def _agent(self, command: Command) -> str:
        if command.agent and command.agent != self.actor.name and self.actor.role is Role.agent:
            raise Forbidden("An agent acts in their own name only: leave `agent` out.")
        return command.agent or self.actor.name


def _desk(gate: Gate) -> Callable[..., Awaitable[Desk]]:
    async def desk(
        ticket: str,
        request: Request,
        response: Response,
        actor: Annotated[Actor, Depends(gate)],
        idempotency_key: Annotated[str, Header(max_length=255)] = "",
    ) -> Desk:
        state = request.app.state
        return Desk(state.house, response, actor, ticket, state.clock(), clean(idempotency_key))

    return desk


Staff = Annotated[Desk, Depends(_desk(requires(Role.agent, Role.lead)))]
Either = Annotated[Desk, Depends(_desk(requires(Role.agent, Role.lead, Role.adapter)))]


@router.post("/reply")
async def reply(said: Saying, desk: Staff) -> Left:
    """Answer the requester publicly."""
    return await desk.do(said, lambda ticket, by: ticket.reply(by, said.text))


@router.post("/ask")
async def ask(said: Saying, desk: Staff) -> Left:
    """Ask the requester what the solution needs; the ticket waits until they write."""
    return await desk.do(said, lambda ticket, by: ticket.ask(by, said.text))


@router.post("/note")
async def note(said: Saying, desk: Staff) -> Left:
    """Write down something that the requester does not see."""
    return await desk.do(said, lambda ticket, by: ticket.note(by, said.text))


@router.post("/classify")
async def classify(said: Classifying, desk: Staff) -> Left:
    """State or correct the category."""
    return await desk.do(said, lambda ticket, by: ticket.classify(by, said.category))


@router.post("/prioritize")
async def prioritize(said: Prioritizing, desk: Staff) -> Left:
    """Change the priority."""
    return await desk.do(said, lambda ticket, by: ticket.prioritize(by, said.priority, said.reason))


@router.post("/escalate")
async def escalate(said: Escalating, desk: Staff) -> Left:
    """Move the ticket to another working stage."""
    return await desk.do(said, lambda ticket, by: ticket.escalate(by, said.stage, said.reason))


@router.post("/resolve")
async def resolve(said: Saying, desk: Staff) -> Left:
    """Give the solution; the requester's confirmation is awaited."""
    return await desk.do(said, lambda ticket, by: ticket.resolve(by, said.text))


@router.post("/reopen")
async def reopen(said: Ending, desk: Either) -> Left:
    """Take the matter up again; an adapter's key speaks for the requester (R1-15)."""
    return await desk.do(said, lambda ticket, by: ticket.reopen(by, said.reason))


@router.post("/close")
async def close(said: Ending, desk: Either) -> Left:
    """Accept the work as finished; an adapter's key speaks for the requester (R1-15)."""
    return await desk.do(said, lambda ticket, by: ticket.close(by, said.reason))


@router.post("/annul")
async def annul(said: Annulling, desk: Staff) -> Left:
    """End a ticket that is no matter for us."""
    return await desk.do(said, lambda ticket, by: ticket.annul(by, said.reason))
