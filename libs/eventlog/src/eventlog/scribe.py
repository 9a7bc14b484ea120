"""Writes a follower's steps: all of a step in one statement where it can be, again and again until it is written."""

import asyncio
from collections.abc import Sequence

import asyncpg

from eventlog.appending import Batch, append_all
from eventlog.bookkeeping import Books, FencedError
from eventlog.deciding import Step
from eventlog.errors import LogUnavailableError
from eventlog.grouping import AWAY, REFUSING
from eventlog.postgres import PostgresLog
from eventlog.progress import Progress
from eventlog.rows import CHUNK, BegunBeforeError, Rows
from eventlog.rowsql import stepping
from eventlog.session import Session
from eventlog.vault import Sealed

TRANSIENT = (*AWAY, *REFUSING, LogUnavailableError)
AGAIN = 0.3
"""Seconds before another attempt when the store is away."""
KEPT = 2_000
"""Rows of each view that are kept in memory, since what has just happened to a ticket is seldom the last: 2 MB."""


class UnusualError(Exception):
    """One statement cannot say what is wrong with this step: write it statement by statement."""


class Scribe:
    """Holds the cursor as it stands in the store, and moves it with every step it writes."""

    def __init__(self, log: PostgresLog, books: Books, progress: Progress) -> None:
        self._log = log
        self._session = Session(log.pool)
        self._books = books
        self._progress = progress
        self._cursor = 0
        self._in_doubt = False
        self._at_once = True
        self._rows = Rows()

    async def begin(self) -> int:
        """Read where the cursor stands; from here on nobody else may have moved it."""
        self._rows = Rows()
        self._cursor = await self._books.cursor(self._log.pool)
        return self._cursor

    async def save(self, position: int) -> None:
        """Move the cursor over steps without effect; done now and then, since taking those in twice changes nothing."""
        if position != self._cursor:
            await self._books.move(self._log.pool, self._cursor, position)
            self._cursor = position

    async def aclose(self) -> None:
        """Let go of the store; another step takes hold of it again."""
        await self._session.aclose()

    async def write(self, step: Step, unparked: Sequence[int] = ()) -> None:
        """Write a step until it is written; raises FencedError when another replica leads."""
        decided = await self._log.vault.seal_reactions(step.decided, self._log.wrapped_keys)
        requests = [Sealed((new,)) for new in decided]
        self._in_doubt = False
        self._at_once = not (step.parked or unparked or len(step.statements) > CHUNK)
        while True:
            lines = await self._attempt(step, requests, unparked)
            if lines is not None:
                break
            await asyncio.sleep(AGAIN)
        self._cursor = step.new
        await self._log.publish(lines)

    async def _attempt(self, step: Step, requests: Sequence[Sealed], unparked: Sequence[int]) -> list[str] | None:
        rows, self._rows = self._rows, Rows()  # what a failed transaction did to them must not be remembered
        try:
            if self._at_once:
                lines = await self._state(step, requests, rows)
            else:
                lines = await self._transact(step, requests, unparked, rows)
        except BegunBeforeError:
            self._rows = Rows(trusting=False)
            return None
        except UnusualError:
            self._at_once = False
            return None
        except FencedError:
            if self._in_doubt and await self._was_committed(step):
                return []
            raise
        except TRANSIENT as error:
            self._in_doubt = True
            self._progress.stumble(f"{type(error).__name__}: the store is away")
            return None
        self._rows = rows
        return lines

    async def _was_committed(self, step: Step) -> bool:
        """A lost answer to COMMIT leaves the step written and the cursor where the step put it."""
        return step.new != step.old and await self._books.cursor(self._log.pool) == step.new

    async def _state(self, step: Step, requests: Sequence[Sealed], rows: Rows) -> list[str]:
        """One statement: the cursor first, as the fence; the append last, since it holds the head to the end.

        Rows are looked up before it: where the cursor has not moved, nobody has written any since.
        """
        await rows.take(self._session, step.statements)
        parts, batch = rows.said(), Batch(requests)
        sql, texts = stepping(parts, self._books.moving)
        cursor = (self._books.follower, self._cursor, step.new)
        expected = sum(part.new for part in parts)
        try:
            answer = await self._session.fetch(sql, *cursor, *texts, expected, *batch.arguments)
        except asyncpg.PostgresError as error:
            raise _told(error) from error
        rows.keep(KEPT)
        return [line for verdict in batch.verdicts(answer) for line in verdict.lines]

    async def _transact(self, step: Step, requests: Sequence[Sealed], unparked: Sequence[int], rows: Rows) -> list[str]:
        """The same statement by statement, for what is rare: parked events, many rows, an event that is refused."""
        async with self._log.pool.acquire() as connection, connection.transaction():
            await self._books.move(connection, self._cursor, step.new)
            if step.parked:
                await self._books.park(connection, step.parked)
            if unparked and not await self._books.unpark(connection, unparked):
                return []  # an answer was lost: this has been written
            if step.statements:
                await rows.take(connection, step.statements)
                await rows.write(connection, KEPT)
            verdicts = await append_all(connection, requests) if requests else []
            landed = [verdict.result() for verdict in verdicts]
        assert len(landed) == len(requests)
        return [line for verdict in verdicts for line in verdict.lines]


def _told(error: asyncpg.PostgresError) -> Exception:
    """What `log.step` means by its error."""
    match error.sqlstate:
        case "RG001":
            return FencedError(str(error))
        case "RG002":
            return BegunBeforeError()
        case "RG003":
            return UnusualError(str(error))
        case _:
            return error
