"""Events on their way to a follower: the broker drops them in here, the store fills every gap (I4, I5)."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

import msgspec
from contracts import Event, Recorded, wire_type

from eventlog.bell import Bell
from eventlog.wire import read_page

PAGE = 2_000
"""Events a page has at most."""
KEPT = 20_000
"""Events kept at most; what comes on top is read from the store later."""
PACKED = 2**20
"""Bytes kept unread at most, so that reading them blocks nobody for long (I18)."""
GATHER = 0.04
"""Seconds that events from which nothing follows wait for others: most of what a follower costs is being woken."""
STRAGGLING = 0.05
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
    """A buffer in order of position, fed by the broker, filled up from the store.

    Batches are kept as they came and read together. One that holds an `urgent` kind of event (None: any) wakes the
    follower at once, any other one within GATHER seconds.
    """

    def __init__(self, store: Pages, urgent: Collection[type[Event]] | None = None) -> None:
        self.head = 0
        self.wanted = 0
        self._waiters: list[int] = []
        self._store = store
        self._is_urgent = _mentioning(urgent)
        self._packed: list[bytes] = []
        self._size = 0
        self._buffer: dict[int, Recorded[Event]] = {}
        self._bell = Bell()
        self._straggling = False
        self._heard = float("-inf")
        self._reached = 0

    def take(self, batch: bytes) -> None:
        """A batch as the broker brought it; what cannot be read is left to the store's pages."""
        self._heard = _now()
        self._packed.append(batch)
        self._size += len(batch)
        if self._size > PACKED:
            self._unpack()
        if self._straggling or self.wanted > self._reached or self._is_urgent(batch):
            self._bell.ring()
        else:
            self._bell.ring_within(GATHER)

    def hear(self, head: int) -> None:
        """The log's head as the relay said it."""
        self._heard = _now()
        if head > self.head:
            self.head = head
            self._bell.ring_within(GATHER)

    @contextlib.contextmanager
    def hurrying(self, position: int) -> Iterator[None]:
        """Inside, somebody waits for what is known up to this position: let nothing wait for company until then.

        Afterwards nobody does, even where that position never comes: whoever asks may ask for any.
        """
        self._waiters.append(position)
        if position > self.wanted:
            self.wanted = position
            self._bell.ring()
        try:
            yield
        finally:
            self._waiters.remove(position)
            self.wanted = max(self._waiters, default=0)

    @property
    def broker_speaks(self) -> bool:
        """Whether anything was heard from the broker lately."""
        return _now() - self._heard < SILENCE

    @property
    def known(self) -> int:
        """How far the log goes for all that came in, read or not."""
        last = _read(self._packed[-1:])
        return max(self.head, last[-1].position) if last else self.head

    async def after(self, position: int, patience: float) -> Sequence[Recorded[Event]]:
        """The events right after `position`, or none when nothing came within `patience` seconds."""
        self._reached = position
        if self.head <= position and position + 1 not in self._buffer:
            await self._bell.wait(min(patience, CALM if self.broker_speaks else QUIET))
        self._unpack()
        if self._buffer and position + 1 not in self._buffer:
            await self._straggler(position + 1, min(patience, STRAGGLING))
        return self._run(position) or await self._page(position)

    async def _straggler(self, position: int, patience: float) -> None:
        deadline = _now() + patience
        self._straggling = True
        while position not in self._buffer and (left := deadline - _now()) > 0:
            await self._bell.wait(left)
            self._unpack()
        self._straggling = False

    def _unpack(self) -> None:
        packed, self._packed, self._size = self._packed, [], 0
        for event in _read(packed):
            self.head = max(self.head, event.position)
            if event.position > self._reached and len(self._buffer) < KEPT:
                self._buffer[event.position] = event

    def _run(self, position: int) -> list[Recorded[Event]]:
        run: list[Recorded[Event]] = []
        while len(run) < PAGE and (event := self._buffer.pop(position + 1 + len(run), None)):
            run.append(event)
        return run

    async def _page(self, position: int) -> list[Recorded[Event]]:
        said = self.head
        page = await self._store.page(position, PAGE)
        if not page:
            self._nothing_beyond(position, said)
            return page
        last = page[-1].position
        self.head = max(self.head, last)
        self._buffer = {place: each for place, each in self._buffer.items() if place > last}
        return page

    def _nothing_beyond(self, position: int, said: int) -> None:
        """What was said to lie there before the store was asked does not, or not any more: a backup was restored."""
        self._buffer.clear()
        if self.head == said:
            self.head = position


def _mentioning(kinds: Collection[type[Event]] | None) -> Callable[[bytes], object]:
    """Whether a batch holds such events, of whatever version: a look at its bytes, since reading it costs far more."""
    if kinds is None:
        return lambda _: True
    names = "|".join(sorted(re.escape(wire_type(kind).rpartition(".")[0]) for kind in kinds))
    return re.compile(rf'"type":"(?:{names})\.v'.encode()).search


def _read(packed: Sequence[bytes]) -> list[Recorded[Event]]:
    """All of these batches as one page; where that cannot be read, those of them that can be."""
    if not packed:
        return []
    try:
        return read_page(b"[" + b",".join([each[1:-1] for each in packed]) + b"]")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [event for each in packed for event in _read([each])] if len(packed) > 1 else []


def _now() -> float:
    return asyncio.get_running_loop().time()
