"""Group commit: callers wait for a batch that is already on its way, so one fsync serves many of them."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import NamedTuple, TypeVar

import asyncpg

from eventlog.appending import APPEND, Batch, Querying, StolenIdError, Texts, Verdict, texts_of
from eventlog.errors import InDoubtError, LogUnavailableError
from eventlog.store import NEXT, Appended
from eventlog.telling import Publish, Teller
from eventlog.vault import Sealed

BATCH = 100
"""Events after which a batch is full: more would only wait longer for what is prepared meanwhile, cost no less."""
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
    asyncpg.InternalClientError,  # asked between the server's last words and the end of its socket
    asyncpg.OperatorInterventionError,
)
UNREACHED = (ConnectionRefusedError, asyncpg.CannotConnectNowError)
"""Of these, errors that say that nothing was sent at all."""
CONTENDED = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
REFUSING = (
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
    *CONTENDED,
)
T = TypeVar("T")


class Waiting(NamedTuple):
    """A request as it waits: what to store, made while another batch is under way, and whom to tell."""

    request: Sealed
    texts: Texts
    verdict: asyncio.Future[Appended]


class Appender:
    """One writer per process: takes whatever waits, appends it in one call, answers each caller."""

    def __init__(self, connection: Querying, publish: Publish) -> None:
        self._connection = connection
        self._teller = Teller(publish)
        self._waiting: deque[Waiting] = deque()
        self._under_way: Sequence[Waiting] = ()
        self._wake = asyncio.Event()
        self._writer = asyncio.create_task(self._write(), name="appender")

    async def append(self, request: Sealed) -> Appended:
        """Where the request landed, once it is durable."""
        if len(self._waiting) >= WAITING:
            raise LogUnavailableError("too many events are waiting to be recorded")
        texts = texts_of(request)
        loop = asyncio.get_running_loop()
        verdict: asyncio.Future[Appended] = loop.create_future()
        self._waiting.append(waiting := Waiting(request, texts, verdict))
        self._wake.set()
        enough = loop.call_later(PATIENCE, self._give_up, waiting)
        try:
            return await verdict
        finally:
            enough.cancel()

    async def close(self) -> None:
        """Stop writing; whoever still waits is told to come back."""
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer
        await self._teller.close()
        _refuse(self._under_way, InDoubtError("the service is stopping"))
        _refuse(self._waiting, LogUnavailableError("the service is stopping"))

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while batch := self._take():
                self._under_way = batch
                await self._settle(batch)

    def _give_up(self, waiting: Waiting) -> None:
        """What only waits is not sent any more; what is under way may be recorded all the same."""
        sent = any(each is waiting for each in self._under_way)
        _fail(waiting.verdict, (InDoubtError if sent else LogUnavailableError)("the store does not answer"))

    def _take(self) -> list[Waiting]:
        """What can go together: no stream twice at fixed versions, since the second must see the first."""
        batch, later = [], []
        streams: set[str] = set()
        events = 0
        while self._waiting and events < BATCH:
            waiting = self._waiting.popleft()
            if waiting.verdict.done():
                continue
            pinned = {new.stream for new in waiting.request.events if new.version != NEXT}
            if not streams.isdisjoint(pinned):
                later.append(waiting)
                continue
            streams |= pinned
            events += len(waiting.texts)
            batch.append(waiting)
        self._waiting.extendleft(reversed(later))
        return batch

    async def _settle(self, waiting: Sequence[Waiting]) -> None:
        batch = Batch([each.request for each in waiting], [each.texts for each in waiting])
        try:
            rows = await self._insist(batch)
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody waits for it and the writer must live
            await self._refused(waiting, error)
        else:
            # The callers are busy for a while once they are told: what waits already is sent before that.
            asyncio.get_running_loop().call_soon(self._answer, waiting, batch, rows)

    async def _refused(self, waiting: Sequence[Waiting], error: Exception) -> None:
        """One bad request must not fail its neighbours."""
        if isinstance(error, LogUnavailableError):
            _refuse(waiting, error)
        elif isinstance(error, REFUSING):
            _refuse(waiting, LogUnavailableError(f"the store refuses: {type(error).__name__}"))
        elif len(waiting) == 1:
            _refuse(waiting, _told(error))
        else:
            for each in waiting:
                await self._settle([each])

    def _answer(self, waiting: Sequence[Waiting], batch: Batch, rows: Sequence[asyncpg.Record]) -> None:
        try:
            verdicts = batch.verdicts(rows)
        except Exception as error:  # noqa: BLE001  # an answer nobody can read is an answer too
            _refuse(waiting, error)
            return
        self._teller.tell(verdicts)
        for each, verdict in zip(waiting, verdicts, strict=True):
            _answer(each.verdict, verdict)

    async def _insist(self, batch: Batch) -> list[asyncpg.Record]:
        """A lost answer leaves open whether the batch was committed: ask again with the same ids."""
        arguments, sent, reason = batch.arguments, False, ""
        for _ in range(AGAIN):
            try:
                return await self._connection.fetch(APPEND, *arguments)
            except AWAY as error:
                if isinstance(error, ValueError):  # arguments that cannot be encoded, which is the caller's fault
                    raise
                sent, reason = sent or not isinstance(error, UNREACHED), type(error).__name__
        raise (InDoubtError if sent else LogUnavailableError)(f"the store does not answer: {reason}")


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


def _told(error: Exception) -> Exception:
    if isinstance(error, asyncpg.UniqueViolationError):
        return StolenIdError("an id of this request is there twice, or its requester has a key already")
    return error


def _answer(verdict: asyncio.Future[Appended], answer: Verdict) -> None:
    if answer.appended is None:
        _fail(verdict, answer.error or RuntimeError("the log gave no verdict"))
    elif not verdict.done():
        verdict.set_result(answer.appended)


def _fail(verdict: asyncio.Future[Appended], error: Exception) -> None:
    if not verdict.done():
        verdict.set_exception(error)


def _refuse(waiting: Sequence[Waiting], error: Exception) -> None:
    for each in waiting:
        _fail(each.verdict, error)
