from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from embedded.nats import Nats
from embedded.postgres import FAST, Postgres
from eventlog.memory import MemoryLog
from eventlog.postgres import PostgresLog
from eventlog.store import EventLog
from eventlog.vault import Vault
from testkit.running import MASTER_KEY, a_log, connected
from testkit.servers import Database, Template, migrated_template, started


@pytest.fixture(params=["memory", "postgres"])
async def log(request: pytest.FixtureRequest) -> AsyncIterator[EventLog]:
    if request.param == "memory":
        yield MemoryLog(Vault(MASTER_KEY), lambda: datetime.now(UTC))
        return
    database: Database = request.getfixturevalue("database")
    async with a_log(database.url_for("intake")) as kept:
        yield kept


@pytest.fixture
async def intake(database: Database) -> AsyncIterator[PostgresLog]:
    async with a_log(database.url_for("intake")) as kept:
        yield kept


@pytest.fixture
async def routing(database: Database) -> AsyncIterator[PostgresLog]:
    async with a_log(database.url_for("routing")) as kept:
        yield kept


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    async with connected(database.owner_url) as connection:
        yield connection


@pytest.fixture(scope="session")
def own_server(server_directory: Path) -> Iterator[Postgres]:
    settings = {**FAST, "synchronous_commit": "on"}  # it will be killed, and what it promised has to be there
    with started(Postgres(server_directory / "frozen", settings=settings)) as server:
        yield server
        server.thaw()


@pytest.fixture(scope="session")
def own_template(own_server: Postgres) -> Template:
    return migrated_template(own_server)


@pytest.fixture
def own_database(own_template: Template) -> Iterator[Database]:
    with own_template.copied() as fresh:
        yield fresh


@pytest.fixture
def own_nats(server_directory: Path) -> Iterator[Nats]:
    with started(Nats(server_directory / "broken-nats")) as server:
        yield server
    server.erase()
