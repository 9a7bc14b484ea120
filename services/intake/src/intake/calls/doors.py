"""`GET /calls` and what agents do about a missed call."""

from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field
from servicekit.auth import Actor, Role, requires
from servicekit.clock import Now
from servicekit.positions import CaughtUp, stamp
from servicekit.text import clean

from intake.calls.acting import Doer, Settled, Wish, call_back, settle_call
from intake.calls.listing import Calls, Wanted, listed
from intake.domain.call import How
from intake.house import House, Housed
from intake.http.commands import Command, Left, Line
from intake.http.desk import commanded, in_whose_name, refusals

router = APIRouter(prefix="/calls", tags=["calls"])
Agents = Annotated[Actor, Depends(requires(Role.agent, Role.lead))]


class Returning(Command):
    """Whether the caller answered."""

    reached: bool


class Settling(Command):
    """How it was settled; `contact` is the ticket where contact was made, by id or number, else the one we found."""

    how: How
    contact: Line = ""
    topic: Line = Field(default="", examples=["delivery"])


class CallLeft(Left):
    """The call's ticket as the verb left it; `calls` are all that it was about, `advice` says what keeps it open."""

    calls: list[UUID]
    settled: str | None
    tries: int
    topic: str
    contact: str
    ended: bool
    advice: str


class Desk(NamedTuple):
    """One request of one person about one call."""

    house: House
    response: Response
    actor: Actor
    call: str
    at: Now
    key: str

    async def do(self, command: Command, act: Callable[[House, str, Doer], Awaitable[Settled]]) -> CallLeft:
        """Let it be decided and recorded; the same `Idempotency-Key` twice is recorded once (I6)."""
        by = commanded(self.house, self.actor, self.call, self.key, (type(command).__name__, command))
        doer = Doer(in_whose_name(self.actor, command), self.at, by, self.actor.role is not Role.agent)
        with refusals("The caller was forgotten: nothing more is said to them.", "topic"):
            settled = await act(self.house, self.call, doer)
        stamp(self.response, settled.position)
        return _left(settled)


async def _desk(  # noqa: PLR0913  # what a request has
    call: UUID,
    house: Housed,
    response: Response,
    actor: Agents,
    now: Now,
    idempotency_key: Annotated[str, Header(max_length=255)] = "",
) -> Desk:
    return Desk(house, response, actor, str(call), now, clean(idempotency_key))


AtDesk = Annotated[Desk, Depends(_desk)]


@router.get("", dependencies=[CaughtUp])
async def calls(_: Agents, house: Housed, now: Now, wanted: Annotated[Wanted, Query()]) -> Calls:
    """Missed calls, open ones unless asked otherwise, the oldest first: how old, for whom, and what to do."""
    return await listed(house, wanted, now)


@router.post("/{call}/returned")
async def returned(said: Returning, desk: AtDesk) -> CallLeft:
    """Somebody called back; the caller may not have answered (R4-02)."""
    return await desk.do(said, lambda house, call, doer: call_back(house, call, doer, reached=said.reached))


@router.post("/{call}/settle")
async def settle(said: Settling, desk: AtDesk) -> CallLeft:
    """Close a missed call by the contact that was made, with link and topic on both tickets (R4-04, R4-05).

    `called-back` needs a talk, `already-contacted` a later word of an agent in another ticket, `written` a letter in
    this one and a call too old to be returned (A-26). A ticket that was nothing but the call ends with it.
    """
    wish = Wish(said.how, said.contact, said.topic)
    return await desk.do(said, lambda house, call, doer: settle_call(house, call, doer, wish))


def _left(settled: Settled) -> CallLeft:
    first, ticket = settled.case.calls[0], settled.case.ticket
    return CallLeft(
        **Left.of(ticket).model_dump(),
        calls=[UUID(each.missed.call) for each in settled.case.calls],
        settled=first.settled,
        tries=first.tries,
        topic=ticket.topic,
        contact=next((each.to for each in reversed(ticket.links) if each.relation == "contact"), ""),
        ended=settled.ended,
        advice=settled.advice,
    )
