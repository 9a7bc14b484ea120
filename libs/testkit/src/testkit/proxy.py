"""A TCP proxy that does to connections what networks do: blackhole, reset, delay, lose an answer (F8, F17)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Literal

Mode = Literal["pass", "blackhole", "delay"]
CHUNK = 64 * 1024
DELAY = 0.05
"""Seconds by which mode `delay` holds back every chunk."""


class Proxy:
    """Stands between clients and a server on 127.0.0.1; its mode may change at any moment."""

    def __init__(self, upstream: int) -> None:
        self.mode: Mode = "pass"
        self.port = 0
        self.lost = 0
        self.lingering = False
        """Whether a client's connection stays open when the server has left, as it does for a moment by nature."""
        self.left = 0
        self._upstream = upstream
        self._losing: bytes | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._healed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, direct: str) -> str:
        """The same URL, by way of the proxy."""
        return direct.replace(f":{self._upstream}", f":{self.port}")

    def lose_answer_to(self, words: bytes) -> None:
        """Forward the next request that contains these words, then cut the connection before its answer."""
        self._losing = words

    def blackhole(self) -> None:
        """Connections stay open and nothing passes."""
        self.mode = "blackhole"
        self._healed.clear()

    def heal(self) -> None:
        """Let everything pass, what was held back first."""
        self.mode = "pass"
        self._healed.set()

    def reset(self) -> None:
        """Cut every connection at once."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection, both ways."""
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, back}
        self._writers |= both
        cut = asyncio.Event()
        ways = [self._pump(reader, back, cut, inbound=True), self._pump(there, writer, cut, inbound=False)]
        self._tasks |= (tasks := {asyncio.create_task(way) for way in ways})
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        if self.lingering:
            self.left += 1
            with contextlib.suppress(asyncio.CancelledError):  # which is how it ends with the test
                await self._healed.wait()
        for end in both:
            end.transport.abort()
        self._writers -= both

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, cut: asyncio.Event, *, inbound: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(CHUNK):
                await self._hold_back()
                if cut.is_set() and not inbound:
                    self.lost += 1
                    return
                if inbound and self._losing is not None and self._losing in chunk:
                    self._losing = None
                    cut.set()
                target.write(chunk)
                await target.drain()

    async def _hold_back(self) -> None:
        if self.mode == "blackhole":
            await self._healed.wait()
        elif self.mode == "delay":
            await asyncio.sleep(DELAY)

    def end(self) -> None:
        """Stop everything that is still on its way."""
        self.reset()
        for task in self._tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def proxied(port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of this port, gone at the end."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.end()
