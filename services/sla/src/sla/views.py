"""What people look up: every clock there ever was, one row each, kept from the clocks' own events."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from contracts import Event, Recorded
from contracts.reasons import Deadline
from contracts.sla import (
    AutoCloseDue,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    DeadlineApproaching,
    DeadlineBreached,
    VendorOverran,
)
from eventlog.reactor import Statement

TABLES = ("clocks",)
DDL = """
create table if not exists clocks (
    clock text primary key,
    ticket text not null,
    name text not null,
    owner text not null,
    plan text not null,
    state text not null default 'running',
    target int not null,
    started_at timestamptz not null,
    due_at timestamptz,
    urgency timestamptz not null generated always as (coalesce(due_at, timestamptz 'infinity')) stored,
    worked int not null default 0,
    paused int not null default 0,
    warned int not null default 0,
    overdue bool not null default false,
    breached_at timestamptz,
    ended_at timestamptz,
    because json not null,
    regulation text not null,
    updated bigint not null
);
create index if not exists clocks_of_ticket on clocks (ticket, started_at);
create index if not exists clocks_open on clocks (urgency, clock) where ended_at is null and name <> 'auto-close';
create index if not exists clocks_overdue on clocks (urgency, clock) where ended_at is null and overdue;
create index if not exists clocks_at_risk on clocks (urgency, clock)
    where ended_at is null and warned > 0 and not overdue;
"""

STARTED = """
insert into clocks (clock, updated, started_at, ticket, name, owner, plan, target, due_at, because, regulation)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::json, $11) on conflict (clock) do nothing
"""
PAUSED = """
update clocks set updated = $2, state = 'paused', worked = greatest(worked, target - $3),
    due_at = case when overdue then due_at end where clock = $1
"""
RESUMED = """
update clocks set updated = $2, state = 'running', ended_at = null, due_at = $3, because = $4::text::json
where clock = $1
"""
RETARGETED = """
update clocks set updated = $2, plan = $3, target = $4, overdue = overdue and due_at is not distinct from $5,
    warned = case when $5 <= due_at then warned else 0 end,
    due_at = case when state = 'paused' then due_at else $5 end, because = $6::text::json, regulation = $7
where clock = $1
"""
APPROACHING = "update clocks set updated = $2, warned = greatest(warned, $3) where clock = $1"
BREACHED = """
update clocks set updated = $2, overdue = true, due_at = $3, breached_at = coalesce(breached_at, $3) where clock = $1
"""
OVERRAN = "update clocks set updated = $2, overdue = true, due_at = $3 where clock = $1"
MET = "update clocks set updated = $2, state = 'met', ended_at = $3, worked = $4, paused = $5 where clock = $1"
CANCELLED = "update clocks set updated = $2, state = 'cancelled', ended_at = $3 where clock = $1"
FIRED = "update clocks set updated = $2, state = 'met', ended_at = $3, worked = target where clock = $1"


class Written(NamedTuple):
    """How events of one kind change rows: SQL whose first two parameters are the clock and the position."""

    sql: str
    values: Callable[[Any, str], tuple[object, ...]]  # Any: each kind of event has fields of its own


def _json(because: Deadline) -> str:
    return msgspec.json.encode(because).decode()


def _begun(said: ClockStarted, rules: str) -> tuple[object, ...]:
    cell = (said.because.plan, said.target, said.due_at, _json(said.because), rules)
    return said.at, said.ticket, said.name, said.owner, *cell


def _moved(said: ClockRetargeted, rules: str) -> tuple[object, ...]:
    return said.because.plan, said.target, said.due_at, _json(said.because), rules


ROWS: Mapping[type, Written] = {
    ClockStarted: Written(STARTED, _begun),
    ClockPaused: Written(PAUSED, lambda said, _: (said.left,)),
    ClockResumed: Written(RESUMED, lambda said, _: (said.due_at, _json(said.because))),
    ClockRetargeted: Written(RETARGETED, _moved),
    DeadlineApproaching: Written(APPROACHING, lambda said, _: (said.percent,)),
    DeadlineBreached: Written(BREACHED, lambda said, _: (said.due_at,)),
    VendorOverran: Written(OVERRAN, lambda said, _: (said.due_at,)),
    ClockMet: Written(MET, lambda said, _: (said.at, said.worked, said.paused)),
    ClockCancelled: Written(CANCELLED, lambda said, _: (said.at,)),
    AutoCloseDue: Written(FIRED, lambda said, _: (said.at,)),
}


def project(events: Sequence[Recorded[Event]]) -> Iterator[Statement]:
    """Rows for the clocks' events, many to a statement: only the order within one clock matters."""
    rounds: defaultdict[int, defaultdict[str, list[tuple[object, ...]]]] = defaultdict(lambda: defaultdict(list))
    seen: defaultdict[str, int] = defaultdict(int)
    for event in events:
        if written := ROWS.get(type(event.data)):
            clock = event.stream.removeprefix("clock-")
            values = written.values(event.data, event.meta.regulation)
            rounds[seen[clock]][written.sql].append((clock, event.position, *values))
            seen[clock] += 1
    for statements in rounds.values():
        yield from (Statement(sql, rows) for sql, rows in statements.items())
