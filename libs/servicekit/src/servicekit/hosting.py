"""What lives while a service runs: its view of the log, its follower, its feed, its share in the relay."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Generic, TypeVar

import asyncpg
from eventlog.feed import Feed
from eventlog.follow import Follower
from eventlog.inflow import Inflow
from eventlog.leading import Lead
from eventlog.postgres import PostgresLog, connect
from eventlog.reactor import Reactor
from eventlog.relay import Relay
from eventlog.vault import Vault
from fastapi import Depends, FastAPI, Request

from servicekit import positions
from servicekit.health import Readiness
from servicekit.settings import Settings

S = TypeVar("S")

CANCELLING = 0.5
"""Seconds after which a loop that goes on is cancelled again."""
CLOSING = 2.0
"""Seconds that connections get to finish what they are doing."""


class MissingSettingError(ValueError):
    """A service was started without something it cannot do without; the message says which variable to set."""


class Host(Generic[S]):
    """One service's hands: the log it appends to and reads, and the follower that keeps its state and views."""

    def __init__(self, log: PostgresLog, follower: Follower[S], feed: Feed, settings: Settings) -> None:
        self.log = log
        self.follower = follower
        self.feed = feed
        self.settings = settings

    @property
    def state(self) -> S:
        """The follower's state as of now; raises LogUnavailableError (503) until it has been rebuilt."""
        return self.follower.state


Chore = Callable[[Host[S]], Awaitable[None]]
"""Work of the service's own beside its follower: a loop without an end, or something to do once; it may not fail."""


class Hosting(Generic[S]):
    """Brings a service to life around its application and puts it to rest again."""

    def __init__(
        self,
        settings: Settings,
        reactor: Callable[[PostgresLog], Reactor[S]],
        *chores: Chore[S],
        lacking: Callable[[S], str] | None = None,
    ) -> None:
        """`lacking` says what the state still lacks for the doors to be of use, "" for nothing."""
        self._lacking = lacking or _nothing
        self._settings = settings
        self._reactor = reactor
        self._chores = chores
        self._host: Host[S] | None = None
        self._loops: list[asyncio.Future[None]] = []

    @contextlib.asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Everything between start and stop; the store and the broker may come later."""
        url, feed = (
            _required(self._settings.database_url, "DATABASE_URL"),
            Feed(_required(self._settings.nats_url, "NATS_URL")),
        )
        pool = await connect(url)
        log = PostgresLog(pool, Vault(_required(self._settings.master_key, "MASTER_KEY")), feed.publish)
        self._host = app.state.host = host = _assembled(log, feed, self._reactor(log), self._settings)
        positions.install(app, host.follower.reach)
        relay = Relay(log, feed, _required(self._settings.nats_url, "NATS_URL"), Lead(url, "relay"))
        feed.start()
        loops = [host.follower.run(), relay.run(), *(chore(host) for chore in self._chores)]
        self._loops = [asyncio.ensure_future(loop) for loop in loops]
        async with _ended_at_last(self._loops):
            yield
        await host.follower.stop()
        await log.close()
        await feed.stop()
        await _closed(pool)

    def ready(self) -> Readiness:
        """Ready means that the follower makes progress; the broker is a convenience."""
        if self._host is None:
            return Readiness(False, {"trouble": "is starting"})
        progress = self._host.follower.progress
        trouble = _ended(self._loops) or progress.trouble or (self._lacking(self._host.state) if progress.ready else "")
        detail = {
            "position": progress.position,
            "lag": progress.head - progress.position,
            "live": progress.live,
            "broker": self._host.feed.connected,
        }
        return Readiness(progress.ready and not trouble, detail | ({"trouble": trouble} if trouble else {}))


def _nothing(_: object) -> str:
    return ""


async def _closed(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(CLOSING):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def hosted(request: Request) -> Host[object]:
    """The running service behind a door."""
    host: Host[object] = request.app.state.host
    return host


Hosted = Annotated[Host[object], Depends(hosted)]


async def log_of(request: Request) -> PostgresLog:
    """The log behind a door."""
    log: PostgresLog = request.app.state.host.log
    return log


Log = Annotated[PostgresLog, Depends(log_of)]


def _assembled(log: PostgresLog, feed: Feed, reactor: Reactor[S], settings: Settings) -> Host[S]:
    inflow = Inflow(log, reactor.urgent)
    feed.into(inflow)
    lead = Lead(_required(settings.database_url, "DATABASE_URL"), f"follower:{reactor.name}")
    return Host(log, Follower(log, inflow, reactor, lead), feed, settings)


def _required(secret: object, name: str) -> str:
    value = getattr(secret, "get_secret_value", str)()
    if not value:
        raise MissingSettingError(f"set REGLAMENT_{name}")
    return str(value)


def _ended(loops: Sequence[asyncio.Future[None]]) -> str:
    """What ended a loop that should never end: then the process is alive and useless, and must say so."""
    broken = (loop.exception() for loop in loops if loop.done() and not loop.cancelled())
    error = next((each for each in broken if each is not None), None)
    return f"a loop of the service has ended: {type(error).__name__}" if error else ""


@contextlib.asynccontextmanager
async def _ended_at_last(loops: Sequence[asyncio.Future[None]]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await _cancelled(loops)


async def _cancelled(loops: Sequence[asyncio.Future[None]]) -> None:
    """End these loops for sure: a cancellation that meets an answer in the same moment may be swallowed once."""
    pending = {loop for loop in loops if not loop.done()}
    while pending:
        for loop in pending:
            loop.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCELLING)
