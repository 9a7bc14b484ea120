"""Tables about work: tickets with everybody who had them, and turns by day."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from contracts import Recorded
from contracts.intake import (
    Recalled,
    TicketClosed,
    TicketMerged,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.routing import TicketAssigned, TicketTransferred
from eventlog.tables import Statement, Table, Views
from msgspec.structs import replace

DDL = """
    create table tickets (
        ticket text primary key, channel text not null, section text not null, regulation text not null,
        state text not null, "group" text not null, agent text not null,
        opened_at timestamptz not null, since timestamptz not null,
        spans jsonb not null, ended_at timestamptz, merged_from text not null
    );
    create table turns (
        agent text not null, pool text not null, day date not null,
        turns int not null, skips int not null, last_turn bigint not null,
        primary key (agent, pool, day)
    );
    alter table tickets alter spans set statistics 0;  -- nobody looks for any, and comparing them costs the most
"""
INDEXES = """
    create index tickets_work on tickets (agent, "group", channel, section, regulation, since) where state = 'open';
    create index tickets_lasted on tickets (coalesce(ended_at, 'infinity'), opened_at);
"""


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent had the ticket as open work, from `starts` until `ends` (UTC; None: still)."""

    agent: str
    starts: datetime
    ends: datetime | None = None


class Ticket(msgspec.Struct, frozen=True):
    """A ticket: `open`, `resolved`, `closed` or `merged`; `since` is when its agent got it, `spans` who had it when.

    `section` is the one in which it came; the one in which it is taken follows from its `regulation`.
    """

    ticket: str
    channel: str
    section: str
    regulation: str
    opened_at: datetime
    since: datetime
    state: str = "open"
    group: str = ""
    agent: str = ""
    spans: tuple[Span, ...] = ()
    ended_at: datetime | None = None
    merged_from: str = ""


class Turns(msgspec.Struct, frozen=True):
    """How often it was an agent's turn in a pool on a day, and how often he was passed over because he was Offline."""

    agent: str
    pool: str
    day: date
    turns: int = 0
    skips: int = 0
    last_turn: int = 0


TICKETS = Table("tickets", Ticket, "ticket")
TURNS = Table("turns", Turns, "agent", "pool", "day")


def _opened(event: Recorded[TicketOpened]) -> Sequence[Statement]:
    return (TICKETS.begin(_ticket(event)),)


def _reopened(event: Recorded[TicketReopened]) -> Sequence[Statement]:
    new = _ticket(event)
    again = {"state": "open", "since": new.since, "ended_at": None}
    return (TICKETS.fold(new.ticket, lambda was: replace(was, **again) if was else new),)


def _unmerged(event: Recorded[TicketUnmerged]) -> Sequence[Statement]:
    new = _ticket(event)
    return (
        TICKETS.fold(
            new.ticket, lambda was: replace(was, state=was.merged_from or "open", ended_at=None) if was else new
        ),
    )


def _ticket(event: Recorded[TicketOpened | Recalled]) -> Ticket:
    said, at = event.data, event.recorded_at
    return Ticket(said.ticket, said.channel, said.section, said.regulation, at, at)


def _migrated(event: Recorded[TicketMigrated]) -> Sequence[Statement]:
    return (TICKETS.set(event.data.ticket, regulation=event.data.regulation),)


def _resolved(event: Recorded[TicketResolved]) -> Sequence[Statement]:
    at = event.recorded_at
    return (TICKETS.change(event.data.ticket, lambda was: replace(was, state="resolved", spans=_over(was.spans, at))),)


def _closed(event: Recorded[TicketClosed | TicketMerged]) -> Sequence[Statement]:
    """It is not deleted: who had it when is what load over a period is counted by (R4-11)."""
    at = event.recorded_at
    ended = "merged" if isinstance(event.data, TicketMerged) else "closed"
    return (
        TICKETS.change(
            event.data.ticket,
            lambda was: replace(was, state=ended, ended_at=at, spans=_over(was.spans, at), merged_from=was.state),
        ),
    )


def _given(event: Recorded[TicketAssigned | TicketTransferred]) -> Sequence[Statement]:
    return (_had(event.data),)


def _had(said: TicketAssigned | TicketTransferred) -> Statement:
    """The ticket once it was given to somebody."""
    group, agent, at = said.group, said.agent, said.at

    def had(was: Ticket) -> Ticket:
        spans = _given_to(was.spans, agent, at) if was.state == "open" else was.spans
        return replace(was, group=group, agent=agent, since=was.since if was.agent == agent else at, spans=spans)

    return TICKETS.change(said.ticket, had)


def _given_to(spans: tuple[Span, ...], agent: str, at: datetime) -> tuple[Span, ...]:
    """Whoever keeps it goes on in his span."""
    if spans and spans[-1].ends is None and spans[-1].agent == agent:
        return spans
    mine = (Span(agent, at),) if agent else ()
    return (*_over(spans, at), *mine)


def _over(spans: tuple[Span, ...], at: datetime) -> tuple[Span, ...]:
    if not spans or spans[-1].ends:
        return spans
    return (*spans[:-1], replace(spans[-1], ends=max(at, spans[-1].starts)))


def _assigned(event: Recorded[TicketAssigned]) -> Sequence[Statement]:
    """Whose turn it was, and who of the group on duty was passed over because he was Offline (D10)."""
    said, because, day = event.data, event.data.because, event.data.at.date()
    away = [each.agent for each in because.candidates if each.excluded == "offline"] if because.pool else ()
    skips = [_skipped((agent, because.pool, day)) for agent in away]
    turns = [_turned((said.agent, because.pool, day), because.turn)] if because.turn else ()
    return (_had(said), *skips, *turns)


def _turned(key: tuple[str, str, date], turn: int) -> Statement:
    def count(was: Turns | None) -> Turns:
        return Turns(*key, was.turns + 1, was.skips, max(was.last_turn, turn)) if was else Turns(*key, 1, 0, turn)

    return TURNS.fold(key, count)


def _skipped(key: tuple[str, str, date]) -> Statement:
    def count(was: Turns | None) -> Turns:
        return Turns(*key, was.turns, was.skips + 1, was.last_turn) if was else Turns(*key, 0, 1)

    return TURNS.fold(key, count)


VIEWS = Views(
    tables=[TICKETS, TURNS],
    ddl=DDL,
    indexes=INDEXES,
    rules={
        TicketOpened: _opened,
        TicketReopened: _reopened,
        TicketResolved: _resolved,
        TicketClosed: _closed,
        TicketMerged: _closed,
        TicketUnmerged: _unmerged,
        TicketMigrated: _migrated,
        TicketAssigned: _assigned,
        TicketTransferred: _given,
    },
)
