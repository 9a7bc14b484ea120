"""`GET /tickets`: lists from a view, one ticket from its own events."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from contracts import Event, Recorded, wire_type
from contracts.streams import ticket_stream
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.positions import CaughtUp, stamp
from servicekit.problems import NotFound

from intake.domain.ticket import Ticket
from intake.finding import Wanted, listed, ticket_id

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


class Page(BaseModel):
    """Tickets, the latest first; `next` goes into `cursor` for the page after, null when there is none."""

    tickets: list[Row]
    next: int | None = None


class Entry(BaseModel):
    """One event of a ticket at its place; `said` is what it says, in readable form."""

    position: int
    version: int
    id: UUID
    type: str = Field(examples=["ticket.agent-replied.v1"])
    at: datetime
    recorded_at: datetime
    actor: str
    said: dict[str, Any]


class Whole(BaseModel):
    """A ticket as it is now, and everything that was said and done about it, in order."""

    id: UUID
    number: str
    requester: str
    channel: str
    kind: str
    section: str
    subject: str
    language: str
    category: str
    priority: str
    stage: str
    standing: str = Field(description="open, resolved or closed, whatever the stage is called.")
    waiting: bool
    regulation: str
    opened_at: datetime
    position: int
    version: int
    conversation: list[Entry]


@router.get("/tickets", dependencies=[CaughtUp])
async def tickets(_: Lister, log: Log, wanted: Annotated[Wanted, Query()]) -> Page:
    """Tickets by stage, channel, category, agent, requester or the beginning of a number, the latest first."""
    rows = await listed(log.pool, wanted)
    more = rows[-1]["position"] if len(rows) > wanted.limit else None
    shown = rows[: wanted.limit]
    last = shown[-1]["position"] if more else None
    return Page(tickets=[Row.model_validate(dict(row)) for row in shown], next=last)


@router.get("/tickets/{ticket}", dependencies=[CaughtUp])
async def ticket(ticket: str, _: Reader, log: Log, response: Response) -> Whole:
    """One ticket by id or number, with its whole conversation; always current."""
    history = await log.opened(await log.read(ticket_stream(await ticket_id(log.pool, ticket))))
    found = Ticket.replay(history)
    if found is None:
        raise NotFound("No ticket has this id or number: look it up in the list.")
    stamp(response, history[-1].position)
    return _whole(found, history)


def _whole(found: Ticket, history: list[Recorded[Event]]) -> Whole:
    opened = found.opened
    return Whole(
        id=UUID(found.ticket),
        number=found.number,
        requester=found.requester,
        channel=opened.channel,
        kind=opened.kind,
        section=opened.section,
        subject=opened.subject,
        language=opened.language,
        category=found.category,
        priority=found.priority,
        stage=found.stage,
        standing=found.standing,
        waiting=found.waiting,
        regulation=opened.regulation,
        opened_at=opened.at,
        position=history[-1].position,
        version=history[-1].version,
        conversation=[_entry(each) for each in history],
    )


def _entry(recorded: Recorded[Event]) -> Entry:
    said = msgspec.to_builtins(recorded.data)
    return Entry(
        position=recorded.position,
        version=recorded.version,
        id=UUID(recorded.id),
        type=wire_type(type(recorded.data)),
        at=recorded.data.at,
        recorded_at=recorded.recorded_at,
        actor=recorded.meta.actor,
        said={name: value for name, value in said.items() if name not in {"type", "at", "ticket", "requester"}},
    )
