"""Lists of tickets and of what waits in quarantine: rows without a word that anybody wrote."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec
from contracts import Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    MessageQuarantined,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.routing import TicketAssigned, TicketTransferred
from eventlog.tables import Statement, Table, Views
from msgspec.structs import replace

from intake import tied
from intake.calls import view
from intake.domain.standing import Standing

DDL = """
    create table tickets (
        id text primary key, number text not null, requester text not null, channel text not null,
        category text not null, priority text not null, stage text not null, waiting bool not null,
        agent text not null, "group" text not null, opened_at timestamptz not null, updated_at timestamptz not null,
        position bigint not null, standing text not null, reacted bool not null, exclusion text not null,
        merged_into text not null, closed_at timestamptz
    );
    create table quarantine (
        message text primary key, channel text not null, reason text not null, at timestamptz not null,
        position bigint not null
    );
"""
INDEXES = """
    create unique index on tickets (position);
    create index on tickets (number text_pattern_ops);
    create index on tickets (stage, position);
    create index on tickets (channel, position);
    create index on tickets (category, position);
    create index on tickets (agent, position);
    create index on tickets (requester, position);
    create index on tickets (exclusion, closed_at) where exclusion <> '';
    create index on tickets (merged_into) where merged_into <> '';
    create index on tickets (position) where reacted;
    create unique index on quarantine (position);
"""


class Ticket(msgspec.Struct, frozen=True):
    """A ticket as lists show it; `position` is where it was opened.

    `reacted`: it was solved and its requester wrote again, so that its owner has to decide (A-11).
    """

    id: str
    number: str
    requester: str
    channel: str
    category: str
    priority: str
    stage: str
    opened_at: datetime
    updated_at: datetime
    position: int
    waiting: bool = False
    agent: str = ""
    group: str = ""
    standing: str = Standing.open
    reacted: bool = False
    exclusion: str = ""
    merged_into: str = ""
    closed_at: datetime | None = None


class Held(msgspec.Struct, frozen=True):
    """A message that could not be read."""

    message: str
    channel: str
    reason: str
    at: datetime
    position: int


TICKETS = Table("tickets", Ticket, "id")
QUARANTINE = Table("quarantine", Held, "message")


def _opened(event: Recorded[TicketOpened]) -> Iterator[Statement]:
    said = event.data
    terms = (said.channel, said.category, said.priority, said.stage)
    moments = (said.at, event.recorded_at, event.position)
    yield TICKETS.begin(Ticket(said.ticket, said.number, said.requester, *terms, *moments))


def _escalated(event: Recorded[TicketEscalated]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, stage=event.data.stage, updated_at=event.recorded_at)


STANDINGS = {TicketResolved: Standing.resolved, TicketReopened: Standing.open, TicketClosed: Standing.closed}


def _moved(event: Recorded[TicketResolved | TicketReopened | TicketClosed]) -> Iterator[Statement]:
    said = event.data
    closed = {"exclusion": said.exclusion, "closed_at": said.at} if isinstance(said, TicketClosed) else NOT_CLOSED
    standing = {"standing": STANDINGS[type(said)], "reacted": False, "waiting": False}
    yield TICKETS.set(said.ticket, stage=said.stage, updated_at=event.recorded_at, **standing, **closed)


NOT_CLOSED: Mapping[str, object] = {"exclusion": "", "closed_at": None}


def _merged(event: Recorded[TicketMerged]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, merged_into=event.data.into, updated_at=event.recorded_at)


def _unmerged(event: Recorded[TicketUnmerged]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, merged_into="", updated_at=event.recorded_at)


def _asked(event: Recorded[InformationRequested]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, waiting=True, updated_at=event.recorded_at)


def _answered(event: Recorded[AgentReplied]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, waiting=False, updated_at=event.recorded_at)


def _written(event: Recorded[RequesterReplied]) -> Iterator[Statement]:
    """What a machine writes, or a thank-you, is not what was waited for, nor a reaction."""
    at, meant = event.recorded_at, not event.data.automatic
    yield TICKETS.change(event.data.ticket, lambda was: _after_words(was, at) if meant else replace(was, updated_at=at))


def _after_words(was: Ticket, at: datetime) -> Ticket:
    return replace(was, updated_at=at, waiting=False, reacted=was.standing == Standing.resolved)


def _classified(event: Recorded[TicketClassified]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, category=event.data.category, updated_at=event.recorded_at)


def _prioritized(event: Recorded[PriorityChanged]) -> Iterator[Statement]:
    yield TICKETS.set(event.data.ticket, priority=event.data.priority, updated_at=event.recorded_at)


def _given(event: Recorded[TicketAssigned | TicketTransferred]) -> Iterator[Statement]:
    said = event.data
    yield TICKETS.set(said.ticket, agent=said.agent, group=said.group, updated_at=event.recorded_at)


def _quarantined(event: Recorded[MessageQuarantined]) -> Iterator[Statement]:
    said = event.data
    yield QUARANTINE.begin(Held(said.message, said.channel, said.reason, said.at, event.position))


VIEWS = Views(
    tables=[TICKETS, QUARANTINE, tied.LINKS, *view.TABLES],
    ddl=DDL + tied.DDL + view.DDL,
    indexes=INDEXES + tied.INDEXES + view.INDEXES,
    rules={
        TicketOpened: _opened,
        TicketEscalated: _escalated,
        TicketResolved: _moved,
        TicketReopened: _moved,
        TicketClosed: _moved,
        InformationRequested: _asked,
        AgentReplied: _answered,
        RequesterReplied: _written,
        TicketClassified: _classified,
        PriorityChanged: _prioritized,
        TicketAssigned: _given,
        TicketTransferred: _given,
        TicketMerged: _merged,
        TicketUnmerged: _unmerged,
        MessageQuarantined: _quarantined,
        **tied.RULES,
        **view.RULES,
    },
)
