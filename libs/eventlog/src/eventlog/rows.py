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


class Sheets(dict[Table[Any], Sheet]):  # Any: of all kinds
    """A sheet for every table that somebody speaks of."""

    def __init__(self, *, fresh: bool) -> None:
        super().__init__()
        self._fresh = fresh

    def __missing__(self, table: Table[Any]) -> Sheet:  # Any: as above
        """The sheet of a table nobody spoke of before."""
        sheet = self[table] = Sheet(table, fresh=self._fresh)
        return sheet


class Rows:
    """Rows as statements make them; what is not in memory is in the store, unless that is `empty` to begin with.

    While `trusting`, a row that a statement begins is not looked up first. When a transaction fails, its rows must be
    forgotten with it.
    """

    def __init__(self, *, empty: bool = False, trusting: bool = True) -> None:
        self._empty = empty
        self._trusting = trusting
        self._sheets = Sheets(fresh=empty)

    @property
    def most(self) -> int:
        """Rows in memory of the table that has most of them there."""
        return max((len(sheet.rows) for sheet in self._sheets.values()), default=0)

    async def take(self, connection: Storing, statements: Sequence[Statement]) -> None:
        """Let the rows be what these statements make of them, one after the other."""
        taken = self._fold(statements, 0)
        while taken < len(statements):
            await self._look_up(connection, statements[taken:])
            taken = self._fold(statements, taken)

    def _fold(self, statements: Sequence[Statement], start: int) -> int:
        """Take these from `start` on, until one speaks of a row that has to be looked up; the number of that one."""
        for number, said in enumerate(islice(statements, start, None), start):
            sheet, key = self._sheets[said.table], said.key
            if key not in sheet.rows and not self._is_new(sheet, said):
                return number
            was = sheet.rows[key]
            sheet.rows[key] = said.do(was)
            sheet.changed.setdefault(key, was)
        return len(statements)

    def _is_new(self, sheet: Sheet, said: Statement) -> bool:
        """Whether the store has no row for what is said and need not be asked."""
        if self._empty or (said.begins and self._trusting):
            sheet.expect(said.key, surely=self._empty)
            return True
        return False

    async def write(self, connection: Storing, kept: int) -> None:
        """Bring the store up to date and keep the newest rows of each table, so many; raises BegunBeforeError."""
        for sheet in self._sheets.values():
            while len(sheet.changed) > CHUNK:
                await self._store(connection, sheet.said([*islice(sheet.changed, CHUNK)]))
        await self._store(connection, self.said())
        self.keep(kept)

    def said(self) -> list[Part]:
        """What the store must learn to be up to date, all at once; it counts as told."""
        return [part for sheet in self._sheets.values() if sheet.changed for part in sheet.said([*sheet.changed])]

    def keep(self, kept: int) -> None:
        """Keep the newest rows of each table, so many; the store has to be up to date."""
        for sheet in self._sheets.values():
            sheet.forget(sheet.oldest(kept))

    async def put_away(self, connection: Storing, kept: int = 0) -> None:
        """Write the oldest rows only, and forget them: those beyond so many of a table; raises BegunBeforeError.

        Statements may be taken meanwhile, as long as their look-ups wait until this is done.
        """
        for sheet in [*self._sheets.values()]:
            while oldest := sheet.oldest(kept)[:CHUNK]:
                parts = sheet.said(oldest)
                sheet.forget(oldest)
                await self._store(connection, parts)

    async def _store(self, connection: Storing, parts: Sequence[Part]) -> None:
        if not parts:
            return
        self._empty = False
        sql, texts = writing(parts)
        try:
            row = await connection.fetchrow(sql, *texts)
        except asyncpg.UniqueViolationError as error:
            raise BegunBeforeError from error
        if row is None or row[0] != sum(part.new for part in parts):
            raise BegunBeforeError

    async def _look_up(self, connection: Storing, statements: Sequence[Statement]) -> None:
        missing: dict[Sheet, dict[Key, None]] = {}
        for said in statements:
            sheet = self._sheets[said.table]
            if not (said.key in sheet.rows or said.key in missing.get(sheet, ()) or self._is_new(sheet, said)):
                missing.setdefault(sheet, {})[said.key] = None
        sql, texts = reading([sheet.wanted([*keys]) for sheet, keys in missing.items()])
        found = await connection.fetchrow(sql, *texts)
        for sheet, text in zip(missing, found or (), strict=True):
            sheet.found(text)
