"""The append itself: many requests in one round trip and one transaction, each answered on its own."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import asyncpg
import msgspec

from eventlog.errors import ConflictError
from eventlog.store import Appended, New
from eventlog.vault import Sealed
from eventlog.wire import Text, line, stamp, text_of

APPEND = "select * from log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


class StolenIdError(Exception):
    """An id of this request is taken by an event of another stream: two different things claim to be one."""


class Querying(Protocol):
    """What can run a query: a connection, or a pool that lends one."""

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]:
        """Run a query and give its rows."""
        ...


class Placed(NamedTuple):
    """An event as it was appended."""

    new: New
    text: Text
    version: int


Texts = tuple[Text, ...]
"""The texts of one request's events."""


def texts_of(request: Sealed) -> Texts:
    """The texts of this request's events; raises ValueError where there can be none."""
    return tuple(map(text_of, request.events))


class Verdict(msgspec.Struct, frozen=True):
    """What became of one request: where it landed, or the error to raise; `placed` is what has just been appended."""

    appended: Appended | None
    error: Exception | None = None
    placed: tuple[Placed, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What is to be published; made only when asked for, since until the commit nobody else can append."""
        if self.appended is None:
            return []
        first, at = self.appended.first, stamp(self.appended.recorded_at)
        return [line(first + n, each.new, each.version, at, each.text) for n, each in enumerate(self.placed)]

    def result(self) -> Appended:
        """Where it landed; raises what kept it from landing."""
        if self.appended is None:
            raise self.error or RuntimeError("the log gave no verdict")
        return self.appended


class Batch:
    """Requests that go together; no two of them may write to the same stream at fixed versions."""

    def __init__(self, requests: Sequence[Sealed], texts: Sequence[Texts] | None = None) -> None:
        """`texts` are those of the requests, where they have been made already."""
        self.requests = requests
        self._texts = [texts_of(request) for request in requests] if texts is None else texts

    @property
    def arguments(self) -> tuple[list[object], ...]:
        """What `log.append` takes."""
        return *_columns(self.requests, self._texts), *_keys(self.requests)

    def verdicts(self, rows: Sequence[asyncpg.Record]) -> list[Verdict]:
        """What became of each request by the answer of `log.append`."""
        if len(rows) == 1 and rows[0]["req"] is None:
            return self._all_appended(rows[0])
        found = {row["req"]: row for row in rows}
        return [_verdict(request, self._texts[n], found[n]) for n, request in enumerate(self.requests)]

    def _all_appended(self, row: asyncpg.Record) -> list[Verdict]:
        """One answer for all of them, the usual one."""
        first, at = row["first"], row["at"]
        places = iter(row["places"] or [new.version for request in self.requests for new in request.events])
        verdicts = []
        for request, texts in zip(self.requests, self._texts, strict=True):
            beyond = first + len(texts)
            landed = Appended(first=first, last=beyond - 1, known=False, recorded_at=at)
            verdicts.append(Verdict(landed, placed=tuple(map(Placed, request.events, texts, places))))
            first = beyond
        return verdicts


async def append_all(connection: Querying, requests: Sequence[Sealed]) -> list[Verdict]:
    """Append these requests in one call."""
    batch = Batch(requests)
    return batch.verdicts(await connection.fetch(APPEND, *batch.arguments))


def _columns(requests: Sequence[Sealed], texts: Sequence[Texts]) -> tuple[list[object], ...]:
    events = [new for request in requests for new in request.events]
    said = [text for each in texts for text in each]
    return (
        [n for n, request in enumerate(requests) for _ in request.events],
        [new.id for new in events],
        [new.stream for new in events],
        [new.version for new in events],
        [text.kind for text in said],
        [text.data for text in said],
        [text.meta for text in said],
    )


def _keys(requests: Sequence[Sealed]) -> tuple[list[object], ...]:
    keys = [(n, *key) for n, request in enumerate(requests) for key in request.minted]
    return [n for n, _, _ in keys], [subject for _, subject, _ in keys], [wrapped for _, _, wrapped in keys]


def _verdict(request: Sealed, texts: Texts, row: asyncpg.Record) -> Verdict:
    match row["verdict"]:
        case "appended":
            placed = map(Placed, request.events, texts, row["places"])
            return Verdict(_place(row, known=False), placed=tuple(placed))
        case "known":
            return Verdict(_place(row, known=True))
        case "conflict":
            return Verdict(None, ConflictError(row["stream_at"], _expected(request, row["stream_at"]), row["current"]))
        case _:
            return Verdict(None, StolenIdError(f"an id of {request.events[0].stream} is taken elsewhere"))


def _place(row: asyncpg.Record, *, known: bool) -> Appended:
    last = row["first"] + len(row["places"]) - 1
    return Appended(first=row["first"], last=last, known=known, recorded_at=row["at"])


def _expected(request: Sealed, stream: str) -> int:
    return min(new.version for new in request.events if new.stream == stream) - 1
