"""`GET /tickets`: lists from a view, one ticket from its own events."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.streams import ticket_stream
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.positions import CaughtUp, stamp
from servicekit.problems import NotFound

from intake.domain.ticket import Ticket
from intake.finding import Wanted, listed, ticket_id
from intake.http.whole import Whole, whole

router = APIRouter(tags=["tickets"])
Lister = Annotated[Actor, Depends(requires(Role.agent, Role.lead, Role.ops, Role.analyst))]
Reader = Annotated[Actor, Depends(requires(Role.agent, Role.lead))]


class Row(BaseModel):
    """One ticket in a list; agent and group are "" while nobody has it."""

    id: UUID
    number: str
    requester: str
    channel: str
    category: str
    priority: str
    stage: str
    waiting: bool
    agent: str
    group: str
    opened_at: datetime
    updated_at: datetime
    standing: str = Field(description="open, resolved or closed, whatever the stage is called.")
    reacted: bool = Field(description="Solved, and the requester wrote again: the owner decides (A-11).")
    exclusion: str
    merged_into: str


class Page(BaseModel):
    """Tickets, the latest first; `next` goes into `cursor` for the page after, null when there is none."""

    tickets: list[Row]
    next: int | None = None


@router.get("/tickets", dependencies=[CaughtUp])
async def tickets(_: Lister, log: Log, wanted: Annotated[Wanted, Query()]) -> Page:
    """Tickets by stage, standing, channel, category, agent, requester, exclusion or the beginning of a number, the
    latest first."""
    rows = await listed(log.pool, wanted)
    more = rows[-1]["position"] if len(rows) > wanted.limit else None
    shown = rows[: wanted.limit]
    last = shown[-1]["position"] if more else None
    return Page(tickets=[Row.model_validate(dict(row)) for row in shown], next=last)


@router.get("/tickets/{ticket}", dependencies=[CaughtUp])
async def ticket(ticket: str, _: Reader, log: Log, response: Response) -> Whole:
    """One ticket by id or number, with its whole conversation, that of tickets put into it included; always current."""
    history = await log.opened(await log.read(ticket_stream(await ticket_id(log.pool, ticket))))
    found = Ticket.replay(history)
    if found is None:
        raise NotFound("No ticket has this id or number: look it up in the list.")
    stamp(response, history[-1].position)
    return await whole(log, found, history)
