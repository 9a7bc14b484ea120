"""One table's rows in memory: as they are to be, and which of them the store does not have so yet."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import msgspec

from eventlog.rowsql import Part
from eventlog.tables import Key, Row, Table


class Sheet:
    """`rows` are as they are to be, None being no row; `changed` are those that the store has otherwise, as it does.

    A `fresh` table holds only what is written here: a row that is there already is an error, which costs less than
    passing over it.
    """

    def __init__(self, table: Table[Any], *, fresh: bool = False) -> None:  # Any: of whatever kind
        self.table = table
        self.rows: dict[Key, Row | None] = {}
        self.changed: dict[Key, Row | None] = {}
        self._new: dict[Key, bool] = {}
        self._add = table.sql.fill if fresh else table.sql.add

    def expect(self, key: Key, *, surely: bool = False) -> None:
        """The store has no row of this key: probably, or `surely`."""
        self.rows[key] = None
        self._new[key] = surely

    def wanted(self, keys: Sequence[Key]) -> Part:
        """What to ask the store about these keys; what it does not answer is no row."""
        self.rows |= dict.fromkeys(keys)
        return Part(self.table.sql.read, self._keys(keys))

    def found(self, text: str) -> None:
        """What the store has."""
        self.rows |= {self.table.key_of(row): row for row in self.table.read(text)}

    def oldest(self, kept: int) -> list[Key]:
        """The keys that have been here longest, all but so many."""
        return [*islice(self.rows, max(0, len(self.rows) - kept))]

    def forget(self, keys: Iterable[Key]) -> None:
        """Rows of these keys are in the store, and only there."""
        for key in keys:
            del self.rows[key]
            self._new.pop(key, None)

    def said(self, keys: Iterable[Key]) -> list[Part]:
        """What the store must learn about these keys; it counts as told."""
        new: list[Row] = []
        other: list[Row] = []
        gone: list[Key] = []
        for key in keys:
            if key not in self.changed:
                continue
            row, stored, surely = self.rows[key], self.changed.pop(key), self._new.pop(key, None)
            if row is None:
                gone += [key] if stored is not None or surely is False else []
            elif row != stored:
                (other if surely is None else new).append(row)
        sql = self.table.sql
        parts = Part(self._add, _text(new), len(new)), Part(sql.write, _text(other)), Part(sql.remove, self._keys(gone))
        return [part for part, rows in zip(parts, (new, other, gone), strict=True) if rows]

    def _keys(self, keys: Iterable[Key]) -> str:
        names = self.table.key
        if len(names) == 1:
            return _text([{names[0]: key} for key in keys])
        return _text([dict(zip(names, key, strict=True)) for key in keys])  # type: ignore[call-overload]  # a tuple


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
