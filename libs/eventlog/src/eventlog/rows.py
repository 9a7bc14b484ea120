"""Rows of views between the store and the events that speak of them: read at once, folded here, written at once.

A page costs one round trip, however many tables and rows it touches, and one more where it speaks of rows that are not
in memory. Rows travel as JSON: encoding them so costs a third of the CPU that binary parameters would.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any, Protocol

import asyncpg

from eventlog.rowsql import Part, reading, writing
from eventlog.sheet import Sheet
from eventlog.tables import Key, Statement, Table

CHUNK = 2_000
"""Rows of a table that one statement writes at most, so that encoding them blocks nobody for long (I18)."""


class BegunBeforeError(Exception):
    """A row was taken for a new one and is not: start over, trusting nothing."""


class Storing(Protocol):
    """A connection inside a transaction."""

    async def fetchrow(self, query: str, *args: object) -> asyncpg.Record | None:
        """Run a statement and give its first row."""
        ...


class Rows:
    """Rows as statements make them; what is not in memory is in the store, unless that is `empty` to begin with.

    While `trusting`, a row that a statement begins is not looked up first. When a transaction fails, its rows must be
    forgotten with it.
    """

    def __init__(self, *, empty: bool = False, trusting: bool = True) -> None:
        self._empty = empty
        self._trusting = trusting
        self._sheets: dict[Table[Any], Sheet] = {}  # Any: of all kinds

    async def take(self, connection: Storing, statements: Sequence[Statement]) -> None:
        """Let the rows be what these statements make of them, one after the other."""
        for table in {each.table for each in statements} | {each.beside for each in statements if each.beside}:
            if table not in self._sheets:
                self._sheets[table] = Sheet(table)
        if not self._empty:
            await self._look_up(connection, statements)
        for table, key, do, beside, _ in statements:
            sheet = self._sheets[table]
            others = () if beside is None else (self._sheets[beside].rows.get(key),)
            was = sheet.rows.get(key)
            sheet.rows[key] = do(was, *others)
            sheet.changed.setdefault(key, was)

    async def write(self, connection: Storing, kept: int) -> None:
        """Bring the store up to date and keep the newest rows of each table, so many; raises BegunBeforeError."""
        for sheet in self._sheets.values():
            while len(sheet.changed) > CHUNK:
                await self._store(connection, [(sheet, [*islice(sheet.changed, CHUNK)])])
        await self._store(connection, [(sheet, [*sheet.changed]) for sheet in self._sheets.values() if sheet.changed])
        self.keep(kept)

    def said(self) -> list[Part]:
        """What the store must learn to be up to date, all at once; it counts as told."""
        return [part for sheet in self._sheets.values() if sheet.changed for part in sheet.said([*sheet.changed])]

    def keep(self, kept: int) -> None:
        """Keep the newest rows of each table, so many; the store has to be up to date."""
        for sheet in self._sheets.values():
            sheet.forget(sheet.oldest(kept))

    async def put_away(self, connection: Storing, kept: int = 0) -> None:
        """Write the oldest rows only, and forget them: those beyond so many of a table; raises BegunBeforeError."""
        for sheet in self._sheets.values():
            while oldest := sheet.oldest(kept)[:CHUNK]:
                await self._store(connection, [(sheet, oldest)])
                sheet.forget(oldest)

    async def _store(self, connection: Storing, keys: Sequence[tuple[Sheet, Sequence[Key]]]) -> None:
        parts = [part for sheet, some in keys for part in sheet.said(some)]
        if parts:
            self._empty = False
            sql, texts = writing(parts)
            row = await connection.fetchrow(sql, *texts)
            if row is None or row[0] != sum(part.new for part in parts):
                raise BegunBeforeError

    async def _look_up(self, connection: Storing, statements: Sequence[Statement]) -> None:
        missing: dict[Sheet, dict[Key, None]] = {}
        for table, key, _, beside, begins in statements:
            for each in (table, beside) if beside else (table,):
                sheet = self._sheets[each]
                if key in sheet.rows or key in missing.get(sheet, ()):
                    continue
                if begins and self._trusting:
                    sheet.expect(key)
                else:
                    missing.setdefault(sheet, {})[key] = None
        if missing:
            sql, texts = reading([sheet.wanted([*keys]) for sheet, keys in missing.items()])
            found = await connection.fetchrow(sql, *texts)
            for sheet, text in zip(missing, found or (), strict=True):
                sheet.found(text)
