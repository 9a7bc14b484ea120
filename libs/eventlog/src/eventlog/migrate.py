"""Brings a database to the shape the log needs: tables, functions, roles and each service's own schema."""

from collections.abc import Mapping
from importlib.resources import files

import asyncpg

WRITERS: Mapping[str, tuple[str, ...]] = {
    "intake": ("ticket", "message", "requester", "regulation", "call"),
    "routing": ("agent", "roster", "assignment", "line"),
    "sla": ("clock",),
    "notify": ("delivery", "tracker"),
    "csi": ("survey",),
}
"""Which stream prefixes each service may append to (design §2, I20)."""

GRANTS = (
    "grant usage on schema vault to {role}",
    "grant select on vault.keys to {role}",
    "grant select, insert on vault.blobs to {role}",
    "revoke insert on log.seals from {role}",
    "grant execute on all functions in schema log to {role}",
    "grant {role} to current_user",
    "create schema if not exists {service} authorization {role}",
    "alter role {role} set search_path = {service}",
)

MIGRATING = 7_203_001
"""The advisory lock that lets one migration run at a time."""


async def migrate(owner_url: str, passwords: Mapping[str, str]) -> None:
    """Create or update everything the log needs, and login roles `reglament_<service>` and `reglament_ops`."""
    connection = await asyncpg.connect(owner_url, timeout=10, command_timeout=60)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", MIGRATING)
            await connection.execute(files("eventlog").joinpath("schema.sql").read_text())
            await _allow(connection, await connection.fetchval("select session_user::text"), ["*"])
            for service, prefixes in WRITERS.items():
                await _service(connection, service, passwords[service], list(prefixes))
            await _ops(connection, passwords["ops"])
    finally:
        await connection.close()


async def _allow(connection: asyncpg.Connection, role: str, prefixes: list[str]) -> None:
    await connection.execute(
        "insert into log.writers values ($1, $2) on conflict (role) do update set prefixes = excluded.prefixes",
        role,
        prefixes,
    )


async def _role(connection: asyncpg.Connection, role: str, password: str) -> None:
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
        await connection.execute(f"create role {role} login")
    # ALTER ROLE takes no parameters; the server quotes the password as a literal.
    literal = await connection.fetchval("select quote_literal($1::text)", password)
    await connection.execute(f"alter role {role} password {literal}")
    await connection.execute(f"alter role {role} set idle_in_transaction_session_timeout = '10s'")
    await connection.execute(f"grant usage on schema log to {role}")
    await connection.execute(f"grant select on all tables in schema log to {role}")


async def _service(connection: asyncpg.Connection, service: str, password: str, prefixes: list[str]) -> None:
    role = f"reglament_{service}"
    await _role(connection, role, password)
    await _allow(connection, role, prefixes)
    for grant in GRANTS:
        await connection.execute(grant.format(role=role, service=service))
    await connection.execute(f"set local role {role}")
    await connection.execute(f"set local search_path = {service}")
    await connection.execute(files("eventlog").joinpath("follower.sql").read_text())
    await connection.execute("reset role")
    await connection.execute("reset search_path")


async def _ops(connection: asyncpg.Connection, password: str) -> None:
    await _role(connection, "reglament_ops", password)
    await connection.execute("grant execute on function log.line, log.page, log.stream to reglament_ops")
    for service in WRITERS:
        await connection.execute(f"""
            grant usage on schema {service} to reglament_ops;
            grant select on all tables in schema {service} to reglament_ops;
            alter default privileges for role reglament_{service} in schema {service}
                grant select on tables to reglament_ops;
        """)
