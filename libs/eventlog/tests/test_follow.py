"""A follower on a real log: every effect once, in order, wherever it was interrupted (I6, I7, I8, I15–I17)."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import timedelta

import asyncpg
import pytest
from contracts.routing import NobodyOnline
from embedded.nats import Nats
from eventlog.postgres import PostgresLog
from eventlog.store import NEXT, Head
from testkit.following import broken, fill, held
from testkit.invariants import canonical_hash
from testkit.running import a_feed, a_follower, a_log, caught_up, in_background, made_follower, whole
from testkit.servers import Database
from testkit.streams import closed, new, of_ticket, opened
from testkit.toys import ToyRouting
from testkit.waiting import until

POISON = ("evolve", "react", "project", "sql", "act")
VIEWS = {"routing.applied": "id, stream, version, position"}
FORGED = """
    select * from log.append('{0}', array[gen_random_uuid()], '{ticket-odd}', '{1}', '{ticket.opened.v9}', array[$1],
        array['{"actor":7}'], '{}', '{}', '{}')
"""
AGAIN = "update routing.parked set replay = true where position = $1"


async def parked(owner: asyncpg.Connection) -> list[int]:
    return [row["position"] for row in await owner.fetch("select position from routing.parked order by position")]


async def test_every_event_is_applied_and_answered_once(
    database: Database, intake: PostgresLog, routing: PostgresLog, nats_server: Nats
) -> None:
    async with a_feed(nats_server.url) as feed:
        intake.publish = routing.publish = feed.publish
        async with a_follower(routing, database.url_for("routing"), ToyRouting(), feed) as follower:
            await fill(intake, range(100), at_once=10)
            await caught_up(follower, intake)
    assert await broken(intake, database.owner_url) == []


async def test_tickets_of_one_page_get_different_turns(
    database: Database, intake: PostgresLog, routing: PostgresLog
) -> None:
    await fill(intake, range(30))
    async with a_follower(routing, database.url_for("routing"), ToyRouting()) as follower:
        await caught_up(follower, intake)
        assert follower.state.turn == 30
    assert await broken(intake, database.owner_url) == []


async def test_cancelled_anywhere_it_goes_on_where_it_was(database: Database, intake: PostgresLog) -> None:
    rng = random.Random(7)
    async with in_background_filling(intake) as filling:
        for _ in range(10):
            url = database.url_for("routing")
            async with a_log(url) as log, a_follower(log, url, ToyRouting()):
                await asyncio.sleep(rng.random() / 4)
        await filling
    await _finish(database, intake)
    assert await broken(intake, database.owner_url) == []


async def test_cancelled_after_so_many_queries_it_goes_on_where_it_was(database: Database, intake: PostgresLog) -> None:
    for queries in range(1, 22, 2):
        await fill(intake, range(queries * 4, queries * 4 + 4))
        async with a_log(database.url_for("routing"), size=1) as log:
            enough = asyncio.Event()
            log.pool = Counting(log.pool, queries, enough.set)
            async with a_follower(log, database.url_for("routing"), ToyRouting()):
                await enough.wait()
    await _finish(database, intake)
    assert await broken(intake, database.owner_url) == []


async def test_a_stored_state_and_one_read_from_the_first_event_are_the_same(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    await fill(intake, range(20))
    await _finish(database, intake)
    await fill(intake, range(20, 40))
    await _finish(database, intake)
    assert await owner.fetchval("select count(*) from routing.snapshot") == 1
    live = await _finish(database, intake)
    await owner.execute("delete from routing.snapshot")
    assert (await _finish(database, intake)) == live


async def test_a_stop_in_the_middle_of_a_step_gives_up_no_reaction(database: Database, intake: PostgresLog) -> None:
    async with a_log(database.url_for("routing")) as log, a_log(database.owner_url) as owner:
        follower = made_follower(log, database.url_for("routing"), ToyRouting())
        async with in_background(follower.run()), owner.pool.acquire() as holder, holder.transaction():
            await until(lambda: follower.progress.live, "it leads")
            await holder.execute("lock table routing.cursor in exclusive mode")
            await fill(intake, range(5))
            await until(lambda: follower.state.turn == 5, "it has decided")
            await follower.stop()
    await _finish(database, intake)
    assert await broken(intake, database.owner_url) == []


async def test_a_stand_by_takes_over_with_the_turns_already_taken(database: Database, intake: PostgresLog) -> None:
    url = database.url_for("routing")
    async with a_log(url) as one, a_log(url) as other:
        second = made_follower(other, url, ToyRouting())
        async with a_follower(one, url, ToyRouting()) as first:
            await fill(intake, range(10))
            await caught_up(first, intake)
            async with in_background(second.run()):
                await until(lambda: second.progress.position == first.progress.position, "the second keeps up")
                assert (first.progress.live, second.progress.live) == (True, False)
        async with in_background(second.run()):
            await fill(intake, range(10, 20))
            await caught_up(second, intake)
    assert await broken(intake, database.owner_url) == []


async def test_a_zombie_that_lost_its_lock_is_fenced_and_stands_by(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    url = database.url_for("routing")
    async with AsyncExitStack() as stack:
        logs = [await stack.enter_async_context(a_log(url)) for _ in "12"]
        both = [(await stack.enter_async_context(a_follower(log, url, ToyRouting()))).progress for log in logs]
        for n in range(10):
            await until(lambda: any(each.live for each in both), "one leads")
            await owner.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'")
            await fill(intake, range(n * 5, n * 5 + 5))
        await until(lambda: [each.position for each in both if each.live] == [150], "exactly one leads at the head")
    assert await broken(intake, database.owner_url) == []


@pytest.mark.parametrize("where", POISON)
async def test_poison_parks_only_its_ticket_and_a_replay_heals_it(
    where: str, database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    bad = opened("bad", category=f"poison-{where}")
    await fill(intake, range(3))
    await intake.append(of_ticket("bad", bad, closed("bad")))
    await fill(intake, range(3, 6))
    reactor = ToyRouting()
    async with a_follower(routing, database.url_for("routing"), reactor) as follower:
        await caught_up(follower, intake)
        assert await parked(owner) == [7, 8]
        assert "I6: bad was assigned 0 times" in await broken(intake, database.owner_url)
        reactor.mended = True
        await owner.execute(AGAIN, 7)
        await until(lambda: _none_parked(owner), "the parked events were applied")
        await caught_up(follower, intake)
        assert set(follower.state.evolved.values()) == {1}
    assert await broken(intake, database.owner_url) == []


async def test_a_replay_that_fails_again_stays_parked_and_stops_nobody(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    await intake.append(of_ticket("bad", opened("bad", category="poison-sql")))
    async with a_follower(routing, database.url_for("routing"), ToyRouting()) as follower:
        await until(lambda: _held_back(owner), "it is parked")
        await owner.execute(AGAIN, 1)
        await until(lambda: _given_up(owner), "the replay was given up")
        await fill(intake, range(3))
        await caught_up(follower, intake)
    assert await parked(owner) == [1]


async def test_a_replay_goes_on_under_a_stream_of_events(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    await intake.append(of_ticket("bad", opened("bad", category="poison-react")))
    reactor = ToyRouting()
    async with a_follower(routing, database.url_for("routing"), reactor) as follower:
        await until(lambda: _held_back(owner), "it is parked")
        reactor.mended = True
        async with in_background_filling(intake, tickets=10_000) as filling:
            await owner.execute(AGAIN, 1)
            await until(lambda: _none_parked(owner), "the parked event was applied")
            filling.cancel()
        await caught_up(follower, intake)
    assert await broken(intake, database.owner_url) == []


@pytest.mark.parametrize(
    "data", ['{"type":"ticket.opened.v9","ticket":"odd"}', '{"ticket":"odd","type":5}', '{"ticket":"odd"}', "[]"]
)
async def test_what_cannot_be_read_is_parked_with_its_ticket_and_never_dropped(
    data: str, database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    await owner.execute(FORGED, data)
    await intake.append([new("ticket-odd", 2, closed("odd"))])
    await fill(intake, range(2))
    async with a_follower(routing, database.url_for("routing"), ToyRouting()) as follower:
        await caught_up(follower, intake)
    assert await parked(owner) == ([1, 2] if "odd" in data else [1])
    assert len(await whole(intake)) == 8


async def test_views_made_anew_equal_the_live_ones_and_nothing_is_appended_meanwhile(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    await fill(intake, range(10))
    await intake.append(of_ticket("bad", opened("bad", category="poison-project"), closed("bad")))
    await fill(intake, range(10, 20))
    await _finish(database, intake)
    live, head = await canonical_hash(owner, VIEWS), await intake.head()
    await owner.execute("update routing.view_state set code = 'older'; insert into routing.applied values ('junk')")
    await _finish(database, intake)
    assert await canonical_hash(owner, VIEWS) == live
    assert (await intake.head()).position == head.position


async def test_views_made_anew_by_a_newer_program_under_load_lose_nothing(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    url = database.url_for("routing")
    newer = ToyRouting()
    newer.code = "toy-2"
    async with a_log(url) as one, a_log(url) as other, in_background_filling(intake, tickets=60) as filling:
        async with a_follower(one, url, ToyRouting()) as first:
            await until(lambda: first.progress.live and first.progress.position > 20, "the older one leads")
            second = made_follower(other, url, newer)
            running = asyncio.create_task(second.run())
            await until(lambda: second.progress.position > 20, "the newer one has read the log")
        await filling
        await caught_up(second, intake)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await broken(intake, database.owner_url) == []


class Ahead(PostgresLog):
    """A log whose clock is an hour ahead of this machine's."""

    async def _end(self, query: str) -> Head:
        end = await super()._end(query)
        return Head(position=end.position, at=end.at + timedelta(hours=1))


