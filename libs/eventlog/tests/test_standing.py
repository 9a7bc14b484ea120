"""What a follower does about its lock, its stored state and its cursor when nothing else happens."""

import asyncpg
from eventlog.postgres import PostgresLog
from testkit.following import broken, fill
from testkit.running import a_follower, a_log, caught_up
from testkit.servers import Database
from testkit.streams import of_ticket, opened
from testkit.toys import ToyRouting
from testkit.waiting import until

HOLDERS = """
    select pid from pg_locks join pg_database on oid = database
    where datname = current_database() and locktype = 'advisory' and granted
"""
END = "select pg_terminate_backend($1)"
SNAPSHOTS = "select count(*) from routing.snapshot"


async def _finish(database: Database, intake: PostgresLog) -> None:
    url = database.url_for("routing")
    async with a_log(url) as log, a_follower(log, url, ToyRouting()) as follower:
        await caught_up(follower, intake)


async def test_an_idle_leader_that_lost_its_lock_takes_it_again_before_anything_happens(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    await fill(intake, range(2))
    async with a_follower(routing, database.url_for("routing"), ToyRouting()) as follower:
        await caught_up(follower, intake)
        before = await owner.fetchval(HOLDERS)
        await owner.execute(END, before)
        await until(lambda: _held_by_another(owner, before), "the lock is held again")
        await until(lambda: follower.progress.live, "it leads again")


async def test_while_something_is_parked_no_state_is_stored_since_its_traces_may_be_in_it(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    await intake.append(of_ticket("bad", opened("bad", category="poison-evolve")))
    await fill(intake, range(2))
    await _finish(database, intake)
    assert await owner.fetchval(SNAPSHOTS) == 0


async def test_a_stored_state_from_beyond_the_cursor_is_not_used(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    """As after a restore of the cursor alone."""
    await fill(intake, range(5))
    await _finish(database, intake)
    assert await owner.fetchval(SNAPSHOTS) == 1
    await owner.execute("update routing.cursor set position = 0; delete from routing.applied")
    await _finish(database, intake)
    assert await broken(intake, database.owner_url) == []


async def _held_by_another(owner: asyncpg.Connection, before: int) -> bool:
    return await owner.fetchval(HOLDERS) not in (None, before)
