"""What people look up: every clock there ever was, one row each, kept from the clocks' own events."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from contracts import Recorded
from contracts.reasons import Deadline
from contracts.sla import (
    AutoCloseDue,
    BudgetSpent,
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
from eventlog.tables import Statement, Table, Views
from msgspec.structs import replace

from sla.domain.warning import also_told, still_told

DDL = """
create table clocks (
    clock text primary key,
    ticket text not null,
    name text not null,
    owner text not null,
    plan text not null,
    state text not null,
    target int not null,
    started_at timestamptz not null,
    due_at timestamptz,
    urgency timestamptz not null generated always as (coalesce(due_at, timestamptz 'infinity')) stored,
    worked int not null,
    paused int not null,
    warned int not null,
    told int[] not null,
    overdue bool not null,
    breached_at timestamptz,
    ended_at timestamptz,
    because json not null,
    regulation text not null,
    updated bigint not null
);
"""
INDEXES = """
create index clocks_of_ticket on clocks (ticket, started_at);
create index clocks_open on clocks (urgency, clock) where ended_at is null and name <> 'auto-close';
create index clocks_overdue on clocks (urgency, clock) where ended_at is null and overdue;
create index clocks_at_risk on clocks (urgency, clock) where ended_at is null and warned > 0 and not overdue;
"""


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock; `target`, `worked` and `paused` are seconds, `updated` is the position of its last event.

    `told` are the warnings given that still hold, in percent, `warned` the last of them.
    """

    clock: str
    ticket: str
    name: str
    owner: str
    plan: str
    target: int
    started_at: datetime
    due_at: datetime | None
    because: Deadline
    regulation: str
    updated: int
    state: str = "running"
    worked: int = 0
    paused: int = 0
    warned: int = 0
    told: tuple[int, ...] = ()
    overdue: bool = False
    breached_at: datetime | None = None
    ended_at: datetime | None = None


CLOCKS = Table("clocks", Clock, "clock")


def _of(event: Recorded[Any]) -> str:  # Any: whatever a clock says
    return event.stream.removeprefix("clock-")


def _set(event: Recorded[Any], **values: object) -> Statement:  # Any: as above
    return CLOCKS.set(_of(event), updated=event.position, **values)


def _started(event: Recorded[ClockStarted]) -> Iterator[Statement]:
    said = event.data
    yield CLOCKS.begin(
        Clock(
            clock=_of(event), ticket=said.ticket, name=said.name, owner=said.owner, plan=said.because.plan,
            target=said.target, started_at=said.at, due_at=said.due_at, because=said.because,
            regulation=event.meta.regulation, updated=event.position,
        )
    )  # fmt: skip


def _paused(event: Recorded[ClockPaused]) -> Iterator[Statement]:
    def pause(was: Clock) -> Clock:
        worked, due = max(was.worked, was.target - event.data.left), was.due_at if was.overdue else None
        return replace(was, updated=event.position, state="paused", worked=worked, due_at=due)

    yield CLOCKS.change(_of(event), pause)


def _resumed(event: Recorded[ClockResumed]) -> Iterator[Statement]:
    yield _set(event, state="running", ended_at=None, due_at=event.data.due_at, because=event.data.because)


def _retargeted(event: Recorded[ClockRetargeted]) -> Iterator[Statement]:
    yield CLOCKS.change(_of(event), lambda was: _moved(was, event))


def _moved(was: Clock, event: Recorded[ClockRetargeted]) -> Clock:
    """One that stays where it is remains missed; while a clock waits, another one is not fixed."""
    said = event.data
    overdue, told = was.overdue and was.due_at == said.due_at, still_told(was.told, said)
    return replace(
        was,
        updated=event.position,
        plan=said.because.plan,
        target=said.target,
        overdue=overdue,
        warned=max(told, default=0),
        told=told,
        due_at=None if was.state == "paused" and not overdue else said.due_at,
        because=said.because,
        regulation=event.meta.regulation,
    )


def _approaching(event: Recorded[DeadlineApproaching]) -> Iterator[Statement]:
    def warn(was: Clock) -> Clock:
        told = also_told(was.told, event.data.percent)
        return replace(was, updated=event.position, warned=told[-1], told=told)

    yield CLOCKS.change(_of(event), warn)


def _breached(event: Recorded[DeadlineBreached]) -> Iterator[Statement]:
    due, missed = event.data.due_at, {"updated": event.position, "overdue": True}
    yield CLOCKS.change(_of(event), lambda was: replace(was, due_at=due, breached_at=was.breached_at or due, **missed))


def _overran(event: Recorded[VendorOverran | BudgetSpent]) -> Iterator[Statement]:
    yield _set(event, overdue=True, due_at=event.data.due_at)


def _met(event: Recorded[ClockMet]) -> Iterator[Statement]:
    said = event.data
    yield _set(event, state="met", ended_at=said.at, worked=said.worked, paused=said.paused)


def _cancelled(event: Recorded[ClockCancelled]) -> Iterator[Statement]:
    yield _set(event, state="cancelled", ended_at=event.data.at)


def _fired(event: Recorded[AutoCloseDue]) -> Iterator[Statement]:
    ended = {"updated": event.position, "state": "met", "ended_at": event.data.at}
    yield CLOCKS.change(_of(event), lambda was: replace(was, worked=was.target, **ended))


VIEWS = Views(
    tables=[CLOCKS],
    ddl=DDL,
    indexes=INDEXES,
    rules={
        ClockStarted: _started,
        ClockPaused: _paused,
        ClockResumed: _resumed,
        ClockRetargeted: _retargeted,
        DeadlineApproaching: _approaching,
        DeadlineBreached: _breached,
        VendorOverran: _overran,
        BudgetSpent: _overran,
        ClockMet: _met,
        ClockCancelled: _cancelled,
        AutoCloseDue: _fired,
    },
)
