"""Many writers at once: positions in commit order, versions without gaps, readers that lose nothing (I3, I4)."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack

import asyncpg
from eventlog.appending import append_all
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from eventlog.store import NEXT
from eventlog.vault import Sealed
from testkit.invariants import settled, unbroken
from testkit.running import a_log, connected, whole
from testkit.servers import Database
from testkit.streams import closed, new, opened
from testkit.waiting import until

WRITERS = 16
READERS = 4
APPENDS = 12
TAKEN = """update log.head
    set position = position + cardinality(ids), recorded_at = greatest(recorded_at, clock_timestamp())
    returning position - cardinality(ids), recorded_at, (select prefixes from log.writers where role = session_user)
    into base, moment, allowed;"""
UNLOCKED = ((TAKEN, "select nextval('log.places') - 1, clock_timestamp(), '{*}'::text[] into base, moment, allowed;"),)
BEYOND = "select position from log.events where position > $1 order by position"


async def test_sixteen_writers_leave_no_gap_and_four_readers_miss_nothing(database: Database) -> None:
    async with AsyncExitStack() as stack:
        logs = [await stack.enter_async_context(a_log(database.url_for("intake"), size=4)) for _ in range(4)]
        rng = random.Random(20261121)
        done = asyncio.Event()
        reading = [asyncio.create_task(_tail(logs[n % 4], done)) for n in range(READERS)]
        await asyncio.gather(*(_write(logs[n % 4], n, random.Random(rng.random())) for n in range(WRITERS)))
        done.set()
        log = await whole(logs[0])
        seen = await asyncio.gather(*reading)
    assert len(log) >= WRITERS * APPENDS
    assert unbroken(log) == []
    assert [settled(each, len(log)) for each in seen] == [[]] * READERS


async def test_a_slow_transaction_is_waited_for_so_that_no_reader_passes_it(database: Database) -> None:
    assert settled(*await _race(database)) == []


async def test_the_checker_is_red_once_positions_come_without_the_head_lock(
    database: Database, owner: asyncpg.Connection
) -> None:
    await _mutate(owner)

    assert settled(*await _race(database)) != []


async def test_racing_for_one_stream_somebody_wins_every_version(database: Database) -> None:
    async with a_log(database.url_for("intake")) as one, a_log(database.url_for("intake")) as other:
        await asyncio.gather(*(_insist(log, 6) for log in (one, other) for _ in range(4)))
        assert unbroken(await whole(one)) == []
        assert (await one.head()).position == 48


async def _write(log: PostgresLog, writer: int, rng: random.Random) -> None:
    for n in range(APPENDS):
        if writer % 2:
            await log.append([new(f"ticket-{writer}", n + 1, closed("1")), new("ticket-shared", NEXT, closed("2"))])
        else:
            await _slowly(log, writer, n, rng)


async def _slowly(log: PostgresLog, writer: int, n: int, rng: random.Random) -> None:
    """An append inside a longer transaction, as a follower's is."""
    async with log.pool.acquire() as connection, connection.transaction():
        await connection.fetchval("select txid_current()")
        await asyncio.sleep(rng.random() / 100)
        await append_all(connection, [Sealed((new(f"ticket-{writer}", n + 1, opened("1")),))])
        await asyncio.sleep(rng.random() / 100)


async def _tail(log: PostgresLog, done: asyncio.Event) -> list[int]:
    read: list[int] = []
    while not done.is_set() or (await log.head()).position > (read[-1] if read else 0):
        read += [each.position for each in await log.page(read[-1] if read else 0, 7)]
        await asyncio.sleep(0)
    return read


async def _race(database: Database) -> tuple[Sequence[int], int]:
    """A writer that hangs before its commit, a second one, and a reader between the two."""
    async with AsyncExitStack() as stack:
        slow, quick, reader = [await stack.enter_async_context(connected(database.url_for("intake"))) for _ in range(3)]
        hanging = slow.transaction()
        await hanging.start()
        await append_all(slow, [Sealed((new("ticket-slow", 1, opened("1")),))])
        second = asyncio.create_task(append_all(quick, [Sealed((new("ticket-quick", 1, opened("2")),))]))
        await until(lambda: _settled_or_waiting(second, quick, reader), "the second is done or waits for the first")
        read = [row["position"] for row in await reader.fetch(BEYOND, 0)]
        await hanging.commit()
        await second
        read += [row["position"] for row in await reader.fetch(BEYOND, read[-1] if read else 0)]
        return read, 2


async def _settled_or_waiting(task: asyncio.Task[object], one: asyncpg.Connection, other: asyncpg.Connection) -> bool:
    waiting = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1"
    return task.done() or bool(await other.fetchval(waiting, one.get_server_pid()))


async def _mutate(owner: asyncpg.Connection) -> None:
    [text] = await owner.fetchrow("select pg_get_functiondef('log.append'::regproc)")
    for lock, nothing in UNLOCKED:
        assert lock in text
        text = text.replace(lock, nothing)
    await owner.execute("create sequence log.places; grant usage on sequence log.places to public")
    await owner.execute(text)


async def _insist(log: PostgresLog, times: int) -> None:
    while times:
        current = len(await log.read("ticket-1"))
        try:
            await log.append([new("ticket-1", current + 1, closed("1"))])
        except ConflictError:
            continue
        times -= 1
