"""What happened to a clock and because of what: its own events, each with the ticket's event that it answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from contracts import Event, Recorded, wire_type
from contracts.intake import PriorityChanged, TicketClosed, TicketEscalated, TicketEstimated, TicketMigrated
from contracts.reasons import Deadline
from contracts.sla import BudgetSpent, DeadlineApproaching, DeadlineBreached, VendorOverran
from pydantic import BaseModel

from sla.domain.alternative import otherwise
from sla.domain.explaining import Aiming, Explanation, Rest, Told
from sla.domain.moments import moment, second
from sla.domain.rules import Rules
from sla.domain.ticket import HEARD

REASONED = TicketEscalated | PriorityChanged | TicketEstimated | TicketMigrated | TicketClosed
MISSED = DeadlineBreached | VendorOverran | BudgetSpent


class Occurrence(BaseModel):
    """An event of the ticket that moved the clock: which, when it was recorded, by whom and with what reason."""

    event: str
    type: str
    at: datetime
    by: str
    why: str = ""


class Cell(BaseModel):
    """What was promised, as written; `otherwise` is the deadline under the other meaning of a day (A-1)."""

    regulation: str
    plan: str
    category: str
    priority: str
    written: str
    calendar: str
    target_seconds: int
    otherwise: datetime | None


class Pause(BaseModel):
    """A time that does not count: the requester was asked, or the ticket was elsewhere. `until` is null while so."""

    reason: Literal["waiting", "elsewhere"]
    since: datetime
    until: datetime | None
    working_seconds: int
    cause: Occurrence | None
    ended_by: Occurrence | None


class Turn(BaseModel):
    """What set or moved the deadline: who did what, why, and both sides of the change."""

    cause: str
    by: Occurrence | None
    cell: Cell
    target_before: int | None
    due_at: datetime
    due_before: datetime | None


class Missed(BaseModel):
    """A deadline that passed: a breach, a vendor's overrun or the end of a soft budget; `late` when noticed late."""

    type: str
    due_at: datetime
    late: int
    cause: str = ""


class History(BaseModel):
    """What happened to a clock, in order."""

    started_by: Occurrence | None
    pauses: list[Pause]
    turns: list[Turn]
    warnings: list[tuple[int, datetime]]
    missed: list[Missed]
    ended_at: datetime | None
    ended_by: Occurrence | None


class Causes:
    """The ticket's events by id, to name what a clock's events answered."""

    def __init__(self, events: Sequence[Recorded[Event]]) -> None:
        self._events = {each.id: each for each in events}
        self._heard = {second(each.recorded_at): each for each in events if isinstance(each.data, HEARD)}

    def of(self, told: Told | None) -> Occurrence | None:
        """The event that a clock's event answered; what a timer said answers none of the ticket's."""
        found = self._events.get(told.meta.causation) if told else None
        return _occurrence(found) if found else None

    def since(self, told: Told | None, at: datetime) -> Occurrence | None:
        """As above, of a gap's edge: where the clock was promised later, what happened at that moment then."""
        found = self._events.get(told.meta.causation) if told else None
        then = self._heard.get(second(at)) if found and second(found.recorded_at) > second(at) else None
        return _occurrence(then) if then else self.of(told)


def _occurrence(found: Told) -> Occurrence:
    why = found.data.reason if isinstance(found.data, REASONED) else ""
    kind, at = wire_type(type(found.data)), found.recorded_at
    return Occurrence(event=found.id, type=kind, at=at, by=found.meta.actor, why=why)


def history(clock: Sequence[Told], ticket: Sequence[Told], found: Explanation, rules: Mapping[str, Rules]) -> History:
    """What a clock's events said, each with its cause among the ticket's."""
    causes, said, start = Causes(ticket), [each.data for each in clock], moment(found.clock.started)
    return History(
        started_by=causes.of(clock[0]),
        pauses=[_pause(rest, causes) for rest in found.rests],
        turns=[_turn(each, causes, cell_of(each, start, rules)) for each in found.aimings],
        warnings=[(each.percent, each.at) for each in said if isinstance(each, DeadlineApproaching)],
        missed=[_missed(each) for each in said if isinstance(each, MISSED)],
        ended_at=moment(found.clock.since) if found.ended else None,
        ended_by=causes.of(found.ended),
    )


def _missed(said: MISSED) -> Missed:
    cause = said.cause if isinstance(said, DeadlineBreached) else ""
    return Missed(type=wire_type(type(said)), due_at=said.due_at, late=said.late, cause=cause)


def _pause(rest: Rest, causes: Causes) -> Pause:
    return Pause(
        reason="waiting" if rest.waiting else "elsewhere",
        since=rest.since,
        until=rest.until if rest.ended else None,
        working_seconds=rest.worked,
        cause=causes.since(rest.begun, rest.since),
        ended_by=causes.since(rest.ended, rest.until),
    )


def _turn(aiming: Aiming, causes: Causes, cell: Cell) -> Turn:
    return Turn(
        cause=aiming.because.cause or "started",
        by=causes.of(aiming.said),
        cell=cell,
        target_before=aiming.target_before,
        due_at=aiming.due,
        due_before=aiming.due_before,
    )


def cell_of(aiming: Aiming, started: datetime, rules: Mapping[str, Rules]) -> Cell:
    """The promise that set a deadline of a clock that began then."""
    why: Deadline = aiming.because
    return Cell(
        regulation=aiming.said.meta.regulation,
        plan=why.plan,
        category=why.category,
        priority=why.priority,
        written=why.written,
        calendar=why.calendar,
        target_seconds=aiming.target,
        otherwise=otherwise(why, started, rules[aiming.said.meta.regulation]),
    )
