"""What another version of a regulation would do to a ticket's clocks, decided by the code that does it (D2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from contracts.intake import TicketMigrated
from contracts.sla import BudgetSpent, ClockRetargeted, ClockStarted, DeadlineBreached, VendorOverran

from sla.domain import clock as clocks
from sla.domain.changing import OfClock, change
from sla.domain.clock import CANCELLED, PAUSED, Clock
from sla.domain.deciding import decide, wanted_of
from sla.domain.moments import moment, second
from sla.domain.retargeting import Occasion
from sla.domain.rules import Rules
from sla.domain.ticket import Ticket
from sla.domain.timing import Decision

Missing = DeadlineBreached | VendorOverran | BudgetSpent
Versions = Mapping[str, Rules]
Outcome = Literal["moved", "unchanged", "started", "cancelled"]
SUPPOSED = str(UUID(int=0))
"""The id of a migration that has not happened: clocks that it would start are named by it for as long as one looks."""


class Side(NamedTuple):
    """A clock before or after: its plan, its target as written and in seconds, its deadline (None while it waits)."""

    plan: str
    written: str
    target: int
    due: datetime | None


class Move(NamedTuple):
    """What becomes of one clock; `missed` when its new deadline is past already."""

    clock: str
    name: str
    outcome: Outcome
    old: Side | None
    new: Side | None
    missed: bool


def moves(name: str, ticket: Ticket, to: Rules, known: Versions, at: datetime) -> list[Move]:
    """What becomes of a ticket's clocks if it is migrated at this moment; raises UnknownTermError, WorkingTimeError."""
    versions = {**known, to.key: to}
    said: dict[str, list[Decision]] = {}
    for decision in decide(ticket, Occasion(SUPPOSED, TicketMigrated, at, second(at), name, to), versions):
        said.setdefault(decision.clock, []).append(decision)
    return [_move(ticket, ticket.clock(clock), decided, versions) for clock, decided in said.items()]


def _move(ticket: Ticket, before: Clock | None, decided: list[Decision], versions: Versions) -> Move:
    after = _played(before, decided, versions)
    written = [each.event.because.written for each in decided if isinstance(each.event, ClockStarted | ClockRetargeted)]
    old = _side(before, _written(ticket, before, versions)) if before else None
    new = _side(after, written[-1]) if written else None
    due = {each.event.due_at for each in decided if isinstance(each.event, Missing)}
    missed = moment(after.due) in due and (before is None or before.due != after.due)
    return Move(after.id, after.name, _outcome(before, after), old, new, missed)


def _played(before: Clock | None, decided: list[Decision], versions: Versions) -> Clock:
    """The clock after what was decided about it."""
    clock = msgspec.structs.replace(before) if before else None
    for decision in decided:
        if isinstance(decision.event, ClockStarted):
            clock = clocks.started(decision.event, "", decision.rules)
        elif clock and isinstance(decision.event, OfClock):
            change(clock, decision.event, "", decision.rules, versions)
    assert clock is not None, "what is said of a clock that is not there begins with its start"
    return clock


def _outcome(before: Clock | None, after: Clock) -> Outcome:
    if before is None:
        return "started"
    if after.state is CANCELLED:
        return "cancelled"
    same = (before.plan, before.target, before.due) == (after.plan, after.target, after.due)
    return "unchanged" if same else "moved"


def _side(clock: Clock, written: str) -> Side:
    waits = clock.state is PAUSED and not clock.overdue
    return Side(clock.plan, written, clock.target, None if waits else moment(clock.due))


def _written(ticket: Ticket, clock: Clock, versions: Versions) -> str:
    """How the version that a clock is under writes its target."""
    promised = {each.name: each for each in wanted_of(ticket, versions[clock.rules])}
    return promised[clock.name].longest(moment(clock.started)).written if clock.name in promised else ""
