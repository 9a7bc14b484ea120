"""NATS as the fast way to followers: one core message a committed batch; losing it costs only time (I5)."""

import asyncio
import contextlib
from collections.abc import Sequence

import nats.errors
from faststream.nats import NatsBroker
from faststream.nats.message import NatsMessage

from eventlog.inflow import Inflow

FEED = "feed"
HEAD = "head"
LARGEST = 512 * 1024
"""Bytes after which a batch is split into several messages."""
RETRY = 1.0
"""Seconds between attempts at a first connection."""


async def _raw(message: NatsMessage) -> bytes:
    return bytes(message.body)


class Feed:
    """This process's connection to the broker: tells what was committed here, hears what was committed elsewhere."""

    def __init__(self, url: str) -> None:
        self.broker = NatsBroker(
            url,
            allow_reconnect=True,
            max_reconnect_attempts=-1,  # the default gives up after two minutes and then blocks the event loop
            reconnect_time_wait=1,
            ping_interval=2,
            max_outstanding_pings=2,
            connect_timeout=2,
            error_cb=_swallow,
            logger=None,
            graceful_timeout=2.0,
        )
        self._inflows: list[Inflow] = []
        self._starting: asyncio.Task[None] | None = None
        self.broker.subscriber(FEED, decoder=_raw)(self._take)
        self.broker.subscriber(HEAD, decoder=_raw)(self._hear)

    def into(self, inflow: Inflow) -> None:
        """Let this buffer have what comes in."""
        self._inflows.append(inflow)

    def start(self) -> None:
        """Connect in the background: a service starts and works without any broker."""
        self._starting = asyncio.create_task(self._connect(), name="feed")

    async def stop(self) -> None:
        """Leave the broker."""
        if self._starting is not None:
            self._starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._starting
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            await self.broker.stop()

    @property
    def connected(self) -> bool:
        """Whether the broker is there as far as the client knows; progress is what counts, not this."""
        connection = self.broker._connection  # FastStream has no public view of it
        return bool(connection and connection.is_connected)

    async def publish(self, lines: Sequence[str]) -> None:
        """Tell followers of these events; a lost message is read from the store by whoever misses it."""
        if not lines or not self.connected:
            return
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            for chunk in _chunks(lines):
                await self.broker.publish(f"[{','.join(chunk)}]".encode(), FEED)

    async def say_head(self, position: int) -> None:
        """Tell followers how far the log is."""
        if self.connected:
            with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
                await self.broker.publish(str(position).encode(), HEAD)

    async def _connect(self) -> None:
        while True:
            try:
                await self.broker.start()
            except (nats.errors.Error, OSError, TimeoutError):
                await asyncio.sleep(RETRY)
            else:
                return

    async def _take(self, body: bytes) -> None:
        for inflow in self._inflows:
            inflow.take(body)

    async def _hear(self, body: bytes) -> None:
        if body.isdigit():
            for inflow in self._inflows:
                inflow.hear(int(body))


async def _swallow(_: Exception) -> None:
    """Connection errors show in `connected` and in the follower's lag; the client's own callback prints tracebacks."""


def _chunks(lines: Sequence[str]) -> list[list[str]]:
    chunks: list[list[str]] = [[]]
    size = 0
    for line in lines:
        if size + len(line) > LARGEST and chunks[-1]:
            chunks.append([])
            size = 0
        chunks[-1].append(line)
        size += len(line)
    return chunks
