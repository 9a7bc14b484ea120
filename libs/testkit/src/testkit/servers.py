"""Real PostgreSQL and NATS for tests, as pytest fixtures; the plugin loads by itself where testkit is installed."""

import asyncio
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from embedded.nats import Nats
from embedded.pidfile import end_stale, remember, remembered
from embedded.postgres import FAST, Postgres
from embedded.server import Server
from eventlog.migrate import migrate

T = TypeVar("T")
S = TypeVar("S", bound=Server)
PREFIX = "reglament-test-"
TEMPLATE = "template_reglament"
ROLES = ("intake", "routing", "sla", "notify", "csi", "ops")


@dataclass(frozen=True)
class Database:
    """A fresh, migrated database: its owner's URL and the roles' passwords."""

    name: str
    owner_url: str
    passwords: Mapping[str, str]

    def url_for(self, service: str) -> str:
        """The connection URL of the role `reglament_<service>`, or of `ops`, who may only read."""
        scheme, _, address = self.owner_url.partition("://")
        return f"{scheme}://reglament_{service}:{self.passwords[service]}@{address.rpartition('@')[2]}"


@dataclass(frozen=True)
class Template:
    """A migrated database to copy; roles and their passwords belong to the whole server."""

    server: Postgres
    passwords: Mapping[str, str]

    @contextmanager
    def copied(self) -> Iterator[Database]:
        """A copy, dropped at the end with whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        run(_execute(self.server.url(), f"create database {name} template {TEMPLATE}"))
        try:
            yield Database(name, self.server.url(name), self.passwords)
        finally:
            run(_execute(self.server.url(), f"drop database {name} with (force)"))


@contextmanager
def started(server: S) -> Iterator[S]:
    """The server as long as the block lasts."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def migrated_template(server: Postgres) -> Template:
    """Make the template on a server; once per server."""
    passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
    run(_execute(server.url(), f"create database {TEMPLATE}"))
    run(migrate(server.url(TEMPLATE), passwords))
    return Template(server, passwords)


def run(work: Coroutine[None, None, T]) -> T:
    """Run to the end in a loop of its own, whether or not the caller's thread has one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=30)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _sweep(leftovers: Path) -> None:
    """Clear away what a killed test run left behind."""
    for directory in leftovers.glob(f"{PREFIX}*"):
        if (directory / "session.pid").exists() and remembered(directory / "session.pid") is None:
            for file in directory.glob("*/*.pid"):
                end_stale(file, signal.SIGINT)
            shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """A directory for the servers of this run that any user may pass through; pytest's own are closed to nobody."""
    _sweep(Path(tempfile.gettempdir()))
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    remember(directory / "session.pid", os.getpid())
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_directory: Path) -> Iterator[Postgres]:
    """One PostgreSQL for the whole run; whoever kills or freezes it should rather start one of its own."""
    with started(Postgres(server_directory / "postgres", settings=FAST)) as server:
        yield server


@pytest.fixture(scope="session")
def nats_server(server_directory: Path) -> Iterator[Nats]:
    """One NATS with JetStream for the whole run; use `.url`."""
    with started(Nats(server_directory / "nats")) as server:
        yield server


@pytest.fixture(scope="session")
def database_template(postgres_server: Postgres) -> Template:
    """A database on which `migrate` ran once; all test databases are copies of it."""
    return migrated_template(postgres_server)


@pytest.fixture
def database(database_template: Template) -> Iterator[Database]:
    """A fresh database for one test."""
    with database_template.copied() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_database(database_template: Template) -> Iterator[Database]:
    """A fresh database for the tests of one module together."""
    with database_template.copied() as fresh:
        yield fresh
