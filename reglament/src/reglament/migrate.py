"""`reglament migrate`: brings a database to the shape the services need."""

import asyncio
import os
from collections.abc import Coroutine, Mapping

import asyncpg
import eventlog.migrate
import msgspec
import typer

from reglament.screen import complain


def migrate() -> None:
    """Create or update tables and roles: REGLAMENT_OWNER_URL, REGLAMENT_ROLE_PASSWORDS (JSON, role to password)."""
    owner = os.environ.get("REGLAMENT_OWNER_URL")
    if not owner:
        complain(
            "REGLAMENT_OWNER_URL is not set: the URL of the database's owner, postgresql://user:password@host/name"
        )
        raise typer.Exit(2)
    passwords = _passwords(os.environ.get("REGLAMENT_ROLE_PASSWORDS", ""))
    try:
        bring_up_to_date(owner, passwords)
    except MigrationError as error:
        complain(str(error))
        raise typer.Exit(1) from None
    typer.echo("The database is up to date.")


class MigrationError(Exception):
    """The database could not be reached or changed; the message says which and why, without the password."""


def bring_up_to_date(owner_url: str, passwords: Mapping[str, str]) -> None:
    """Run the migrations; raises `MigrationError`."""
    _run(owner_url, eventlog.migrate.migrate(owner_url, passwords))


def ensure_database(admin_url: str, name: str) -> None:
    """Create the database when the server lacks it; raises `MigrationError`."""
    _run(admin_url, _create(admin_url, name))


def _passwords(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text.encode(), type=dict[str, str])
    except msgspec.DecodeError:
        complain('REGLAMENT_ROLE_PASSWORDS must be JSON: {"intake": "…", "routing": "…", …, "ops": "…"}')
        raise typer.Exit(2) from None


def _run(url: str, work: Coroutine[None, None, None]) -> None:
    try:
        asyncio.run(work)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise MigrationError(f"PostgreSQL at {url.rpartition('@')[2]}: {error or type(error).__name__}") from error
    except KeyError as error:
        raise MigrationError(f"REGLAMENT_ROLE_PASSWORDS lacks the password of {error}") from error


async def _create(admin_url: str, name: str) -> None:
    connection = await asyncpg.connect(admin_url, timeout=10, command_timeout=60)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
            await connection.execute(f'create database "{name}"')
    finally:
        await connection.close()
