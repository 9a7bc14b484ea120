"""When a world has come to rest: every follower at the head of the log, every message settled, nothing set aside."""

import asyncio
import hashlib
import json
from collections.abc import Mapping

import httpx

from testkit.world import Installation

BOOKS = frozenset({"cursor", "parked", "snapshot", "view_state"})
UNSETTLED = """
    select count(*) from log.events i where type = 'delivery.intended.v1' and not exists (
        select from log.events o where o.stream = i.stream
        and o.type in ('delivery.sent.v1', 'delivery.failed.v1', 'delivery.suppressed.v1'))
"""
CURSOR = "select max(position) from {}.cursor"
TABLES = """
    select table_schema, table_name from information_schema.tables
    where table_schema = any($1) and table_type = 'BASE TABLE' order by 1, 2
"""


async def quiet(world: Installation, seconds: float = 90.0) -> None:
    """Wait until nothing moves any more; AssertionError with what still does after the seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while moving := await _moving(world):
        assert asyncio.get_running_loop().time() < deadline, f"still moving after {seconds:.0f} s: {moving}"
        await asyncio.sleep(0.2)


async def _moving(world: Installation) -> list[str]:
    head = await world.head()
    connection = await world.connection()
    try:
        places = {name: await connection.fetchval(CURSOR.format(name)) for name in world.services}
        unsettled = await connection.fetchval(UNSETTLED)
    finally:
        await connection.close()
    behind = [f"{name} is at {place} of {head}" for name, place in places.items() if place != head]
    begun = [] if head else ["no regulation is published"]
    return [*begun, *behind, *([f"{unsettled} messages are unsettled"] if unsettled else [])]


async def set_aside(world: Installation) -> list[str]:
    """Events that some follower could not apply (I15)."""
    found = []
    for name in world.services:
        rows = await world.fetch(f"select position, reason from {name}.parked")  # noqa: S608  # our own services
        found += [f"{name} has parked {row['position']}: {row['reason']}" for row in rows]
    return found


async def not_ready(world: Installation) -> list[str]:
    """Services that do not say that they make progress (I18)."""
    async with httpx.AsyncClient(timeout=5) as http:
        answers = {name: await http.get(f"{world.url(name)}/readyz") for name in world.services}
    return [f"{name}: {answer.text}" for name, answer in answers.items() if answer.status_code != 200]


async def views(world: Installation) -> Mapping[str, str]:
    """The content of every view as one hash a table, whatever order its rows lie in (I8)."""
    connection = await world.connection()
    try:
        tables = [f"{schema}.{name}" for schema, name in await connection.fetch(TABLES, list(world.services))]
        hashed = {}
        for table in tables:
            if table.partition(".")[2] not in BOOKS:
                rows = await connection.fetch(f"select * from {table}")  # noqa: S608  # names come from the catalogue
                hashed[table] = _hash(sorted(json.dumps([*row], default=str) for row in rows))
        return hashed
    finally:
        await connection.close()


async def forget_views(world: Installation) -> None:
    """Let every service make its views and its state anew at its next start."""
    connection = await world.connection()
    try:
        for name in world.services:
            await connection.execute(f"delete from {name}.view_state; delete from {name}.snapshot")  # noqa: S608
    finally:
        await connection.close()


def _hash(rows: list[str]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row.encode())
    return f"{len(rows)} rows, {digest.hexdigest()[:16]}"
