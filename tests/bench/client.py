"""A load client that costs little: requests rendered beforehand, written to kept-alive sockets, answers barely read.

`python -m tests.bench.client` takes a `Plan` as JSON from standard input and gives an `Outcome` on standard output.
"""

import asyncio
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import cast

import msgspec
import uvloop

from tests.bench.samples import requests

END_OF_HEAD = b"\r\n\r\n"
LONGEST = 120.0
LENGTH = b"content-length: "


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to send: `count` messages to a port, `rate` a second by the clock, or (0) as fast as answers come."""

    port: int
    key: str
    run: str
    count: int
    connections: int = 32
    rate: float = 0.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: answers by status, seconds it took, and when (Unix time) each message was due to be sent."""

    statuses: dict[int, int]
    seconds: float
    due: dict[str, float]
    latencies: list[float]

    @property
    def accepted(self) -> int:
        """How many messages were taken in."""
        return self.statuses.get(202, 0)


class Connection(asyncio.Protocol):
    """One request at a time; hands itself back when the answer is whole."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._received = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport and be ready for work."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own type of transport is no subclass
        self._load.free(self)

    def send(self, request: bytes, due: float) -> None:
        """Ask; `due` is when that ought to have happened."""
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect until the announced length is there."""
        self._received += data
        end = self._received.find(END_OF_HEAD)
        if end < 0:
            return
        start = self._received.lower().find(LENGTH, 0, end) + len(LENGTH)
        length = int(self._received[start : self._received.index(b"\r", start)])
        if len(self._received) < end + len(END_OF_HEAD) + length:
            return
        status, self._received = int(self._received[9:12]), b""
        self._load.answered(self, status, time.time() - self._due)

    def connection_lost(self, error: Exception | None) -> None:
        """The server hung up: nothing to measure any more."""
        self._load.lost()


class Load:
    """Gives requests to free connections: as they get free, or when they are due."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._left = deque(enumerate(requests(plan.port, plan.key, plan.run, plan.count)))
        self._ready: deque[tuple[int, bytes, float]] = deque()
        self._idle: deque[Connection] = deque()
        self._statuses: Counter[int] = Counter()
        self._due: dict[str, float] = {}
        self._latencies: list[float] = []
        self._done = asyncio.Event()

    async def run(self) -> Outcome:
        """Send everything and wait for all answers."""
        loop = asyncio.get_running_loop()
        waiting, self._left = self._left, deque()
        links = [
            (await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._plan.port))[0]
            for _ in range(self._plan.connections)
        ]
        self._left = waiting
        started = time.time()
        await (self._by_the_clock(started) if self._plan.rate else self._as_answered())
        await self._done.wait()
        seconds = time.time() - started
        for link in links:
            link.abort()
        return Outcome(statuses=dict(self._statuses), seconds=seconds, due=self._due, latencies=self._latencies)

    def free(self, connection: Connection) -> None:
        """This connection may be used."""
        self._idle.append(connection)
        self._pair()

    def answered(self, connection: Connection, status: int, latency: float) -> None:
        """Count an answer."""
        self._statuses[status] += 1
        self._latencies.append(latency)
        if self._statuses.total() == self._plan.count:
            self._done.set()
        if self._left and not self._plan.rate:
            self._due_now(time.time())
        self.free(connection)

    def lost(self) -> None:
        """Without its connections the load is over."""
        self._done.set()

    async def _as_answered(self) -> None:
        for _ in range(min(self._plan.connections, len(self._left))):
            self._due_now(time.time())

    async def _by_the_clock(self, started: float) -> None:
        """Due times do not wait for answers, so that a slow server cannot slow the load down."""
        for n in range(self._plan.count):
            due = started + n / self._plan.rate
            if (early := due - time.time()) > 0:
                await asyncio.sleep(early)
            self._due_now(due)

    def _due_now(self, due: float) -> None:
        n, request = self._left.popleft()
        self._due[f"{self._plan.run}-{n}"] = due
        self._ready.append((n, request, due))
        self._pair()

    def _pair(self) -> None:
        while self._ready and self._idle:
            _, request, due = self._ready.popleft()
            self._idle.popleft().send(request, due)


async def send(plan: Plan) -> Outcome:
    """Run the plan in a process of its own."""
    words = (sys.executable, "-m", "tests.bench.client")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(LONGEST):
            out, _ = await process.communicate(msgspec.json.encode(plan))
    except BaseException:
        process.kill()
        raise
    return msgspec.json.decode(out, type=Outcome)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _main() -> Outcome:
    return await Load(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)).run()


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_main())))
