"""The rows of the view, on a real PostgreSQL, are what the state says."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from contracts import Event, Recorded
from eventlog.store import New
from hypothesis import given, settings
from hypothesis import strategies as st
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


async def listed(desk: Desk, pool: asyncpg.Pool) -> dict[str, tuple[int, int]]:
    """How many clocks the board counts and lists, at risk and overdue."""
    boards = {only: await board(pool, desk.decider.state, only, None, 9) for only in ("at_risk", "breached")}
    return {only: (getattr(each, only), len(each.clocks)) for only, each in boards.items()}


def an_hour_and_a_half(document: dict[str, Any]) -> None:
    """Version 2: level 1 of standard support takes 90 minutes instead of 60."""
    document["version"] = "2"
    document["plans"][4]["targets"]["level1"] = "90 мин"


@pytest.mark.parametrize(("minute", "at_risk"), [("10:35", 0), ("10:50", 1), ("11:10", 1)])
async def test_the_board_lists_as_many_warned_clocks_as_it_counts_after_a_changed_target(
    desk: Desk, changed_of: Make, pool: asyncpg.Pool, minute: str, at_risk: int
) -> None:
    desk.opened("2026-03-16 10:00")
    desk.publish(changed_of(an_hour_and_a_half))
    desk.migrated(f"2026-03-16 {minute}", "csn@2")
    await write(pool, placed(desk.said))
    assert await listed(desk, pool) == {"at_risk": (at_risk, at_risk), "breached": (0, 0)}


async def test_a_warning_that_a_longer_target_has_not_reached_again_is_none_while_the_clock_waits(
    desk: Desk, pool: asyncpg.Pool
) -> None:
    desk.opened("2026-03-16 10:00")
    desk.asked("2026-03-16 10:35")
    desk.classified("2026-03-16 17:00", "accounting-documents")
    await write(pool, placed(desk.said))
    assert await listed(desk, pool) == {"at_risk": (0, 0), "breached": (0, 0)}


async def test_an_overdue_clock_that_gets_more_time_while_it_waits_has_no_deadline_and_stands_last(
    desk: Desk, pool: asyncpg.Pool
) -> None:
    desk.opened("2026-03-16 10:00")
    desk.asked("2026-03-16 11:30")
    desk.classified("2026-03-16 12:00", "accounting-documents")
    desk.opened("2026-03-16 12:30", ticket="u")
    await write(pool, placed(desk.said))
    shown = await board(pool, desk.decider.state, "open", None, 9)
    assert [(line.ticket, line.due_at is None, line.overdue) for line in shown.clocks] == [
        ("u", False, False),
        ("t", True, False),
    ]


VERBS = ["asked", "answered", "replied", "resolved", "reopened", "critical", "normal", "papers", "question", "level3"]
STEPS = st.lists(st.tuples(st.sampled_from([*VERBS, "csn@1", "csn@2"]), st.integers(1, 900)), max_size=12)


def tell(desk: Desk, verb: str, now: str) -> None:
    categories = {"papers": "accounting-documents", "question": "management-question"}
    if verb in categories:
        desk.classified(now, categories[verb])
    elif verb in ("critical", "normal"):
        desk.prioritized(now, verb)
    elif verb == "level3":
        desk.escalated(now, verb)
    elif "@" in verb:
        desk.migrated(now, verb)
    else:
        getattr(desk, verb)(now)


def rows(said: Sequence[New]) -> dict[Any, Any]:
    """What the view makes of these events, without a database."""
    found: dict[Any, Any] = {}
    for statement in VIEWS.project(placed(said)):
        found[statement.key] = statement.do(found.get(statement.key))
    return found


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_a_row_says_of_warnings_and_deadline_what_the_state_says(
    desk_of: Make, changed_of: Make, steps: list[tuple[str, int]]
) -> None:
    desk, now = desk_of(), datetime.fromisoformat("2026-03-13 15:00")
    desk.publish(changed_of(an_hour_and_a_half))
    desk.opened(now.isoformat(" "), regulation="csn@1")
    for verb, minutes in steps:
        now += timedelta(minutes=minutes)
        tell(desk, verb, now.isoformat(" "))
    found = rows(desk.said)
    for clock in (each for each in desk.decider.state.tickets["t"].clocks if each.open):
        due = None if clock.state == "paused" and not clock.overdue else moment(clock.due)
        row = found[clock.id]
        assert (row.warned, row.overdue, row.due_at, row.state) == (clock.warned, clock.overdue, due, clock.state)
