"""Views made anew from the log: whenever the program that makes them has changed, or somebody asked for it (D6, I8)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TypeVar

from asyncpg.pool import PoolConnectionProxy
from contracts import Event, Recorded

from eventlog.bookkeeping import Books
from eventlog.postgres import PostgresLog
from eventlog.reactor import Reactor
from eventlog.reading import Page, pages
from eventlog.rows import BegunBeforeError, Rows

S = TypeVar("S")
Events = AsyncIterator[Sequence[Recorded[Event]]]

KEPT = 5_000
"""Rows of a table that are kept in memory, where most of them change soon after they begin: some 5 MB."""
UNHURRIED = """
    set local statement_timeout = 0;
    set local idle_in_transaction_session_timeout = 0;
"""
HOURS = 12 * 3600.0
"""Seconds that an index or the statistics of a long table may take."""


async def prepare_views(log: PostgresLog, reactor: Reactor[S], books: Books) -> None:
    """Make sure that the views are this program's; one transaction, so that nobody sees them half made."""
    code = hashlib.sha256((reactor.code + reactor.views.ddl + reactor.views.indexes).encode()).hexdigest()
    if await books.views_code(log.pool) == code:
        return
    try:
        await _prepare(log, reactor, books, code, Rows(empty=True))
    except BegunBeforeError:
        await _prepare(log, reactor, books, code, Rows(empty=True, trusting=False))


async def _prepare(log: PostgresLog, reactor: Reactor[S], books: Books, code: str, rows: Rows) -> None:
    async with log.pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext($1))", f"views:{reactor.name}")
        await connection.execute(UNHURRIED)
        if await books.views_code(connection) != code:
            await _make(log, reactor, books, connection, rows)
            await books.views_made(connection, code)


async def _make(
    log: PostgresLog, reactor: Reactor[S], books: Books, connection: PoolConnectionProxy, rows: Rows
) -> None:
    upto, parked = await books.hold(connection), frozenset(await books.parked(connection))
    names = [table.name for table in reactor.views.tables]
    for name in names:
        await connection.execute(f"drop table if exists {name} cascade")
    if names:
        await connection.execute(reactor.views.ddl)
        async with aclosing(pages(log, 0, upto, reactor.views.rules)) as ahead:
            await _fill(reactor, connection, rows, _unparked(ahead, parked))
        await connection.execute(f"{reactor.views.indexes}; analyze {', '.join(names)}", timeout=HOURS)


async def _fill(reactor: Reactor[S], connection: PoolConnectionProxy, rows: Rows, ahead: Events) -> None:
    """What one page has led to is written while the next one is decoded."""
    writing = asyncio.ensure_future(rows.put_away(connection))
    try:
        async for page in ahead:
            statements = [*reactor.project(page)]
            await writing
            await rows.take(connection, statements)
            writing = asyncio.ensure_future(rows.put_away(connection, KEPT))
        await writing
        await rows.put_away(connection)
    finally:
        await asyncio.gather(writing, return_exceptions=True)


async def _unparked(ahead: AsyncIterator[Page], parked: frozenset[int]) -> Events:
    async for events, _ in ahead:
        yield [each for each in events if each.position not in parked]
