"""NATS as the fast way to followers: one core message a committed batch; losing it costs only time (I5)."""

import asyncio
import contextlib
from collections.abc import Sequence

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from eventlog.inflow import Inflow

FEED = "feed"
HEAD = "head"
LARGEST = 512 * 1024
"""Bytes after which a batch is split into several messages."""
RETRY = 1.0
"""Seconds between attempts at a first connection."""
CLOSING = 2.0
"""Seconds that leaving the broker may take."""
AWAY = (nats.errors.Error, OSError, TimeoutError)


class Feed:
    """This process's connection to the broker: tells what was committed here, hears what was committed elsewhere."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Client()
        self._inflows: list[Inflow] = []
        self._starting: asyncio.Task[None] | None = None

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
            await self._close()

    @property
    def connected(self) -> bool:
        """Whether the broker is there as far as the client knows; progress is what counts, not this."""
        return self._client.is_connected

    async def publish(self, lines: Sequence[str]) -> None:
        """Tell followers of these events; a lost message is read from the store by whoever misses it."""
        if not lines or not self.connected:
            return
        with contextlib.suppress(*AWAY):
            for chunk in _chunks(lines):
                await self._client.publish(FEED, f"[{','.join(chunk)}]".encode())

    async def say_head(self, position: int) -> None:
        """Tell followers how far the log is."""
        if self.connected:
            with contextlib.suppress(*AWAY):
                await self._client.publish(HEAD, str(position).encode())

    async def _connect(self) -> None:
        while True:
            try:
                await self._open()
            except AWAY:
                await self._close()
                await asyncio.sleep(RETRY)
            else:
                return

    async def _open(self) -> None:
        self._client = Client()
        await self._client.connect(
            self._url,
            allow_reconnect=True,
            max_reconnect_attempts=-1,  # the default gives up after two minutes
            reconnect_time_wait=1,
            ping_interval=2,
            max_outstanding_pings=2,
            connect_timeout=2,
            error_cb=_swallow,
        )
        await self._client.subscribe(FEED, cb=self._take)
        await self._client.subscribe(HEAD, cb=self._hear)

    async def _close(self) -> None:
        with contextlib.suppress(*AWAY, AssertionError):  # a client that never got as far as connecting asserts that
            async with asyncio.timeout(CLOSING):
                await self._client.close()

    async def _take(self, message: Msg) -> None:
        for inflow in self._inflows:
            inflow.take(message.data)

    async def _hear(self, message: Msg) -> None:
        if message.data.isdigit():
            for inflow in self._inflows:
                inflow.hear(int(message.data))


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
