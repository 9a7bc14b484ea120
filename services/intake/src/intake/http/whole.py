"""One ticket as people see it: what it is, its tasks, time and ties, and one timeline of all that was said."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from contracts import Event, Recorded, wire_type
from contracts.intake import Relation
from contracts.streams import ticket_stream
from eventlog.postgres import PostgresLog
from pydantic import BaseModel, Field

from intake.domain.ticket import Ticket
from intake.finding import leading_to, numbers_of
from intake.merging import sources_of


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
    of: str = Field("", description='The number of the merged ticket in which it was said, "" for this one.')


class Tie(BaseModel):
    """Another ticket that this one leads to, or that leads to this one."""

    ticket: str
    number: str = Field(description='"" for a moment after it was opened.')
    relation: Relation
    here: bool = Field(description="True where the other one leads here.")


class Task(BaseModel):
    """One task; `top` marks the one that stands for the ticket itself (`TIC:`, R1-09)."""

    task: str
    title: str
    assignee: str
    parent: str
    top: bool
    done: bool


class Time(BaseModel):
    """All minutes of one agent on one task, "" for the ticket as such."""

    agent: str
    task: str
    minutes: int


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
    classified: bool = Field(description="Whether somebody stated the category, or it is the declared or default one.")
    priority: str
    stage: str
    standing: str = Field(description="open, resolved, closed or merged, whatever the stage is called.")
    waiting: bool
    reacted: bool = Field(description="Solved, and the requester wrote again: the owner decides (A-11).")
    service: str = Field(description='The service concerned, "" where none is named.')
    topic: str
    exclusion: str = Field(description='The exclusion it was closed under, "" for none (R0-27).')
    regulation: str = Field(description="The version that everything about the ticket goes by.", examples=["csn@1"])
    estimates: dict[str, str] = Field(description="Stages that the executor planned himself, as he wrote it.")
    opened_at: datetime
    position: int
    version: int
    tasks: list[Task]
    time: list[Time]
    handed_over: dict[str, int] = Field(description="Minutes by agent that went to billing (R1-18).")
    links: list[Tie]
    merged_into: str = Field(description='The ticket in which this one goes on, "" where it stands for itself.')
    conversation: list[Entry] = Field(description="With that of tickets put into this one, in the order of the log.")


async def whole(log: PostgresLog, found: Ticket, history: Sequence[Recorded[Event]]) -> Whole:
    """Everything about a ticket, which these readable events made."""
    sources = await sources_of(log, found) if found.merged else []
    told = await asyncio.gather(*(log.read(ticket_stream(each.ticket)) for each in sources))
    theirs = await log.opened(list(chain.from_iterable(told)))
    numbers = {ticket_stream(each.ticket): each.number for each in sources}
    ours = {each.id for each in history}
    # What was repeated to the requester of a merged ticket stands in the timeline already.
    entries = [*history, *(each for each in theirs if each.meta.causation not in ours)]
    links = await _links(log, found)
    return _of(found, links, [_entry(each, numbers) for each in sorted(entries, key=attrgetter("position"))], history)


async def _links(log: PostgresLog, found: Ticket) -> list[Tie]:
    numbers = await numbers_of(log.pool, [each.to for each in found.links])
    out = [
        Tie(ticket=each.to, number=numbers.get(each.to, ""), relation=each.relation, here=False) for each in found.links
    ]
    into = [Tie(**each._asdict(), here=True) for each in await leading_to(log.pool, found.ticket)]
    return out + into


def _of(found: Ticket, links: list[Tie], entries: list[Entry], history: Sequence[Recorded[Event]]) -> Whole:
    opened, last = found.opened, history[-1]
    return Whole(
        **{name: getattr(found, name) for name in PLAIN},
        **{name: getattr(opened, name) for name in ("channel", "kind", "section", "subject", "language")},
        id=UUID(found.ticket),
        opened_at=opened.at,
        position=last.position,
        version=last.version,
        tasks=[
            Task(task=each.id, top=each.top, **{name: getattr(each, name) for name in TASK}) for each in found.tasks
        ],
        time=[Time(**each._asdict()) for each in found.spent],
        handed_over=dict(found.handed),
        links=links,
        merged_into=found.into,
        conversation=entries,
    )


PLAIN = (
    "number", "requester", "category", "classified", "priority", "stage", "standing", "waiting", "reacted", "service",
    "topic", "exclusion", "regulation", "estimates",
)  # fmt: skip
TASK = ("title", "assignee", "parent", "done")


def _entry(recorded: Recorded[Event], numbers: dict[str, str]) -> Entry:
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
        of=numbers.get(recorded.stream, ""),
    )
