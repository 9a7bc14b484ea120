"""A step is one statement: what it waits for, what it holds meanwhile, and what becomes of it when it is refused."""

import asyncpg
import pytest
from contracts.streams import derived_id
from eventlog import scribe
from eventlog.postgres import PostgresLog
from eventlog.rowsql import stepping
from testkit.following import broken, fill
from testkit.running import a_follower, a_log, caught_up
from testkit.servers import Database
from testkit.streams import new, opened
from testkit.toys import ToyRouting
from testkit.waiting import until

WAITING = "select count(*) from pg_locks where not granted and locktype = 'transactionid'"
FREE = "select position from log.head for update skip locked"
FIRST = "0197f3c2-0000-7000-8000-000000000001"


def views_last(parts: object, moving: str) -> tuple[str, list[str]]:
    """The mutation: nobody asks for what the views became before the append."""
    sql, texts = stepping(parts, moving)  # type: ignore[arg-type]
    return sql.replace("(select count(*) from part4)", "0"), texts


@pytest.mark.parametrize("held", [False, True])
async def test_a_step_that_waits_for_a_row_does_not_hold_the_head_unless_the_append_came_first(
    held: bool, database: Database, intake: PostgresLog, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scribe, "stepping", views_last if held else stepping)
    url = database.url_for("routing")
    async with a_log(url) as log, a_follower(log, url, ToyRouting()) as follower:
        await until(lambda: follower.progress.live, "it leads")
        async with owner.transaction():
            await owner.execute("insert into routing.applied values ($1, '', 1, 1, 1)", FIRST)
            await intake.append([new("ticket-1", 1, opened("1"), FIRST)])
            await until(lambda: _waits(owner), "the step waits for the row")
            assert (await owner.fetchrow(FREE) is None) == held


async def _waits(owner: asyncpg.Connection) -> bool:
    return await owner.fetchval(WAITING) == 1


async def test_an_answer_whose_id_is_taken_elsewhere_parks_its_ticket_and_stops_nobody(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    await intake.append([new("message-1", 1, opened("0"), derived_id(FIRST, "assign", 0))])
    await intake.append([new("ticket-1", 1, opened("1"), FIRST)])
    async with a_follower(routing, database.url_for("routing"), ToyRouting()) as follower:
        await fill(intake, range(2, 5))
        await caught_up(follower, intake)
    [aside] = await owner.fetch("select position, reason from routing.parked")
    assert aside["position"] == 2
    assert aside["reason"].startswith("StolenIdError")
    assert all("1 was a" in wrong for wrong in await broken(intake, database.owner_url))
