"""Work for the toy follower, and everything that may be wrong with what it made of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import TypeVar

from eventlog.postgres import PostgresLog

from testkit.invariants import applied_in_order, in_turn, once, unbroken
from testkit.running import connected, whole
from testkit.streams import closed, of_ticket, opened
from testkit.toys import AGENTS

T = TypeVar("T")
ROWS = "select stream, version from routing.applied, generate_series(1, times) order by n"


async def fill(log: PostgresLog, tickets: Iterable[int], at_once: int = 5) -> None:
    """Open and close these tickets, so many at a time."""
    free = asyncio.Semaphore(at_once)

    async def live(ticket: str) -> None:
        async with free:
            await log.append(of_ticket(ticket, opened(ticket), closed(ticket)))

    await asyncio.gather(*(live(str(n)) for n in tickets))


async def broken(log: PostgresLog, owner_url: str) -> list[str]:
    """Every broken promise of the toy follower: I3, I6, I7 and the turns, from the log and from its view."""
    kept = await whole(log)
    async with connected(owner_url) as owner:
        rows = [dict(row) for row in await owner.fetch(ROWS)]
    return [*unbroken(kept), *once(kept), *in_turn(kept, AGENTS), *applied_in_order(rows, kept)]


@contextlib.asynccontextmanager
async def held(work: Coroutine[object, object, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Work that may be awaited or cancelled inside, and does not outlive the block."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
