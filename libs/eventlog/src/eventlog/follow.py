"""A service's follower: events in log order, reactions, views, cursor (I4–I8, I12, I15–I18)."""

import asyncio
import contextlib
import logging
from contextlib import aclosing
from typing import Generic, TypeVar

from eventlog.applying import AnewError, Applying
from eventlog.bookkeeping import Books, FencedError, Snapshot
from eventlog.deciding import Decider
from eventlog.errors import LogUnavailableError
from eventlog.inflow import Inflow
from eventlog.leading import Lead, releasing
from eventlog.postgres import PostgresLog
from eventlog.progress import Progress
from eventlog.reactor import Reactor
from eventlog.reading import pages
from eventlog.rebuilding import prepare_views
from eventlog.scribe import TRANSIENT, Scribe
from eventlog.timekeeping import Timekeeper

S = TypeVar("S")

PATIENCE = 1.0
"""Seconds after which a follower, busy or idle, looks at its lock, its parked events and its cursor."""
AGAIN = 0.5
"""Seconds before another attempt when the store is away."""
STOPPING = 1.0
"""Seconds that a stop takes at most to write what is held back."""
RINGS = 300
"""Timers that ring in one transaction at most: what fits well under a second of deciding (I18)."""

logger = logging.getLogger(__name__)


class Follower(Generic[S]):
    """One live follower a service; replicas stand by with their state folded up to the live one's cursor."""

    def __init__(self, log: PostgresLog, inflow: Inflow, reactor: Reactor[S], lead: Lead) -> None:
        self.progress = Progress(reactor.name, lambda: inflow.known)
        self._log = log
        self._inflow = inflow
        self._reactor = reactor
        self._lead = lead
        self._books = Books(reactor.name)
        self._scribe = Scribe(log, self._books, self.progress)
        self._applying = Applying(log, reactor, self._scribe, self.progress)
        self._decider: Decider[S] | None = None
        self._at_rest = False
        self._aside: frozenset[int] = frozenset()
        self._looked = float("-inf")
        self._clock = Timekeeper(log, reactor, self._applying, self.progress, RINGS)

    @property
    def state(self) -> S:
        """The state as of now; raises LogUnavailableError until it has been rebuilt."""
        if self._decider is None:
            raise LogUnavailableError("the service is still reading the log")
        return self._decider.state

    async def reach(self, position: int, patience: float) -> bool:
        """Wait until state and views hold `position`, at most `patience` seconds; whether they do."""
        if self.progress.position >= position:
            return True
        with self._inflow.hurrying(position):
            return await self.progress.reach(position, patience)

    async def run(self) -> None:
        """Follow for ever; whatever goes wrong outside is waited out (I18)."""
        while True:
            try:
                async with releasing(self._lead), aclosing(self._scribe):
                    await self._follow()
            except FencedError:
                logger.warning("%s: another replica leads, standing by", self._reactor.name)
            except AnewError as error:
                logger.warning("%s: %s, reading the log anew", self._reactor.name, error)
            except TRANSIENT as error:
                self.progress.stumble(f"{type(error).__name__}: the store is away")
            except Exception as error:
                logger.exception("%s: stumbled", self._reactor.name)  # a dead follower would be worse (I18)
                self.progress.stumble(f"{type(error).__name__}: see the service's log")
            self._at_rest = False
            self.progress.step_down()
            await asyncio.sleep(AGAIN)

    async def stop(self) -> None:
        """Store the state once `run` is cancelled, so that the next start reads only the tail.

        Not in the middle of a step, whose reactions would be lost, nor while something is parked: what failed may
        have left its traces in the state.
        """
        if self._at_rest and self._decider is not None:
            with contextlib.suppress(*TRANSIENT, FencedError):
                async with asyncio.timeout(STOPPING), aclosing(self._scribe):
                    await self._applying.settle()
                await self._scribe.save(self._decider.position)
                if not self._decider.blocked:
                    await self._store_snapshot(self._decider)

    async def _follow(self) -> None:
        decider = await self._rebuilt()
        while not await self._lead.take():
            self.progress.pulse(decider.position, self._inflow.head, live=False)
            await asyncio.sleep(AGAIN)
            await self.fold(decider, await self._books.cursor(self._log.pool))
        await prepare_views(self._log, self._reactor, self._books)
        cursor = await self._scribe.begin()
        await self.fold(decider, cursor)
        decider.anticipate(await self._log.reactions(cursor, self._reactor.name))
        await self._applying.replay(decider)
        self._aside = frozenset(await self._books.parked(self._log.pool))
        while True:
            await self._turn(decider)

    async def _rebuilt(self) -> Decider[S]:
        """The state as of the stored cursor: from the snapshot where there is one, else from the first event (D6)."""
        self._aside = frozenset()
        snapshot = await self._books.snapshot(self._log.pool, self._reactor.code)
        cursor = await self._books.cursor(self._log.pool)
        if snapshot is None or snapshot.position > cursor:
            decider = Decider(self._reactor, self._reactor.fresh(), 0)
        else:
            state = self._reactor.restored(snapshot.state)
            decider = Decider(self._reactor, state, snapshot.position, snapshot.pending)
        await self.fold(decider, cursor)
        self._decider = decider
        return decider

    async def fold(self, decider: Decider[S], upto: int) -> None:
        """Take in what is done up to this position, without doing anything; of the log only what the state hears."""
        parked = await self._books.parked(self._log.pool)
        if self._aside - parked.keys():
            raise AnewError("parked events were replayed elsewhere")
        self._aside = frozenset(parked)
        decider.set_aside(parked)
        started = decider.position
        async with aclosing(pages(self._log, started, upto, self._reactor.hears)) as ahead:
            async for page in ahead:
                decider.fold(page.events, frozenset(parked))
                decider.position = page.reached
                self.progress.pulse(decider.position, max(upto, self._inflow.head), live=False)
                await asyncio.sleep(0)
        if decider.pending:
            # Reactions that came back unread, since the state hears nothing of their kind.
            decider.pending -= await self._log.recorded(decider.pending, started, upto)

    async def _turn(self, decider: Decider[S]) -> None:
        """One round: what came in, which timers rang, and now and then a look around."""
        events = await self._inflow.after(decider.position, self._clock.patience(decider.state, self._patience))
        self._at_rest = False
        await self._applying.advance(decider, events)
        await self._clock.ring(decider)
        self._at_rest = True
        if self._applying.left <= 0 or self._inflow.wanted > self._applying.written(decider.position):
            await self._applying.settle()
        if _now() - self._looked > PATIENCE:
            await self._look_around(decider)
        self.progress.pulse(self._applying.written(decider.position), self._inflow.head, live=True)
        await asyncio.sleep(0)

    @property
    def _patience(self) -> float:
        return min(PATIENCE, max(0.0, self._applying.left))

    async def _look_around(self, decider: Decider[S]) -> None:
        self._looked = _now()
        await self._lead.check()
        await self._applying.settle()
        await self._scribe.save(decider.position)
        self._clock.set((await self._log.head()).at)
        if await self._books.wanted(self._log.pool):
            raise AnewError("parked events are to be replayed")

    async def _store_snapshot(self, decider: Decider[S]) -> None:
        state = self._reactor.stored(decider.state)
        snapshot = Snapshot(position=decider.position, pending=tuple(decider.pending), state=state)
        await self._books.keep(self._log.pool, self._reactor.code, snapshot)


def _now() -> float:
    return asyncio.get_running_loop().time()
