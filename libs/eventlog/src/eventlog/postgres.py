"""The log in PostgreSQL: the truth."""

from collections.abc import Collection, Mapping, Sequence

import asyncpg
from contracts import Event, Recorded

from eventlog.blobs import Blobs
from eventlog.errors import LogUnavailableError
from eventlog.grouping import AWAY, REFUSING, Appender, in_time
from eventlog.session import Session
from eventlog.store import Appended, Head, New
from eventlog.telling import Publish
from eventlog.vault import Vault
from eventlog.wire import read_page

KEYS = "select subject, wrapped from vault.keys where subject = any($1)"
HEAD = "select position as place, greatest(recorded_at, clock_timestamp()) as at from log.head"
RECORDED = "select id from log.events where id = any($1) and position > $2 and position <= $3"
REACH = 100_000
"""Positions looked through at a time: some 0.15 s of the server's, where a statement may take 2 s."""
WATERMARK = "select place, at from log.watermark()"


async def connect(url: str, size: int = 6) -> asyncpg.Pool:
    """A pool whose every statement is bounded in time, so that a frozen server is noticed."""
    return await asyncpg.create_pool(
        url,
        min_size=0,  # so that a service starts while the store is away
        max_size=size,
        timeout=5,
        command_timeout=3,
        reset=_as_left,
        server_settings={"jit": "off", "lock_timeout": "2000", "statement_timeout": "10000"},
    )


async def _as_left(_: asyncpg.Connection) -> None:
    """Nothing here changes a session beyond its transaction, which asyncpg has ended: no need to reset it each time."""


class PostgresLog:
    """The append-only log as one service sees it: appends are group-committed, reads are pages."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, publish: Publish) -> None:
        self.pool = pool
        self.vault = vault
        self.blobs = Blobs(pool, vault)
        self.publish = publish
        self._session = Session(pool)
        self._appender: Appender | None = None

    async def append(self, events: Sequence[New], mint: frozenset[str] = frozenset()) -> Appended:
        """Record all of these or none, durably."""
        if self._appender is None:
            self._appender = Appender(self._session, self.publish)
        sealed = await self.vault.seal(events, mint, self.wrapped_keys)
        appended = await self._appender.append(sealed)
        if sealed.fresh and not appended.known:
            self.vault.keep(sealed.fresh)
        return appended

    async def read(self, stream: str, after: int = 0) -> list[Recorded[Event]]:
        """The stream's events beyond version `after`, in order."""
        return read_page(await self._value("select log.stream($1, $2)", stream, after))

    async def page(self, after: int, limit: int) -> list[Recorded[Event]]:
        """Up to `limit` events beyond position `after`."""
        return read_page(await self._value("select log.page($1, $2)", after, limit))

    async def reactions(self, after: int, service: str) -> list[Recorded[Event]]:
        """What this service's follower has recorded beyond position `after`, looked for piece by piece."""
        found: list[Recorded[Event]] = []
        for start in range(after, (await self.head()).position, REACH):
            found += read_page(await self._value("select log.reactions($1, $2, $3)", start, start + REACH, service))
        return found

    async def recorded(self, ids: Collection[str], after: int, upto: int) -> set[str]:
        """Which of these events lie beyond `after` and not beyond `upto`."""
        rows = await self.pool.fetch(RECORDED, [*ids], after, upto)
        return {str(row["id"]) for row in rows}

    async def head(self) -> Head:
        """The end of the log as of now."""
        return await self._end(HEAD)

    async def watermark(self) -> Head:
        """The end of the log once no append is under way: what comes later is recorded later than this moment (I9)."""
        return await self._end(WATERMARK)

    async def _end(self, query: str) -> Head:
        try:
            row = await in_time(self.pool.fetchrow(query))
        except (*AWAY, *REFUSING) as error:
            raise LogUnavailableError(f"the store does not answer: {type(error).__name__}") from error
        assert row is not None, "the migration puts the one row there"
        return Head(position=row["place"], at=row["at"])

    async def opened(self, events: Sequence[Recorded[Event]]) -> list[Recorded[Event]]:
        """The same events with their personal fields readable."""
        return await self.vault.open(events, self.wrapped_keys)

    async def wrapped_keys(self, subjects: Sequence[str]) -> Mapping[str, bytes]:
        """The stored keys of these subjects, wrapped."""
        try:
            rows = await in_time(self.pool.fetch(KEYS, subjects))
        except (*AWAY, *REFUSING) as error:
            raise LogUnavailableError(f"the store does not answer: {type(error).__name__}") from error
        return {row["subject"]: row["wrapped"] for row in rows}

    async def close(self) -> None:
        """Stop appending; the pool stays its owner's."""
        if self._appender is not None:
            await self._appender.close()
            await self._session.aclose()

    async def _value(self, query: str, *args: object) -> str:
        try:
            value: str = await in_time(self.pool.fetchval(query, *args))
        except (*AWAY, *REFUSING) as error:
            raise LogUnavailableError(f"the store does not answer: {type(error).__name__}") from error
        return value
