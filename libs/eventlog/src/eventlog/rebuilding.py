"""Views made anew from the log: whenever the program that makes them has changed, or somebody asked for it (D6, I8)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from contracts import Event, Recorded

from eventlog.bookkeeping import Books
from eventlog.postgres import PostgresLog
from eventlog.reactor import Reactor
from eventlog.reading import Page, pages
from eventlog.rows import BegunBeforeError, Rows, Storing
from eventlog.tables import Statement

S = TypeVar("S")
Events = AsyncIterator[Sequence[Recorded[Event]]]

KEPT = 5_000
"""Rows of a table that are kept in memory, where most of them change soon after they begin: some 5 MB."""
MORE = 2_000
"""Rows of a table beyond those that are written together."""
UNHURRIED = """
    set local statement_timeout = 0;
    set local idle_in_transaction_session_timeout = 0;
"""
ROUGHLY = "set local default_statistics_target = 10"
"""Statistics for the first minute, from a tenth of the usual sample: until the server makes its own after the load."""
UNMADE = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
"""What asking for views raises until this program has made its own."""
HOURS = 12 * 3600.0
"""Seconds that an index or the statistics of a long table may take."""


class Filling:
    """Rows on their way to the store while those of later events are folded; a look-up waits until they are there.

    So many of a table are `kept` in memory, and written when there are so many `more`.
    """

    def __init__(self, connection: Storing, rows: Rows, kept: int, more: int) -> None:
        self._connection = connection
        self._rows = rows
        self._kept = kept
        self._most = kept + more
        self._writing = self._write(kept)

    async def fetchrow(self, query: str, *args: object) -> asyncpg.Record | None:
        """What a look-up finds."""
        await self._writing
        return await self._connection.fetchrow(query, *args)

    async def take(self, statements: Sequence[Statement]) -> None:
        """Let the rows be what these statements make of them; raises BegunBeforeError, for earlier ones too."""
        await self._rows.take(self, statements)
        if self._rows.most >= self._most:
            await self._writing
            self._writing = self._write(self._kept)

    async def finish(self) -> None:
        """Let every row be in the store; raises BegunBeforeError."""
        await self._writing
        self._writing = self._write(0)
        await self._writing

    async def stop(self) -> None:
        """Leave the connection to others."""
        await asyncio.gather(self._writing, return_exceptions=True)

    def _write(self, kept: int) -> asyncio.Task[None]:
        return asyncio.create_task(self._rows.put_away(self._connection, kept))


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
            await _fill(reactor, Filling(connection, rows, KEPT, MORE), _unparked(ahead, parked))
        await connection.execute(f"{reactor.views.indexes}; {ROUGHLY}; analyze {', '.join(names)}", timeout=HOURS)


async def _fill(reactor: Reactor[S], filling: Filling, ahead: Events) -> None:
    try:
        async for page in ahead:
            await filling.take([*reactor.project(page)])
        await filling.finish()
    finally:
        await filling.stop()


async def _unparked(ahead: AsyncIterator[Page], parked: frozenset[int]) -> Events:
    async for events, _ in ahead:
        yield [each for each in events if each.position not in parked]