async def test_a_timer_rings_once_by_the_logs_clock_even_if_ours_is_an_hour_behind(
    database: Database, intake: PostgresLog, routing: PostgresLog
) -> None:
    ahead = Ahead(routing.pool, routing.vault, routing.publish)
    await intake.append(of_ticket("1", opened("1", category="timer-1800")))
    await intake.append(of_ticket("2", opened("2", category="timer-7200")))
    async with a_follower(ahead, database.url_for("routing"), ToyRouting()):
        await until(lambda: _said(intake, NobodyOnline, ["1"]), "the first timer rang")
    await _finish(database, intake)
    assert await _said(intake, NobodyOnline, ["1"])


async def _said(log: PostgresLog, kind: type[NobodyOnline], tickets: Sequence[str]) -> bool:
    return [each.data.ticket for each in await whole(log) if isinstance(each.data, kind)] == tickets


def in_background_filling(log: PostgresLog, tickets: int = 150) -> AbstractAsyncContextManager["asyncio.Task[None]"]:
    async def fill_slowly() -> None:
        for n in range(1_000, 1_000 + tickets):
            await log.append(of_ticket(str(n), opened(str(n))))
            await log.append([new(f"ticket-{n}", NEXT, closed(str(n)))])
            await asyncio.sleep(0.01)

    return held(fill_slowly())


async def _finish(database: Database, intake: PostgresLog) -> int:
    """Run a fresh follower to the head and stop it in order; its state's turn."""
    url = database.url_for("routing")
    async with a_log(url) as log, a_follower(log, url, ToyRouting()) as follower:
        await caught_up(follower, intake)
        return follower.state.turn


class Counting:
    """A pool that tells when it was asked so many times."""

    def __init__(self, pool: asyncpg.Pool, times: int, then: Callable[[], object]) -> None:
        self.pool, self.left, self.then = pool, times, then

    def __getattr__(self, name: str) -> object:
        self.left -= 1
        if self.left == 0:
            self.then()
        return getattr(self.pool, name)


async def _none_parked(owner: asyncpg.Connection) -> bool:
    return await parked(owner) == []


async def _held_back(owner: asyncpg.Connection) -> bool:
    return await parked(owner) != []


async def _given_up(owner: asyncpg.Connection) -> bool:
    return await owner.fetchval("select not bool_or(replay) from routing.parked") is True
