"""Servers that stop, freeze, forget and come back, under load: nothing is lost and nobody has to help (I5, I6, I18)."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from embedded.nats import Nats
from embedded.ports import free_port
from embedded.postgres import Postgres
from eventlog.errors import LogUnavailableError
from eventlog.postgres import PostgresLog
from eventlog.rows import CHUNK
from testkit.dying import POINTS
from testkit.following import broken, fill, held
from testkit.invariants import settled
from testkit.proxy import proxied
from testkit.relayed import positions
from testkit.running import a_feed, a_follower, a_log, a_relay, caught_up, whole
from testkit.servers import Database
from testkit.streams import of_ticket, opened
from testkit.toys import ToyRouting
from testkit.waiting import until

Disaster = Callable[[Nats], None]


def stopped_and_started(nats: Nats) -> None:
    nats.restart()


def killed(nats: Nats) -> None:
    nats.kill()
    nats.start()


def wiped(nats: Nats) -> None:
    nats.kill()
    nats.erase()
    nats.start()


def rolled_back(nats: Nats) -> None:
    """What stands on disk while the server is frozen comes back later, as after a power cut."""
    store, copy = nats.directory / "jetstream", nats.directory / "copy"
    if not copy.exists():
        nats.freeze()
        shutil.copytree(store, copy)
        nats.thaw()
        return
    nats.kill()
    nats.erase()
    copy.rename(store)
    nats.start()


DISASTERS = (stopped_and_started, rolled_back, killed, wiped, rolled_back, wiped)


@asynccontextmanager
async def load(log: PostgresLog, first: int = 0) -> AsyncIterator[list[str]]:
    """Tickets are opened all the time, each append insisted on; yields the ids accepted so far."""
    accepted: list[str] = []

    async def work() -> None:
        for n in range(first, 100_000):
            accepted.append(await _insist(log, n))
            await asyncio.sleep(0.005)

    async with held(work()):
        yield accepted


async def _insist(log: PostgresLog, n: int) -> str:
    [event] = of_ticket(str(n), opened(str(n)))
    while True:
        try:
            await log.append([event])
        except LogUnavailableError:
            await asyncio.sleep(0.05)
        else:
            return event.id


async def test_whatever_befalls_the_broker_nothing_is_lost_and_the_stream_is_whole_again(
    database: Database, intake: PostgresLog, routing: PostgresLog, own_nats: Nats
) -> None:
    url = database.url_for("routing")
    async with a_feed(own_nats.url) as feed:
        intake.publish = routing.publish = feed.publish
        async with a_follower(routing, url, ToyRouting(), feed) as follower, a_relay(routing, url, feed, own_nats.url):
            async with load(intake) as accepted:
                for disaster in DISASTERS:
                    before = len(accepted)
                    await until(lambda there=before: len(accepted) > there + 30, "events flow")
                    await asyncio.to_thread(disaster, own_nats)
            await caught_up(follower, intake)
            head = (await intake.head()).position
            await until(lambda: _relayed(own_nats, head), "the stream holds the whole log", 30)
    assert settled(await positions(own_nats.url), head) == []
    assert await broken(intake, database.owner_url) == []


async def test_without_any_broker_it_works_by_polling(
    database: Database, intake: PostgresLog, routing: PostgresLog
) -> None:
    async with a_feed(f"nats://127.0.0.1:{free_port()}") as feed:
        intake.publish = routing.publish = feed.publish
        async with a_follower(routing, database.url_for("routing"), ToyRouting(), feed) as follower:
            await fill(intake, range(20))
            await caught_up(follower, intake)
    assert await broken(intake, database.owner_url) == []


async def test_a_frozen_broker_holds_up_no_append_and_no_follower(
    database: Database, intake: PostgresLog, routing: PostgresLog, own_nats: Nats
) -> None:
    async with a_feed(own_nats.url) as feed:
        await until(lambda: feed.connected, "the broker is there")
        intake.publish = routing.publish = feed.publish
        async with a_follower(routing, database.url_for("routing"), ToyRouting(), feed) as follower:
            await caught_up(follower, intake)
            own_nats.freeze()
            for n in range(0, 600, 100):
                await fill(intake, range(n, n + 100), at_once=100)
            await caught_up(follower, intake)
            own_nats.thaw()
    assert await broken(intake, database.owner_url) == []


async def test_postgres_killed_under_load_is_noticed_and_recovered_from(
    own_server: Postgres, own_database: Database
) -> None:
    url = own_database.url_for("routing")
    async with a_log(own_database.url_for("intake")) as intake, a_log(url) as log:
        async with a_follower(log, url, ToyRouting()) as follower, load(intake) as accepted:
            for n in (30, 60):
                await until(lambda there=n: len(accepted) > there and follower.progress.ready, "events flow")
                await asyncio.to_thread(own_server.kill)
                await until(lambda: not follower.progress.ready, "it is not ready any more", 10)
                await asyncio.to_thread(own_server.start)
                await until(lambda: follower.progress.ready, "it is ready again", 15)
        assert {each.id for each in await whole(intake)} >= {*accepted}
    await _all_good(own_database)


async def test_postgres_frozen_is_noticed_and_recovered_from(own_server: Postgres, own_database: Database) -> None:
    url = own_database.url_for("routing")
    async with AsyncExitStack() as stack:
        intake, log = [
            await stack.enter_async_context(a_log(own_database.url_for(who))) for who in ("intake", "routing")
        ]
        follower = await stack.enter_async_context(a_follower(log, url, ToyRouting()))
        accepted = await stack.enter_async_context(load(intake))
        await until(lambda: len(accepted) > 20 and follower.progress.ready, "events flow")
        own_server.freeze()
        stack.callback(own_server.thaw)
        await until(lambda: not follower.progress.ready, "it is not ready any more", 10)
        own_server.thaw()
        before = len(accepted)
        await until(lambda: follower.progress.ready and len(accepted) > before + 20, "events flow again")
    await _all_good(own_database)


@pytest.mark.parametrize(("rows_at_once", "words"), [(CHUNK, b"assignment-"), (-1, b"COMMIT")])
async def test_answers_to_commits_lost_now_and_then_double_nothing(
    rows_at_once: int, words: bytes, database: Database, intake: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step is one statement, which names its streams, or a transaction where it has too many rows for that."""
    monkeypatch.setattr("eventlog.scribe.CHUNK", rows_at_once)
    port = int(database.owner_url.rpartition(":")[2].partition("/")[0])
    async with proxied(port) as proxy:
        url = proxy.url(database.url_for("routing"))
        async with a_log(url) as log, a_follower(log, url, ToyRouting()) as follower, load(intake) as accepted:
            for n in range(8):
                proxy.lose_answer_to(words)
                await until(lambda there=n: proxy.lost > there, "an answer was lost")
            await until(lambda: len(accepted) > 50 and follower.progress.ready, "events flow")
    await _all_good(database)


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_the_worst_moment_it_goes_on_where_it_was(
    point: str, database: Database, intake: PostgresLog
) -> None:
    await fill(intake, range(10))
    async with load(intake, first=1_000):
        assert await _crash(database, point, times=2) == -signal.SIGKILL
    await _all_good(database)


async def _crash(database: Database, point: str, times: int) -> int:
    words = [sys.executable, "-m", "testkit.dying", database.url_for("routing"), point, str(times)]
    process = await asyncio.create_subprocess_exec(*words, env=dict(os.environ))
    async with asyncio.timeout(30):
        return await process.wait()


async def _all_good(database: Database) -> None:
    """A follower of today finds nothing broken."""
    url = database.url_for("routing")
    async with a_log(url) as log, a_follower(log, url, ToyRouting()) as follower:
        await caught_up(follower, log)
        assert await broken(log, database.owner_url) == []


async def _relayed(nats: Nats, head: int) -> bool:
    return (await positions(nats.url))[-1:] == [head]
