"""Views made anew from the log: whenever the program that makes them has changed, or somebody asked for it (D6, I8)."""

import hashlib
from typing import TypeVar

from eventlog.bookkeeping import Books, Executing
from eventlog.inflow import PAGE
from eventlog.merging import merged
from eventlog.postgres import PostgresLog
from eventlog.reactor import Reactor

S = TypeVar("S")
Extent = tuple[int, frozenset[int]]
"""Up to which position views are made, and the parked events that are not in them."""


async def prepare_views(log: PostgresLog, reactor: Reactor[S], books: Books) -> None:
    """Make sure that the views are this program's; one transaction, so that nobody sees them half made."""
    code = hashlib.sha256((reactor.code + reactor.views.ddl).encode()).hexdigest()
    if await books.views_code(log.pool) == code:
        return
    async with log.pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext($1))", f"views:{reactor.name}")
        await connection.execute("set local statement_timeout = 0")
        if await books.views_code(connection) != code:
            await _make(
                log, reactor, connection, (await books.hold(connection), frozenset(await books.parked(connection)))
            )
            await books.views_made(connection, code)


async def _make(log: PostgresLog, reactor: Reactor[S], connection: Executing, extent: Extent) -> None:
    upto, parked = extent
    for table in reactor.views.tables:
        await connection.execute(f"drop table if exists {table} cascade")
    if reactor.views.ddl:
        await connection.execute(reactor.views.ddl)
    position = 0
    while position < upto:
        page = await log.page(position, min(PAGE, upto - position))
        for statement in merged(reactor.project([each for each in page if each.position not in parked])):
            await connection.executemany(statement.sql, statement.rows)
        position = page[-1].position
