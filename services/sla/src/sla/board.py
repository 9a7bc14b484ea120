"""The board: open promises by urgency, first page in the same time however many there are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
from pydantic import BaseModel

from sla.answers import Standing, standing, told
from sla.domain.promise import AUTO_CLOSE
from sla.state import State

COLUMNS = "clock, ticket, name, owner, plan, state, target, due_at, warned, overdue, breached_at, because, regulation"
FILTERS = {
    "open": f"ended_at is null and name <> '{AUTO_CLOSE}'",
    "breached": "ended_at is null and overdue",
    "at_risk": "ended_at is null and warned > 0 and not overdue",
}
PAGE = """
select {columns} from clocks
where {only} and ($1::text is null or (urgency, clock) > (select urgency, clock from clocks where clock = $1))
order by urgency, clock limit $2
"""


class Line(BaseModel):
    """One open clock; `due_at` is null while it waits for the requester."""

    id: str
    ticket: str
    clock: str
    owner: str
    plan: str
    category: str
    priority: str
    state: Standing
    at_risk: bool
    overdue: bool
    target: str
    due_at: datetime | None


class Board(BaseModel):
    """How many clocks are open, at risk (warned) and overdue, and the most urgent of them; `next` reads on."""

    open: int
    at_risk: int
    breached: int
    clocks: list[Line]
    next: str | None


async def board(pool: asyncpg.Pool, state: State, only: str, after: str | None, limit: int) -> Board:
    """One page of the board."""
    rows = await pool.fetch(PAGE.format(columns=COLUMNS, only=FILTERS[only]), after, limit)
    totals = state.totals
    return Board(
        open=sum(count for plan, count in totals.open.items() if plan != AUTO_CLOSE),
        at_risk=totals.warned,
        breached=totals.overdue,
        clocks=[_line(dict(row)) for row in rows],
        next=rows[-1]["clock"] if len(rows) == limit else None,
    )


def _line(row: Mapping[str, Any]) -> Line:  # Any: a database row
    why = told(row["because"])
    return Line(
        id=row["clock"],
        ticket=row["ticket"],
        clock=row["name"],
        owner=row["owner"],
        plan=row["plan"],
        category=why.category,
        priority=why.priority,
        state=standing(row["state"], breached=row["breached_at"] is not None),
        at_risk=row["warned"] > 0 and not row["overdue"],
        overdue=row["overdue"],
        target=why.written,
        due_at=row["due_at"],
    )
