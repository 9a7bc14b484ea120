"""The SQL that reads, writes and removes rows of any table, given and taken as one JSON text."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

CURSOR = 3
"""Arguments that moving the cursor takes."""
APPENDED = 10
"""Arguments that `log.append` takes."""


class Part(NamedTuple):
    """A piece of a statement, in which `$?` stands for the JSON text; `new` says how many rows it is to add."""

    sql: str
    text: str
    new: int = 0


class RowSql(NamedTuple):
    """A table's pieces of SQL: rows by keys, rows to fill it with, to add, to write, keys of rows to remove."""

    read: str
    fill: str
    add: str
    write: str
    remove: str


def row_sql(table: str, columns: Sequence[str], key: Sequence[str]) -> RowSql:
    """The pieces for a table of these columns; the types are the table's own."""
    given = f"json_populate_recordset(null::{table}, $?)"
    names, keys, stored = _listed(columns), _listed(key), _listed(columns, "stored.")
    rest = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in key)
    insert = f"insert into {table} ({names}) select {names} from {given}"  # noqa: S608  # as above
    same = f"({_listed(key, 'stored.')}) = ({_listed(key, 'gone.')})"
    already = f"update set {rest}" if rest else "nothing"
    rows = f"select {stored} from {table} stored join {given} wanted using ({keys})"  # noqa: S608  # names of our own
    return RowSql(
        read=f"(select coalesce(json_agg(found), '[]') from ({rows}) found)::text",  # noqa: S608  # as above
        fill=f"{insert} returning 1",
        add=f"{insert} on conflict ({keys}) do nothing returning 1",
        write=f"{insert} on conflict ({keys}) do {already} returning 1",
        remove=f"delete from {table} stored using {given} gone where {same} returning 1",  # noqa: S608  # as above
    )


def reading(parts: Sequence[Part]) -> tuple[str, list[str]]:
    """One query whose columns are what the pieces read, and its arguments."""
    return _query(tuple(part.sql for part in parts)), [part.text for part in parts]


def writing(parts: Sequence[Part]) -> tuple[str, list[str]]:
    """One statement that does what all the pieces do and says how many rows it added, and its arguments.

    No two pieces may be about one row.
    """
    return _statement(tuple((part.sql, part.new > 0) for part in parts)), [part.text for part in parts]


def stepping(parts: Sequence[Part], moving: str) -> tuple[str, list[str]]:
    """As `writing`, after the cursor was moved and before events are appended, all in one statement.

    Its arguments: three for the cursor, these, and those of `log.step` from `expected` on but for `written`.
    """
    return _step(tuple((part.sql, part.new > 0) for part in parts), moving), [part.text for part in parts]


@lru_cache(maxsize=512)
def _step(pieces: Sequence[tuple[str, bool]], moving: str) -> str:
    first = CURSOR + 1
    named = [f"part{n} as ({_numbered(n, piece)})" for n, (piece, _) in enumerate(pieces, first)]
    added, written = (
        " + ".join(f"(select count(*) from part{n})" for n, (_, adds) in enumerate(pieces, first) if adds is wanted)  # noqa: S608
        for wanted in (True, False)
    )
    rest = first + len(pieces)
    appended = ", ".join(f"${n}" for n in range(rest + 1, rest + 1 + APPENDED))
    return (
        f"with {', '.join([f'moved as ({moving})', *named])} select * from log.step("  # noqa: S608  # names of our own
        f"(select count(*) from moved), {added or 0}, ${rest}, {written or 0}, {appended})"
    )


@lru_cache(maxsize=512)
def _query(pieces: Sequence[str]) -> str:
    return "select " + ", ".join(_numbered(n, piece) for n, piece in enumerate(pieces, 1))


@lru_cache(maxsize=512)
def _statement(pieces: Sequence[tuple[str, bool]]) -> str:
    named = ", ".join(f"part{n} as ({_numbered(n, piece)})" for n, (piece, _) in enumerate(pieces, 1))
    added = " + ".join(f"(select count(*) from part{n})" for n, (_, adds) in enumerate(pieces, 1) if adds)  # noqa: S608
    return f"with {named} select {added or 0}"


def _numbered(n: int, piece: str) -> str:
    return piece.replace("$?", f"${n}")


def _listed(names: Iterable[str], of: str = "") -> str:
    return ", ".join(f'{of}"{name}"' for name in names)
