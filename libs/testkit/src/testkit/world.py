"""A whole installation in the hands of a test: its processes, its doors, its log, and what may be done to them."""

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import asyncpg
from contracts import Event, Recorded
from embedded.child import Child, Program, tail
from embedded.errors import EmbeddedError
from embedded.nats import Nats
from embedded.postgres import Postgres
from embedded.server import Server
from embedded.waiting import holds
from eventlog.wire import read_page

from testkit.crashing import VARIABLE, Point
from testkit.journal import Journal

PAGE = 5_000
HEAD = "select position from log.head"


class Process(Server, Protocol):
    """One of our services as a process that can be hurt."""

    program: Program

    @property
    def child(self) -> Child:
        """The process that runs now."""

    def kill(self) -> None:
        """End it as `kill -9` does."""

    def freeze(self) -> None:
        """Stop it in its tracks."""

    def thaw(self) -> None:
        """Let it go on."""

    def is_ready(self) -> bool:
        """Whether it says that it makes progress."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Installation:
    """Everything that runs, and where to find it."""

    services: Mapping[str, Process]
    owner_url: str
    url: Callable[[str], str]
    keys: Mapping[str, str]

    def processes(self) -> Mapping[str, int]:
        """Which process each service is now."""
        return {name: service.child.pid for name, service in self.services.items()}

    def ended_by_themselves(self) -> list[str]:
        """Services that nobody ended and that yet do not run, with their last words (I18)."""
        gone = [service for service in self.services.values() if not service.alive]
        return [f"{service.name} has ended:\n{tail(service.program.log)}" for service in gone]

    def traces(self) -> list[str]:
        """The last words of every service."""
        return [f"── {name}\n{tail(service.program.log, 30)}" for name, service in self.services.items()]

    async def log(self) -> list[Recorded[Event]]:
        """Every event there is."""
        events: list[Recorded[Event]] = []
        connection = await self.connection()
        try:
            while page := await self._page(connection, events[-1].position if events else 0):
                events += page
        finally:
            await connection.close()
        return events

    async def connection(self) -> asyncpg.Connection:
        """A connection as the owner of the database."""
        return await asyncpg.connect(self.owner_url, timeout=10, command_timeout=60)

    async def fetch(self, query: str, *args: object) -> Sequence[asyncpg.Record]:
        """What the owner of the database reads."""
        connection = await self.connection()
        try:
            return list(await connection.fetch(query, *args))
        finally:
            await connection.close()

    async def head(self) -> int:
        """The position of the last event."""
        return int((await self.fetch(HEAD))[0]["position"])

    @staticmethod
    async def _page(connection: asyncpg.Connection, after: int) -> list[Recorded[Event]]:
        return read_page(await connection.fetchval("select log.page($1, $2)", after, PAGE))


@dataclasses.dataclass(frozen=True, kw_only=True)
class World(Installation):
    """An installation whose servers are the test's own; whatever is done to a process goes into the journal."""

    postgres: Postgres
    nats: Nats
    journal: Journal = dataclasses.field(default_factory=Journal)

    def kill(self, name: str) -> None:
        """End a service as `kill -9` does and start it again, which takes until it is ready."""
        self.journal.note("kill -9", name)
        self.services[name].kill()
        self._start(name)

    def crash(self, name: str, point: Point) -> None:
        """Let a service run until it dies by itself at the point, or is killed after a while; then start it again."""
        service, plain = self.services[name], self.services[name].program
        self.journal.note(f"crash at {point.name} {point.when}", name)
        service.kill()
        words = (sys.executable, "-m", "testkit.crashing", name)
        service.program = dataclasses.replace(plain, argv=words, env={**plain.env, VARIABLE: point.written()})
        try:
            _outlive(service)
        finally:
            service.program = plain
        self.journal.note("died" if not service.alive else "did not come to its point", name)
        if service.alive:
            service.kill()
        self._start(name)

    def _start(self, name: str) -> None:
        self.services[name].start()
        self.journal.note("is ready again", name)


def _outlive(service: Process) -> None:
    """Start a service that is about to die, perhaps before it is ready, and wait for that, at most 5 s."""
    with contextlib.suppress(EmbeddedError):
        service.start()
        holds(lambda: not service.alive, 5.0)
