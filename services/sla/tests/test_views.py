"""The rows of the view, on a real PostgreSQL, are what the state says."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
import pytest
from contracts import Event, Recorded
from eventlog.store import New
from sla.answers import ClockAnswer, from_row
from sla.board import board
from sla.domain.moments import moment
from sla.views import VIEWS
from testkit.servers import Database
from testkit.viewing import write as written

Desk = Any
Make = Callable[..., Any]


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(database.url_for("sla"), min_size=1, max_size=1) as made:
        await made.execute(VIEWS.ddl + VIEWS.indexes)
        yield made


def placed(said: Sequence[New], after: int = 0) -> list[Recorded[Event]]:
    return [
        Recorded(
            position=after + place,
            id=new.id,
            stream=new.stream,
            version=1,
            recorded_at=new.event.at,
            data=new.event,
            meta=new.meta,
        )
        for place, new in enumerate(said, 1)
    ]


async def write(pool: asyncpg.Pool, events: Sequence[Recorded[Event]]) -> None:
    await written(pool, [*VIEWS.project(events)])


def lived(desk: Desk) -> None:
    """A life with everything in it."""
    desk.opened("2026-03-02 10:00")
    desk.asked("2026-03-02 10:15")
    desk.answered("2026-03-02 12:00")
    desk.prioritized("2026-03-02 12:10", "urgent")
    for minute, stage in enumerate(("level2", "level3", "level4", "level3")):
        desk.escalated(f"2026-03-03 10:0{minute}", stage)
    desk.asked("2026-03-03 11:00")
    desk.answered("2026-03-03 12:00")
    desk.resolved("2026-03-30 10:00")
    desk.answered("2026-03-30 12:00")


async def answers(desk: Desk, pool: asyncpg.Pool) -> dict[str, ClockAnswer]:
    rules = desk.decider.state.rules
    rows = await pool.fetch("select * from clocks")
    return {row["clock"]: from_row(dict(row), rules[row["regulation"]]) for row in rows}


@pytest.mark.parametrize("page", [1, 3, 1000])
async def test_rows_agree_with_the_state_however_the_log_is_paged(desk: Desk, pool: asyncpg.Pool, page: int) -> None:
    lived(desk)
    events = placed(desk.said)
    for start in range(0, len(events), page):
        await write(pool, events[start : start + page])
    rows = await answers(desk, pool)
    for clock in desk.decider.state.tickets["t"].clocks:
        seen = rows[clock.id]
        told = (seen.target_seconds, seen.due_at, seen.paused_seconds, seen.plan, seen.state == "breached")
        assert told == (clock.target, moment(clock.due), clock.paused, clock.plan, clock.breached)
    assert len(rows) == 5


async def test_rows_of_metrics_budgets_and_migrations_agree_with_the_state(
    desk_of: Make, regulation_of: Make, pool: asyncpg.Pool
) -> None:
    desk = desk_of(regulation_of(lambda document: document["metrics"][0].update(soft=True)))
    desk.publish(regulation_of(lambda document: document.update(version="2", metrics=document["metrics"][:2])))
    desk.opened("2026-03-16 10:00", category="new-function", regulation="metered@1")
    for verb, *what in (("escalated", "level3"), ("estimated", "level3", "20 дней"), ("migrated", "metered@2")):
        getattr(desk, verb)("2026-03-16 16:00", *what)
    desk.replied("2026-03-16 17:00")
    await write(pool, placed(desk.said))
    rows = await answers(desk, pool)
    for clock in desk.decider.state.tickets["t"].clocks:
        seen = rows[clock.id]
        overran = clock.overdue and not clock.breached
        told = (seen.target_seconds, seen.due_at, seen.overran, seen.regulation)
        assert told == (clock.target, moment(clock.due), overran, clock.rules)
    assert {each.clock: each.overran for each in rows.values()}["first_response"]


async def test_writing_the_same_start_twice_leaves_one_row(desk: Desk, pool: asyncpg.Pool) -> None:
    desk.opened("2026-03-02 10:00")
    await write(pool, placed(desk.said))
    await write(pool, placed(desk.said))
    assert await pool.fetchval("select count(*) from clocks") == 1


async def test_the_board_shows_the_most_urgent_first_and_those_that_wait_last(desk: Desk, pool: asyncpg.Pool) -> None:
    for number, priority in enumerate(("normal", "critical", "urgent")):
        desk.opened(f"2026-03-02 10:0{number}", priority, "defect", ticket=f"t{number}")
    desk.opened("2026-03-02 10:03", "critical", "defect")
    desk.asked("2026-03-02 10:04")
    desk.wait(desk.now.replace(minute=25))
    await write(pool, placed(desk.said))
    state = desk.decider.state
    first = await board(pool, state, "open", None, 3)
    assert [(line.ticket, line.state) for line in first.clocks] == [
        ("t1", "breached"),
        ("t2", "running"),
        ("t0", "running"),
    ]
    assert [line.ticket for line in (await board(pool, state, "open", first.next, 3)).clocks] == ["t"]
    assert (first.open, first.breached, first.at_risk) == (4, 1, 1)
    assert [line.ticket for line in (await board(pool, state, "at_risk", None, 3)).clocks] == ["t2"]
    assert [line.ticket for line in (await board(pool, state, "breached", None, 3)).clocks] == ["t1"]
