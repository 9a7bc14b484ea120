import json
import os
from pathlib import Path

import asyncpg
import pytest
from embedded.nats import Nats
from embedded.pidfile import remember
from testkit.servers import PREFIX, Database, _sweep


async def test_a_database_is_migrated_and_its_roles_may_enter(database: Database) -> None:
    for role in database.passwords:
        connection = await asyncpg.connect(database.url_for(role))
        assert await connection.fetchval("select current_user::text") == f"reglament_{role}"
        await connection.close()


@pytest.mark.parametrize("time", ["first", "second"])
async def test_no_test_sees_what_another_wrote(database: Database, time: str) -> None:
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute("create table seen (n int)")
    await connection.close()


async def test_a_connection_left_open_does_not_keep_a_database_alive(database: Database) -> None:
    connection = await asyncpg.connect(database.owner_url)
    assert await connection.fetchval("select 1") == 1
    connection.terminate()


def test_a_module_shares_one_database(module_database: Database, database: Database) -> None:
    assert module_database.name != database.name


def test_nats_is_there(nats_server: Nats) -> None:
    assert nats_server.url.endswith(str(nats_server.port))


def test_only_what_a_dead_run_left_behind_is_swept(tmp_path: Path) -> None:
    dead, alive = tmp_path / f"{PREFIX}dead", tmp_path / f"{PREFIX}alive"
    for directory in (dead, alive):
        directory.mkdir()
    (dead / "session.pid").write_text(json.dumps({"pid": os.getpid(), "born": "once"}))
    remember(alive / "session.pid", os.getpid())
    _sweep(tmp_path)
    assert (dead.exists(), alive.exists()) == (False, True)
