"""Ticket numbers: they rise and may skip; taken from a sequence in blocks, so that no message waits for one."""

import asyncio
from collections import deque

import asyncpg

from intake.reaching import store_awaited

PREFIX = "TIC-"
SMALLEST, LARGEST = 8, 1024
NEXT = "select nextval('ticket_numbers') from generate_series(1, $1)"
USED = """
    select coalesce(max(substring(data->>'number' from '[0-9]+$')::bigint), 0) from log.events
    where type = 'ticket.opened.v1'
"""


class Numbers:
    """Numbers at hand; a block is fetched in the background when half of the last one is used, larger under load."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._free: deque[int] = deque()
        self._block = SMALLEST
        self._waiting = 0
        self._fetching: asyncio.Task[None] | None = None

    async def take(self) -> str:
        """The next number; raises LogUnavailableError where the store gives none."""
        if not self._free:
            await self._wait()
        number = self._free.popleft()
        if len(self._free) < self._block // 2:
            self._start()
        return f"{PREFIX}{number}"

    def give_back(self, number: str) -> None:
        """Take back a number that surely was not used."""
        self._free.appendleft(int(number.removeprefix(PREFIX)))

    async def close(self) -> None:
        """Let a block that is being fetched come."""
        if self._fetching is not None:
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _wait(self) -> None:
        self._block = min(LARGEST, self._block * 2)
        self._waiting += 1
        try:
            while not self._free:
                await asyncio.shield(self._start())
        finally:
            self._waiting -= 1

    def _start(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch(), name="ticket numbers")
            self._fetching.add_done_callback(_seen)
        return self._fetching

    async def _fetch(self) -> None:
        with store_awaited():
            try:
                rows = await self._pool.fetch(NEXT, self._block + self._waiting)
            except asyncpg.UndefinedTableError:
                await self._create()
                rows = await self._pool.fetch(NEXT, self._block + self._waiting)
        self._free.extend(sorted(row[0] for row in rows))

    async def _create(self) -> None:
        """Make the sequence, beyond every number that the log knows: the schema may have been lost, the log not."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("set local statement_timeout = 0")
            await connection.execute("select pg_advisory_xact_lock(hashtext('ticket_numbers'))")
            if await connection.fetchval("select to_regclass('ticket_numbers')") is None:
                used = await connection.fetchval(USED, timeout=600)
                await connection.execute(f"create sequence ticket_numbers start {int(used) + 1}")


def _seen(fetching: asyncio.Task[None]) -> None:
    """A block fetched ahead may fail unheard: whoever needs a number asks again and hears it."""
    if not fetching.cancelled():
        fetching.exception()
