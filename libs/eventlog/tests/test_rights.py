"""What each role may do to the log, tried by hand: as little as it needs (I20)."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from eventlog.migrate import WRITERS, migrate
from eventlog.store import NEXT
from testkit.running import a_log, connected, whole
from testkit.servers import Database
from testkit.streams import new, opened

PREFIXES = sorted({prefix for prefixes in WRITERS.values() for prefix in prefixes} | {"foreign"})
FORBIDDEN = (
    "insert into log.events select 99, gen_random_uuid(), 'ticket-9', 1, 'ticket.opened.v1', '{}', '{}', now()",
    "update log.events set data = '{}'",
    "delete from log.events",
    "truncate log.events",
    "update log.head set position = 0",
    "delete from log.head",
    "insert into log.writers values (session_user, '{*}')",
    "update log.writers set prefixes = '{*}'",
    "update log.seals set root = ''",
    "delete from log.seals",
    "insert into vault.keys values ('r', '', now())",
    "update vault.keys set wrapped = ''",
    "delete from vault.keys",
    "alter table log.events disable trigger all",
    "drop trigger append_only on log.events",
    "set session_replication_role = replica",
    "create or replace function log.refuse() returns trigger language sql as 'select null'",
    "create table log.mine (n int)",
    "create schema mine",
)
FORBIDDEN_TO_OPS = (
    "select * from vault.keys",
    "select * from vault.blobs",
    "select log.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
    "insert into routing.made_later values (1)",
    "insert into log.seals values (1, 1, 1, '', '', '')",
)
ROLES = [*WRITERS, "ops"]


@pytest.fixture(params=ROLES)
async def role(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[asyncpg.Connection]:
    async with a_log(database.url_for("intake")) as log:
        await log.append([new("ticket-1", 1, opened("1"))])
    async with connected(database.url_for(request.param)) as connection:
        yield connection


@pytest.mark.parametrize("service", WRITERS)
async def test_a_service_appends_to_its_own_streams_and_to_no_others(service: str, database: Database) -> None:
    allowed = []
    async with a_log(database.url_for(service)) as log:
        for prefix in PREFIXES:
            try:
                await log.append([new(f"{prefix}-1", NEXT, opened("1"))])
            except asyncpg.InsufficientPrivilegeError:
                continue
            allowed.append(prefix)
        assert allowed == sorted(WRITERS[service])
        assert len(await whole(log)) == len(allowed)


async def test_one_foreign_stream_spoils_the_whole_request(database: Database) -> None:
    async with a_log(database.url_for("sla")) as log:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await log.append([new("clock-1", 1, opened("1")), new("ticket-1", 1, opened("1"))])
        assert await whole(log) == []


async def test_no_role_can_do_anything_else_to_the_log(role: asyncpg.Connection) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(statement)


async def test_no_service_reads_or_writes_the_tables_of_another(database: Database) -> None:
    for service in WRITERS:
        async with connected(database.url_for(service)) as connection:
            for other in set(WRITERS) - {service}:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(f"table {other}.cursor")


async def test_ops_reads_the_log_and_every_view_but_no_keys_and_appends_nothing(database: Database) -> None:
    async with connected(database.url_for("routing")) as service:
        await service.execute("create table made_later (n int)")
    async with connected(database.url_for("ops")) as ops:
        assert await ops.fetchval("select log.page(0, 10)") == "[]"
        assert await ops.fetch("select * from routing.made_later") == []
        for statement in FORBIDDEN_TO_OPS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ops.execute(statement)


@pytest.mark.parametrize("statement", FORBIDDEN[1:4])
async def test_triggers_refuse_even_the_owner(statement: str, database: Database, owner: asyncpg.Connection) -> None:
    async with a_log(database.url_for("intake")) as log:
        await log.append([new("ticket-1", 1, opened("1"))])
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(statement)
        assert len(await whole(log)) == 1


async def test_migrating_again_changes_nothing_but_passwords(database: Database) -> None:
    async with a_log(database.url_for("intake")) as log:
        await log.append([new("ticket-1", 1, opened("1"))])
        await migrate(database.owner_url, database.passwords)
        await log.append([new("ticket-1", 2, opened("1"))])
        assert len(await whole(log)) == 2
