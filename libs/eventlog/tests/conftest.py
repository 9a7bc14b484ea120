from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest
from eventlog.memory import MemoryLog
from eventlog.postgres import PostgresLog
from eventlog.store import EventLog
from eventlog.vault import Vault
from testkit.running import MASTER_KEY, a_log
from testkit.servers import Database


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
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    connection.terminate()
