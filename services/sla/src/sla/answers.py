"""What the doors answer: clocks with what is spent of them as of a moment. Spans are whole seconds, moments UTC."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from contracts.reasons import Deadline
from pydantic import BaseModel
from regulation.term import Title as Text

from sla.domain.alternative import otherwise
from sla.domain.clock import CANCELLED, PAUSED, Clock
from sla.domain.measuring import waited, worked
from sla.domain.moments import moment, second
from sla.domain.rules import Rules


class Standing(StrEnum):
    """How a clock is seen from outside: a missed deadline outweighs what the clock does now."""

    running = "running"
    paused = "paused"
    met = "met"
    breached = "breached"
    cancelled = "cancelled"


class Title(BaseModel):
    """A text in both product languages."""

    ru: str
    en: str


class Because(BaseModel):
    """Why a deadline is where it is: the plan's cell as written; the slices sum to the target to the second (D3).

    `otherwise` is where it would fall under the other meaning of a day, where that differs (A-1).
    """

    plan: str
    category: str
    priority: str
    written: str
    calendar: str
    slices: list[tuple[datetime, datetime]] = []
    cause: str = ""
    otherwise: datetime | None = None


class ClockAnswer(BaseModel):
    """One clock; `due_at` is null while it waits.

    `overran` says that a vendor took longer than stated (A-5) or that a `soft` budget is spent (A-27): no breach.
    """

    clock: str
    id: str
    owner: str
    plan: str
    target: str
    target_seconds: int
    state: Standing
    started_at: datetime
    due_at: datetime | None
    worked_seconds: int
    paused_seconds: int
    overran: bool
    breached_at: datetime | None = None
    soft: bool = False
    advice: Title | None = None
    because: Because
    regulation: str


def standing(state: str, *, breached: bool) -> Standing:
    """How a clock in this state is seen."""
    return Standing.breached if breached and state != CANCELLED else Standing(state)


def title_of(text: Text | None) -> Title | None:
    """A regulation's text as an answer shows it."""
    return Title(ru=text.ru, en=text.en) if text else None


def softness(name: str, rules: Rules) -> dict[str, Any]:  # Any: the fields of a ClockAnswer
    """Whether a clock is a soft budget, and what its end advises (A-27)."""
    return {"soft": name in rules.soft, "advice": title_of(rules.advice(name))}


def told(written: str) -> Deadline:
    """An explanation from its stored JSON."""
    return msgspec.json.decode(written, type=Deadline)


def because(why: Deadline, started: datetime, rules: Rules) -> Because:
    """The explanation of a clock that began then, as its rules mean it."""
    said = Because.model_validate(msgspec.to_builtins(why, builtin_types=[datetime]))
    return said.model_copy(update={"otherwise": otherwise(why, started, rules)})


def measured(clock: Clock, rules: Rules, at: datetime) -> dict[str, Any]:  # Any: the fields of a ClockAnswer
    """What a remembered clock shows as of `at`."""
    hours, now = rules.hours(clock.calendar), second(at)
    return {
        "state": standing(clock.state, breached=clock.breached),
        "due_at": None if clock.state is PAUSED and not clock.overdue else moment(clock.due),
        "worked_seconds": worked(hours, clock, now),
        "paused_seconds": waited(hours, clock, now),
        "overran": clock.overdue and not clock.breached,
        **softness(clock.name, rules),
    }


def from_clock(clock: Clock, why: Deadline, rules: Rules, at: datetime) -> ClockAnswer:
    """A clock that lives in memory, explained."""
    return ClockAnswer(
        clock=clock.name,
        id=clock.id,
        owner=clock.owner,
        plan=clock.plan,
        target=why.written,
        target_seconds=clock.target,
        started_at=moment(clock.started),
        because=because(why, moment(clock.started), rules),
        regulation=clock.rules,
        **measured(clock, rules, at),
    )


def from_row(row: Mapping[str, Any], rules: Rules) -> ClockAnswer:  # Any: a database row
    """A clock as its row shows it, under its rules."""
    why = told(row["because"])
    return ClockAnswer(
        clock=row["name"],
        id=row["clock"],
        owner=row["owner"],
        plan=row["plan"],
        target=why.written,
        target_seconds=row["target"],
        state=standing(row["state"], breached=row["breached_at"] is not None),
        started_at=row["started_at"],
        due_at=row["due_at"],
        worked_seconds=row["worked"],
        paused_seconds=row["paused"],
        overran=row["overdue"] and row["breached_at"] is None,
        breached_at=row["breached_at"],
        because=because(why, row["started_at"], rules),
        regulation=row["regulation"],
        **softness(row["name"], rules),
    )
