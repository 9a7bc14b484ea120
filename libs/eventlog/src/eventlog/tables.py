"""Views: tables whose rows events begin, change and end; pure, so that live and made anew are the same (I8)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from contracts import Event, Recorded
from msgspec.structs import replace

from eventlog.rowsql import row_sql

R = TypeVar("R", bound=msgspec.Struct)
Row = msgspec.Struct
Key = object
"""The value of a table's key column, or a tuple of the values where it has several."""


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What an event says about one row: `do` gives the row that is from the row that was; None is no row.

    It is pure and rows are frozen, so that a page can be written again when the store was away.
    """

    table: "Table[Any]"  # Any: a page speaks of rows of many kinds
    key: Key
    do: Callable[[Any], Row | None]  # Any: as above
    begins: bool = False
    """Whether it is most probably the first that is ever said about this row."""


class Table(Generic[R]):
    """A table in PostgreSQL: its columns are the fields of `row`, a frozen struct, or more that others look after."""

    def __init__(self, name: str, row: type[R], *key: str) -> None:
        self.name = name
        self.key = key
        self.key_of: Callable[[object], Key] = attrgetter(*key)
        self.sql = row_sql(name, row.__struct_fields__, key)
        rows = list[row]  # type: ignore[valid-type]  # known at run time
        self.read: Callable[[str], list[R]] = msgspec.json.Decoder(rows).decode

    def begin(self, row: R) -> Statement:
        """There is this row, unless there was one of its key."""
        return Statement(self, self.key_of(row), lambda was: row if was is None else was, True)

    def set(self, key: Key, **values: object) -> Statement:
        """The row has these values, if there is one."""
        return Statement(self, key, lambda was: was and replace(was, **values))

    def change(self, key: Key, do: Callable[[R], R]) -> Statement:
        """The row is what `do` makes of it, if there is one."""
        return Statement(self, key, lambda was: was and do(was))

    def fold(self, key: Key, do: Callable[[R | None], R | None]) -> Statement:
        """The row, or that there is none, is what `do` makes of it."""
        return Statement(self, key, do)

    def end(self, key: Key) -> Statement:
        """There is no row of this key any more."""
        return Statement(self, key, _nothing)


Rule = Callable[[Recorded[Any]], Iterable[Statement]]  # Any: each kind of event has a rule of its own


class Views(NamedTuple):
    """The tables of a service's views, the SQL that makes them, and by kind of event what it says about their rows.

    They are made anew from the log whenever the SQL or the service's code changes (D6), the indexes once they are full.
    """

    tables: Sequence[Table[Any]] = ()  # Any: as above
    ddl: str = ""
    indexes: str = ""
    rules: Mapping[type[Event], Rule] = {}

    def project(self, events: Iterable[Recorded[Event]]) -> list[Statement]:
        """How the rows change by these events, in their order."""
        said: list[Statement] = []
        rule_of = self.rules.get
        for event in events:
            if rule := rule_of(type(event.data)):
                said += rule(event)
        return said


def _nothing(_: object) -> None:
    return None
