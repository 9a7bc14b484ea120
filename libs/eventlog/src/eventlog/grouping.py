"""Group commit: callers wait for a batch that is already on its way, so one fsync serves many of them."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TypeVar

import asyncpg

from eventlog.appending import Querying, StolenIdError, Verdict, append_all
from eventlog.errors import LogUnavailableError
from eventlog.store import NEXT, Appended
from eventlog.vault import Sealed

BATCH = 500
"""Events a batch takes at most."""
WAITING = 5_000
"""Requests that may wait; more are refused, so that memory stays bounded (I19)."""
PATIENCE = 2.0
"""Seconds a caller waits for the verdict before it is told to come back (I19)."""
AGAIN = 3
"""How often a batch whose answer was lost is sent again; its ids make that harmless (I1)."""

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
)
CONTENDED = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
REFUSING = (
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
    *CONTENDED,
)
TELLING = 0.5
"""Seconds a batch's followers are told about it at most: a frozen broker must not hold up the next batch."""

T = TypeVar("T")
logger = logging.getLogger(__name__)

Publish = Callable[[Sequence[str]], Awaitable[None]]
"""Tells followers what has just been committed; may lose it, they read on from the store."""


class Appender:
    """One writer per process: takes whatever waits, appends it in one call, answers each caller."""

    def __init__(self, connection: Querying, publish: Publish) -> None:
        self._connection = connection
        self._publish = publish
        self._waiting: deque[tuple[Sealed, asyncio.Future[Appended]]] = deque()
        self._under_way: list[tuple[Sealed, asyncio.Future[Appended]]] = []
        self._wake = asyncio.Event()
        self._writer = asyncio.create_task(self._write(), name="appender")

    async def append(self, request: Sealed) -> Appended:
        """Where the request landed, once it is durable."""
        if len(self._waiting) >= WAITING:
            raise LogUnavailableError("too many events are waiting to be recorded")
        loop = asyncio.get_running_loop()
        verdict: asyncio.Future[Appended] = loop.create_future()
        self._waiting.append((request, verdict))
        self._wake.set()
        enough = loop.call_later(PATIENCE, _fail, verdict, LogUnavailableError("the store does not answer"))
        try:
            return await verdict
        finally:
            enough.cancel()

    async def close(self) -> None:
        """Stop writing; whoever still waits is told to come back."""
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer
        for _, verdict in (*self._under_way, *self._waiting):
            _fail(verdict, LogUnavailableError("the service is stopping"))

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while batch := self._take():
                self._under_way = batch
                await self._tell(await self._settle(batch))

    async def _tell(self, lines: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(TELLING):
                await self._publish(lines)
        except Exception as error:  # noqa: BLE001  # followers read on from the store; the writer must live
            logger.warning("followers were not told: %s", type(error).__name__)

    def _take(self) -> list[tuple[Sealed, asyncio.Future[Appended]]]:
        """What can go together: no stream twice at fixed versions, since the second must see the first."""
        batch, later = [], []
        streams: set[str] = set()
        events = 0
        while self._waiting and events < BATCH:
            request, verdict = self._waiting.popleft()
            pinned = {new.stream for new in request.events if new.version != NEXT}
            if verdict.done():
                continue
            if streams & pinned:
                later.append((request, verdict))
                continue
            streams |= pinned
            events += len(request.events)
            batch.append((request, verdict))
        self._waiting.extendleft(reversed(later))
        return batch

    async def _settle(self, batch: list[tuple[Sealed, asyncio.Future[Appended]]]) -> list[str]:
        try:
            verdicts = await self._insist([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody waits for it and the writer must live
            if _is_away(error):
                return _refuse(batch, LogUnavailableError(f"the store refuses: {type(error).__name__}"))
            return await self._one_by_one(batch) if len(batch) > 1 else _refuse(batch, _told(error))
        for (_, verdict), answer in zip(batch, verdicts, strict=True):
            _answer(verdict, answer)
        return [each for answer in verdicts for each in answer.lines]

    async def _one_by_one(self, batch: list[tuple[Sealed, asyncio.Future[Appended]]]) -> list[str]:
        """One bad request must not fail its neighbours."""
        lines = []
        for each in batch:
            lines += await self._settle([each])
        return lines

    async def _insist(self, requests: Sequence[Sealed]) -> list[Verdict]:
        """A lost answer leaves open whether the batch was committed: ask again with the same ids."""
        for _ in range(AGAIN - 1):
            with contextlib.suppress(*AWAY):
                return await append_all(self._connection, requests)
        return await append_all(self._connection, requests)


async def in_time(work: Coroutine[object, object, T]) -> T:
    """The result within PATIENCE, else LogUnavailableError; asyncpg's own cancelling waits for a frozen server."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    finally:
        task.cancel()
    if not done:
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise LogUnavailableError("the store does not answer")
    return task.result()


def _is_away(error: Exception) -> bool:
    """Arguments that asyncpg cannot encode are its InterfaceError too, but the caller's fault."""
    return isinstance(error, (*AWAY, *REFUSING)) and not isinstance(error, ValueError)


def _told(error: Exception) -> Exception:
    if isinstance(error, asyncpg.UniqueViolationError):
        return StolenIdError("an id of this request is there twice, or its requester has a key already")
    return error


def _answer(verdict: asyncio.Future[Appended], answer: Verdict) -> None:
    if verdict.done():
        return
    if answer.appended is None:
        verdict.set_exception(answer.error or RuntimeError("the log gave no verdict"))
    else:
        verdict.set_result(answer.appended)


def _fail(verdict: asyncio.Future[Appended], error: Exception) -> None:
    if not verdict.done():
        verdict.set_exception(error)


def _refuse(batch: list[tuple[Sealed, asyncio.Future[Appended]]], error: Exception) -> list[str]:
    for _, verdict in batch:
        _fail(verdict, error)
    return []
