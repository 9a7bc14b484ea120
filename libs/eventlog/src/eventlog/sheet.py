"""One table's rows in memory: as they are to be, and which of them the store does not have so yet."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import msgspec

from eventlog.rowsql import Part
from eventlog.tables import Key, Row, Table


class Sheet:
    """`rows` are as they are to be, None being no row; `changed` are those that the store has otherwise, as it does."""

    def __init__(self, table: Table[Any]) -> None:  # Any: of whatever kind
        self.table = table
        self.rows: dict[Key, Row | None] = {}
        self.changed: dict[Key, Row | None] = {}
        self._expected: set[Key] = set()

    def expect(self, key: Key) -> None:
        """The store probably has no row of this key."""
        self.rows[key] = None
        self._expected.add(key)

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

    def said(self, keys: Iterable[Key]) -> list[Part]:
        """What the store must learn about these keys; it counts as told."""
        new: list[Row] = []
        other: list[Row] = []
        gone: list[Key] = []
        for key in [key for key in keys if key in self.changed]:
            row, stored, expected = self.rows[key], self.changed.pop(key), key in self._expected
            if row is None:
                gone += [key] if expected or stored is not None else []
            elif row != stored:
                (new if expected else other).append(row)
            self._expected.discard(key)
        sql = self.table.sql
        parts = Part(sql.add, _text(new), len(new)), Part(sql.write, _text(other)), Part(sql.remove, self._keys(gone))
        return [part for part, rows in zip(parts, (new, other, gone), strict=True) if rows]

    def _keys(self, keys: Iterable[Key]) -> str:
        names = self.table.key
        if len(names) == 1:
            return _text([{names[0]: key} for key in keys])
        return _text([dict(zip(names, key, strict=True)) for key in keys])  # type: ignore[call-overload]  # a tuple


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
