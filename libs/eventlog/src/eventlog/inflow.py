"""Events on their way to a follower: the broker drops them in here, the store fills every gap (I4, I5)."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec
from contracts import Event, Recorded

from eventlog.wire import read_page

PAGE = 2_000
"""Events a page has at most."""
KEPT = 20_000
"""Events kept at most; what comes on top is read from the store later."""
STRAGGLING = 0.015
"""Seconds to wait for an event that another process has committed but not yet published."""
QUIET = 0.1
"""Seconds between looks into the store while no broker speaks."""
CALM = 1.0
"""Seconds between looks into the store while the broker speaks."""
SILENCE = 3.0
"""Seconds without a word after which the broker counts as silent."""


class Pages(Protocol):
    """Where missing events are read from."""

    async def page(self, after: int, limit: int) -> list[Recorded[Event]]:
        """Up to `limit` events beyond position `after`."""
        ...


class Inflow:
    """A buffer in order of position, fed by the broker, filled up from the store."""

    def __init__(self, store: Pages) -> None:
        self.head = 0
        self._store = store
        self._buffer: dict[int, Recorded[Event]] = {}
        self._arrived = asyncio.Event()
        self._heard = float("-inf")
        self._reached = 0

    def take(self, batch: bytes) -> None:
        """A batch as the broker brought it; what cannot be read is left to the store's pages."""
        try:
            events = read_page(batch)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        self._heard = _now()
        if len(self._buffer) < KEPT:
            self._buffer.update((each.position, each) for each in events if each.position > self._reached)
        self.head = max([self.head, *(each.position for each in events)])
        self._arrived.set()

    def hear(self, head: int) -> None:
        """The log's head as the relay said it."""
        self._heard = _now()
        if head > self.head:
            self.head = head
            self._arrived.set()

    @property
    def broker_speaks(self) -> bool:
        """Whether anything was heard from the broker lately."""
        return _now() - self._heard < SILENCE

    async def after(self, position: int, patience: float) -> Sequence[Recorded[Event]]:
        """The events right after `position`, or none when nothing came within `patience` seconds."""
        self._reached = position
        if self.head <= position and position + 1 not in self._buffer:
            await self._wait(min(patience, CALM if self.broker_speaks else QUIET))
        deadline = _now() + min(patience, STRAGGLING)
        while self._buffer and position + 1 not in self._buffer and (left := deadline - _now()) > 0:
            await self._wait(left)
        return self._run(position) or await self._page(position)

    def _run(self, position: int) -> list[Recorded[Event]]:
        run: list[Recorded[Event]] = []
        while len(run) < PAGE and (event := self._buffer.pop(position + 1 + len(run), None)):
            run.append(event)
        return run

    async def _page(self, position: int) -> list[Recorded[Event]]:
        page = await self._store.page(position, PAGE)
        last = page[-1].position if page else position
        self.head = max(self.head, last)
        self._buffer = {place: each for place, each in self._buffer.items() if place > last}
        return page

    async def _wait(self, seconds: float) -> None:
        self._arrived.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return


def _now() -> float:
    return asyncio.get_running_loop().time()
