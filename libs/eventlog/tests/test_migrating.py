"""Migrating a database that is in use: nobody waits for it, and it waits for nobody (D8)."""

import asyncpg
import pytest
from eventlog.migrate import migrate
from eventlog.postgres import PostgresLog
from testkit.following import fill
from testkit.running import a_follower, caught_up, connected, whole
from testkit.servers import Database
from testkit.streams import of_ticket, opened
from testkit.toys import ToyRouting

FORMER = """
    alter table log.events drop constraint events_stream_form,
        add constraint events_stream_check check (stream ~ '^[a-z]+-[A-Za-z0-9._:-]+$') not valid;
    drop trigger never_truncated on log.events;
"""


async def test_a_backup_under_way_holds_up_neither_a_migration_nor_appends(
    database: Database, intake: PostgresLog
) -> None:
    async with connected(database.owner_url) as backup, backup.transaction(isolation="repeatable_read", readonly=True):
        await backup.fetch("select count(*) from log.events")
        await migrate(database.owner_url, database.passwords)
        assert (await intake.append(of_ticket("1", opened("1")))).last == 1


async def test_a_database_of_an_earlier_program_gets_what_it_lacks(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    await owner.execute(FORMER)
    await migrate(database.owner_url, database.passwords)
    with pytest.raises(asyncpg.CheckViolationError):
        await intake.append(of_ticket("x" * 201, opened("1")))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("truncate log.events")


async def test_what_a_service_has_recorded_is_found_piece_by_piece(
    database: Database, intake: PostgresLog, routing: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(intake, range(10))
    async with a_follower(routing, database.url_for("routing"), ToyRouting()) as follower:
        await caught_up(follower, intake)
    monkeypatch.setattr("eventlog.postgres.REACH", 3)
    own = [each for each in await whole(intake) if each.meta.actor == "routing" and each.meta.reaction]
    assert own
    assert await routing.reactions(0, "routing") == own
