"""Lists of tickets and of what waits in quarantine: rows without a word that anybody wrote."""

from collections.abc import Iterable, Sequence

import msgspec
from contracts import Event, Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    MessageQuarantined,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.routing import TicketAssigned, TicketTransferred
from eventlog.reactor import Statement

TABLES = ("tickets", "quarantine")
DDL = """
    create table tickets (
        id text primary key, number text not null, requester text not null, channel text not null,
        category text not null, priority text not null, stage text not null, waiting bool not null,
        agent text not null, "group" text not null, opened_at timestamptz not null, updated_at timestamptz not null,
        position bigint not null unique
    );
    create index on tickets (number text_pattern_ops);
    create index on tickets (stage, position);
    create index on tickets (channel, position);
    create index on tickets (category, position);
    create index on tickets (agent, position);
    create index on tickets (requester, position);
    create table quarantine (
        message text primary key, channel text not null, reason text not null, at timestamptz not null,
        position bigint not null unique
    );
"""
OPEN = """
    insert into tickets values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing
"""
CHANGE = """
    update tickets set category = coalesce($2, category), priority = coalesce($3, priority),
        stage = coalesce($4, stage), waiting = coalesce($5, waiting), agent = coalesce($6, agent),
        "group" = coalesce($7, "group"), updated_at = $8
    where id = $1
"""
QUARANTINE = "insert into quarantine values ($1, $2, $3, $4, $5) on conflict do nothing"


class Change(msgspec.Struct):
    """What a page of events says about one ticket; None leaves a column as it is."""

    category: str | None = None
    priority: str | None = None
    stage: str | None = None
    waiting: bool | None = None
    agent: str | None = None
    group: str | None = None


def project(events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
    """One insert and one update at most for every ticket that a page touches."""
    opened = [_row(each, each.data) for each in events if isinstance(each.data, TicketOpened)]
    changes: dict[str, tuple[Change, Recorded[Event]]] = {}
    for each in events:
        if said := said_of(each.data):
            ticket: str = getattr(each.data, "ticket")  # noqa: B009  # every event that says something here has one
            before = changes[ticket][0] if ticket in changes else Change()
            changes[ticket] = (_over(before, said), each)
    held = [_held(each, each.data) for each in events if isinstance(each.data, MessageQuarantined)]
    rows = [(ticket, *msgspec.structs.astuple(said), last.recorded_at) for ticket, (said, last) in changes.items()]
    statements = (Statement(OPEN, opened), Statement(CHANGE, rows), Statement(QUARANTINE, held))
    return [each for each in statements if each.rows]


def said_of(said: Event) -> Change | None:
    """What an event says about its ticket's row."""
    match said:
        case TicketEscalated():
            return Change(stage=said.stage)
        case TicketResolved() | TicketReopened() | TicketClosed():
            return Change(stage=said.stage, waiting=False)
        case InformationRequested():
            return Change(waiting=True)
        case AgentReplied():
            return Change(waiting=False)
        case RequesterReplied():
            return Change(waiting=None if said.automatic else False)
        case _:
            return _placed(said)


def _placed(said: Event) -> Change | None:
    match said:
        case TicketClassified():
            return Change(category=said.category)
        case PriorityChanged():
            return Change(priority=said.priority)
        case TicketAssigned() | TicketTransferred():
            return Change(agent=said.agent, group=said.group)
        case _:
            return None


def _over(before: Change, after: Change) -> Change:
    said = {name: value for name, value in msgspec.structs.asdict(after).items() if value is not None}
    return msgspec.structs.replace(before, **said)


def _row(at: Recorded[Event], said: TicketOpened) -> tuple[object, ...]:
    terms = (said.channel, said.category, said.priority, said.stage)
    return (said.ticket, said.number, said.requester, *terms, False, "", "", said.at, at.recorded_at, at.position)


def _held(at: Recorded[Event], said: MessageQuarantined) -> tuple[object, ...]:
    return (said.message, said.channel, said.reason, said.at, at.position)
