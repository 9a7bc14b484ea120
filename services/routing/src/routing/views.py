"""Routing's tables: agents, shifts, open tickets, and turns by day. A row's first value names what it is about."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from contracts import Event, Recorded
from contracts.intake import TicketClosed, TicketOpened, TicketReopened, TicketResolved
from contracts.routing import (
    AgentRegistered,
    AgentWentOffline,
    AgentWentOnline,
    ShiftPlanned,
    ShiftWithdrawn,
    TicketAssigned,
    TicketTransferred,
)
from eventlog.reactor import Statement, Views

DDL = """
    create table if not exists agents (
        agent text primary key, name text not null, email text not null, telegram text not null,
        language text not null, groups text[] not null, in_distribution bool not null,
        chat bool not null default false, requests bool not null default false
    );
    create table if not exists shifts (
        agent text not null, roster text not null, starts timestamptz not null, ends timestamptz not null,
        primary key (roster, agent, starts, ends)
    );
    create index if not exists shifts_ends on shifts (ends);
    create table if not exists tickets (
        ticket text primary key, number text not null, channel text not null, section text not null,
        state text not null, "group" text not null default '', agent text not null default '',
        opened_at timestamptz not null, since timestamptz not null
    );
    create index if not exists tickets_work on tickets (agent, "group", channel, section, since) where state = 'open';
    create table if not exists turns (
        agent text not null, pool text not null, day date not null,
        turns int not null default 0, skips int not null default 0, last_turn bigint not null default 0,
        primary key (agent, pool, day)
    );
"""
VIEWS = Views(tables=("agents", "shifts", "tickets", "turns"), ddl=DDL)

REGISTER = """
    insert into agents (agent, name, email, telegram, language, groups, in_distribution)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (agent) do update set
    name = excluded.name, email = excluded.email, telegram = excluded.telegram, language = excluded.language,
    groups = excluded.groups, in_distribution = excluded.in_distribution
"""
PRESENCE = {
    "chat": "update agents set chat = $2 where agent = $1",
    "requests": "update agents set requests = $2 where agent = $1",
}
PLAN = "insert into shifts (agent, roster, starts, ends) values ($1, $2, $3, $4) on conflict do nothing"
WITHDRAW = "delete from shifts where agent = $1 and roster = $2 and starts = $3 and ends = $4"
OPEN = """
    insert into tickets (ticket, number, channel, section, state, opened_at, since)
    values ($1, $2, $3, $4, 'open', $5, $5) on conflict (ticket) do update set state = 'open', since = excluded.since
"""
RESOLVE = "update tickets set state = 'resolved' where ticket = $1"
CLOSE = "delete from tickets where ticket = $1"
GIVE = """update tickets set "group" = $2, agent = $3, since = case when agent = $3 then since else $4 end
    where ticket = $1"""
TURNS = """
    insert into turns as t (agent, pool, day, turns, skips, last_turn) values ($1, $2, $3, $4, $5, $6)
    on conflict (agent, pool, day) do update set turns = t.turns + excluded.turns,
    skips = t.skips + excluded.skips, last_turn = greatest(t.last_turn, excluded.last_turn)
"""


def project(events: Sequence[Recorded[Event]]) -> Iterator[Statement]:
    """How the tables change, event by event; turns are summed up over the page first."""
    tally: dict[tuple[str, str, date], list[int]] = {}
    for event in events:
        yield from _work(event)
        yield from _people(event.data)
        if isinstance(event.data, TicketAssigned):
            _count(tally, event.data)
    if tally:
        yield Statement(TURNS, [(*key, *figures) for key, figures in sorted(tally.items())])


def _people(said: Event) -> Iterable[Statement]:
    match said:
        case AgentRegistered():
            card = (said.agent, said.name, said.email, said.telegram, said.language)
            return [Statement(REGISTER, [(*card, list(said.groups), said.in_distribution)])]
        case AgentWentOnline(agent=agent, section=section):
            return [Statement(PRESENCE[section], [(agent, True)])]
        case AgentWentOffline(agent=agent, section=section):
            return [Statement(PRESENCE[section], [(agent, False)])]
        case ShiftPlanned() | ShiftWithdrawn():
            sql = PLAN if isinstance(said, ShiftPlanned) else WITHDRAW
            return [Statement(sql, [(said.agent, said.roster, said.starts, said.ends)])]
    return ()


def _work(event: Recorded[Event]) -> Iterable[Statement]:
    match event.data:
        case TicketOpened() | TicketReopened() as said:
            row = (said.ticket, said.number, said.channel, said.section, event.recorded_at)
            return [Statement(OPEN, [row])]
        case TicketResolved(ticket=ticket):
            return [Statement(RESOLVE, [(ticket,)])]
        case TicketClosed(ticket=ticket):
            return [Statement(CLOSE, [(ticket,)])]
        case TicketTransferred() | TicketAssigned() as said:
            return [Statement(GIVE, [(said.ticket, said.group, said.agent, said.at)])]
    return ()


def _count(tally: dict[tuple[str, str, date], list[int]], said: TicketAssigned) -> None:
    """Whose turn it was, and who of the group on duty was passed over because he was Offline (D10)."""
    pool, day = said.because.pool, said.at.date()
    for each in said.because.candidates if pool else ():
        if each.excluded == "offline":
            tally.setdefault((each.agent, pool, day), [0, 0, 0])[1] += 1
    if said.because.turn:
        mine = tally.setdefault((said.agent, pool, day), [0, 0, 0])
        mine[0], mine[2] = mine[0] + 1, max(mine[2], said.because.turn)
