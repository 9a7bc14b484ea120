"""`GET /tickets/{ticket}/clocks/{clock}/explain`: why a deadline is where it is, for a person who doubts it (D3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contracts import Event, Recorded
from pydantic import BaseModel

from sla.answers import Standing, Title, standing, title_of
from sla.domain.explaining import explained
from sla.domain.measuring import waited, worked
from sla.domain.moments import moment, second
from sla.domain.rules import Rules
from sla.story import Cell, History, cell_of, history

Slices = list[tuple[datetime, datetime]]


class Measured(BaseModel):
    """A clock, from the event that started it to its deadline.

    `slices` sum to `target_seconds` and end at `due_at`; `spent` sum to `worked_seconds`. While it waits, the deadline
    is not fixed and `projected` is true: it would fall there if the clock ran on now.
    """

    ticket: str
    clock: str
    id: str
    owner: str
    state: Standing
    soft: bool
    advice: Title | None
    as_of: datetime
    started_at: datetime
    cell: Cell
    target_seconds: int
    slices: Slices
    due_at: datetime
    projected: bool
    spent: Slices
    worked_seconds: int
    paused_seconds: int


class Explained(History, Measured):
    """A clock explained: what it measures and what happened to it."""


def explain(
    clock: Sequence[Recorded[Event]], ticket: Sequence[Recorded[Event]], rules: Mapping[str, Rules], at: datetime
) -> Explained:
    """The clock of this stream, on the ticket of that one."""
    found = explained(clock, rules, at)
    kept, under = found.clock, rules[found.clock.rules]
    hours = under.hours(kept.calendar)
    return Explained(
        ticket=getattr(clock[0].data, "ticket", ""),
        clock=kept.name,
        id=kept.id,
        owner=kept.owner,
        state=standing(kept.state, breached=kept.breached),
        soft=kept.name in under.soft,
        advice=title_of(under.advice(kept.name)),
        as_of=at,
        started_at=moment(kept.started),
        cell=cell_of(found.aimings[-1], moment(kept.started), rules),
        target_seconds=kept.target,
        slices=list(found.slices),
        due_at=found.due,
        projected=found.projected,
        spent=list(found.spent),
        worked_seconds=worked(hours, kept, second(at)),
        paused_seconds=waited(hours, kept, second(at)),
        **dict(history(clock, ticket, found, rules)),
    )
