"""Tables about work: tickets with everybody who had them, and turns by day."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec
from contracts import Recorded
from contracts.intake import (
    Recalled,
    TicketClosed,
    TicketMerged,
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
        ticket text primary key, number text not null, channel text not null, section text not null,
        state text not null, "group" text not null, agent text not null,
        opened_at timestamptz not null, since timestamptz not null,
        spans jsonb not null, ended_at timestamptz, merged_from text not null
    );
    create table turns (
        agent text not null, pool text not null, day date not null,
        turns int not null, skips int not null, last_turn bigint not null,
        primary key (agent, pool, day)
    );
"""
INDEXES = """
    create index tickets_work on tickets (agent, "group", channel, section, since) where state = 'open';
    create index tickets_lasted on tickets (coalesce(ended_at, 'infinity'), opened_at);
"""


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent had the ticket as open work, from `starts` until `ends` (UTC; None: still)."""

    agent: str
    group: str
    starts: datetime
    ends: datetime | None = None


class Ticket(msgspec.Struct, frozen=True):
    """A ticket: `open`, `resolved`, `closed` or `merged`; `since` is when its agent got it, `spans` who had it when."""

    ticket: str
    number: str
    channel: str
    section: str
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


def _opened(event: Recorded[TicketOpened]) -> Iterator[Statement]:
    yield TICKETS.begin(_ticket(event))


def _reopened(event: Recorded[TicketReopened]) -> Iterator[Statement]:
    new = _ticket(event)
    again = {"state": "open", "since": new.since, "ended_at": None}
    yield TICKETS.fold(new.ticket, lambda was: replace(was, **again) if was else new)


def _unmerged(event: Recorded[TicketUnmerged]) -> Iterator[Statement]:
    new = _ticket(event)
    yield TICKETS.fold(
        new.ticket, lambda was: replace(was, state=was.merged_from or "open", ended_at=None) if was else new
    )


def _ticket(event: Recorded[TicketOpened | Recalled]) -> Ticket:
    said, at = event.data, event.recorded_at
    return Ticket(said.ticket, said.number, said.channel, said.section, at, at)


def _resolved(event: Recorded[TicketResolved]) -> Iterator[Statement]:
    at = event.recorded_at
    yield TICKETS.change(event.data.ticket, lambda was: replace(was, state="resolved", spans=_over(was.spans, at)))


def _closed(event: Recorded[TicketClosed | TicketMerged]) -> Iterator[Statement]:
    """It is not deleted: who had it when is what load over a period is counted by (R4-11)."""
    at = event.recorded_at
    ended = "merged" if isinstance(event.data, TicketMerged) else "closed"
    yield TICKETS.change(
        event.data.ticket,
        lambda was: replace(was, state=ended, ended_at=at, spans=_over(was.spans, at), merged_from=was.state),
    )


def _given(event: Recorded[TicketAssigned | TicketTransferred]) -> Iterator[Statement]:
    said = event.data
    yield TICKETS.change(said.ticket, lambda was: _had(was, said.group, said.agent, said.at))


def _had(was: Ticket, group: str, agent: str, at: datetime) -> Ticket:
    """The ticket once it was given to somebody; whoever keeps it goes on in his span."""
    now = replace(was, group=group, agent=agent, since=was.since if was.agent == agent else at)
    running = was.spans[-1:] and was.spans[-1].ends is None
    if was.state != "open" or (running and was.spans[-1].agent == agent):
        return now
    mine = (Span(agent, group, at),) if agent else ()
    return replace(now, spans=(*_over(was.spans, at), *mine))


def _over(spans: tuple[Span, ...], at: datetime) -> tuple[Span, ...]:
    if not spans or spans[-1].ends:
        return spans
    return (*spans[:-1], replace(spans[-1], ends=max(at, spans[-1].starts)))


def _assigned(event: Recorded[TicketAssigned]) -> Iterator[Statement]:
    """Whose turn it was, and who of the group on duty was passed over because he was Offline (D10)."""
    yield from _given(event)
    said, because, day = event.data, event.data.because, event.data.at.date()
    for each in because.candidates if because.pool else ():
        if each.excluded == "offline":
            yield _counted((each.agent, because.pool, day), skips=1)
    if because.turn:
        yield _counted((said.agent, because.pool, day), turns=1, turn=because.turn)


def _counted(key: tuple[str, str, date], turns: int = 0, skips: int = 0, turn: int = 0) -> Statement:
    def count(was: Turns | None) -> Turns:
        row = was or Turns(*key)
        last = max(row.last_turn, turn)
        return replace(row, turns=row.turns + turns, skips=row.skips + skips, last_turn=last)

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
        TicketAssigned: _assigned,
        TicketTransferred: _given,
    },
)
