"""Logs and followers brought to life for the length of a test."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import TypeVar

import asyncpg
from contracts import Event, Recorded
from eventlog.feed import Feed
from eventlog.follow import Follower
from eventlog.inflow import Inflow
from eventlog.leading import Lead
from eventlog.postgres import PostgresLog, connect
from eventlog.reactor import Reactor
from eventlog.relay import Relay
from eventlog.telling import Publish
from eventlog.vault import Vault

from testkit.waiting import until

S = TypeVar("S")
MASTER_KEY = b64encode(bytes(range(32))).decode()
PAGE = 5_000


async def nobody(_: Sequence[str]) -> None:
    """Publishes to nobody, as when the broker is away."""


@contextlib.asynccontextmanager
async def a_log(url: str, publish: Publish = nobody, size: int = 6) -> AsyncIterator[PostgresLog]:
    """The log as the role of this URL sees it."""
    pool = await connect(url, size)
    log = PostgresLog(pool, Vault(MASTER_KEY), publish)
    try:
        yield log
    finally:
        await log.close()
        await _ended(pool)


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection to try things with."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        yield connection
    finally:
        await _ended(connection)


async def _ended(one: asyncpg.Connection | asyncpg.Pool) -> None:
    """Close in order where the server still answers, else drop; a dropped socket is closed a moment later."""
    try:
        async with asyncio.timeout(2):
            await one.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        one.terminate()
    await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def a_feed(url: str) -> AsyncIterator[Feed]:
    """A connection to the broker, made in the background."""
    feed = Feed(url)
    feed.start()
    try:
        yield feed
    finally:
        await feed.stop()


@contextlib.asynccontextmanager
async def a_follower(
    log: PostgresLog, url: str, reactor: Reactor[S], feed: Feed | None = None
) -> AsyncIterator[Follower[S]]:
    """A follower that runs, and stops as a service stops it."""
    follower = made_follower(log, url, reactor, feed)
    async with in_background(follower.run()):
        yield follower
    await follower.stop()


def made_follower(log: PostgresLog, url: str, reactor: Reactor[S], feed: Feed | None = None) -> Follower[S]:
    """A follower as a service puts it together."""
    inflow = Inflow(log, reactor.urgent)
    if feed is not None:
        feed.into(inflow)
    return Follower(log, inflow, reactor, Lead(url, f"follower:{reactor.name}"))


@contextlib.asynccontextmanager
async def a_relay(log: PostgresLog, url: str, feed: Feed, nats_url: str) -> AsyncIterator[Relay]:
    """A relay that runs."""
    relay = Relay(log, feed, nats_url, Lead(url, "relay"))
    async with in_background(relay.run()):
        yield relay


@contextlib.asynccontextmanager
async def in_background(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Runs beside the test; what kills it, fails the test."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        died = task.done() and not task.cancelled()
        task.cancel()
        ended = await asyncio.gather(task, return_exceptions=True)
    assert not died, f"what should run for ever ended with {ended}"


async def whole(log: PostgresLog) -> list[Recorded[Event]]:
    """Every event there is."""
    events: list[Recorded[Event]] = []
    while page := await log.page(events[-1].position if events else 0, PAGE):
        events += page
    return events


async def caught_up(follower: Follower[S], log: PostgresLog, seconds: float = 30.0) -> None:
    """Wait until the follower is live and stands at the head, its own reactions included."""

    async def there() -> bool:
        return follower.progress.live and follower.progress.position == (await log.head()).position

    await until(there, "the follower is at the head of the log", seconds)
