"""How a follower applies events: act, decide, write; and what it does when one of them is poison (I15)."""

import asyncio
import math
from collections.abc import Sequence
from typing import Generic, TypeVar

from contracts import Event, Recorded

from eventlog.bookkeeping import Books, FencedError, Parked
from eventlog.deciding import Decider, Step, subject_of
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from eventlog.progress import Progress
from eventlog.reactor import Reactor
from eventlog.scribe import TRANSIENT, Scribe

S = TypeVar("S")

VIEWS = 0.04
"""Seconds that changes to nothing but views wait for more of them; what is decided takes them along at once."""
MOST = 2_000
"""Events that wait so at most."""
PASSING = (FencedError, ConflictError, *TRANSIENT)
"""Errors that say nothing about the event at hand: another attempt may succeed."""


class AnewError(Exception):
    """The state in memory is not what the books say any more: read it anew."""


class Applying(Generic[S]):
    """Applies events as one written step; finds the one that cannot be applied and sets it aside."""

    def __init__(self, log: PostgresLog, reactor: Reactor[S], scribe: Scribe, progress: Progress) -> None:
        self._log = log
        self._reactor = reactor
        self._scribe = scribe
        self._progress = progress
        self._books = Books(reactor.name)
        self._careful = 0
        self._held: Step | None = None
        self._due = 0.0

    @property
    def left(self) -> float:
        """Seconds until something held back is to be written; for ever when nothing is."""
        return self._due - _now() if self._held else math.inf

    def written(self, position: int) -> int:
        """How far everything is written, where `position` is how far it is taken in."""
        return self._held.old if self._held else position

    async def advance(self, decider: Decider[S], events: Sequence[Recorded[Event]]) -> None:
        """Take in new events. Raises AnewError when one of them spoils the page."""
        if decider.position < self._careful:
            events = events[:1]
        if not events:
            return
        try:
            await self._act(decider, events)
            step = decider.step(events)
        except PASSING:
            raise
        except Exception as error:
            held = self._held.events if self._held else ()
            raise await self._isolated([*held, *events], error) from error
        self._progress.took(events, step.parked)
        await self.take(step)

    async def take(self, step: Step) -> None:
        """Write what was decided, and with it what was held back; hold back what changes views only."""
        if self._held is None:
            self._due = _now() + VIEWS
        held = self._held = self._held.then(step) if self._held else step
        if held.decided or held.parked or held.new <= self._careful or len(held.events) > MOST:
            await self.settle()
        elif held.empty:
            self._held = None

    async def settle(self) -> None:
        """Write what is held back. Raises AnewError when one of its events spoils it."""
        if self._held is None:
            return
        try:
            await self._scribe.write(self._held)
        except PASSING:
            raise
        except Exception as error:
            if not self._held.events:
                raise
            raise await self._isolated(self._held.events, error) from error
        self._held = None

    async def replay(self, decider: Decider[S]) -> None:
        """Begin at what is written; apply parked events after all, where a person says that the reason is mended."""
        self._held = None
        wanted = {each.position for each in await self._books.wanted(self._log.pool)}
        if not wanted:
            return
        parked = await self._books.parked(self._log.pool)
        decider.blocked = {subject for position, subject in parked.items() if position not in wanted}
        try:
            await self._again(decider, sorted(wanted))
        except PASSING:
            raise
        except Exception as error:
            await self._books.refuse(self._log.pool, sorted(wanted), _reason(error))
            raise AnewError("replaying failed") from error

    async def _again(self, decider: Decider[S], positions: Sequence[int]) -> None:
        events = [event for position in positions for event in await self._log.page(position - 1, 1)]
        await self._act(decider, events)
        step = decider.again(events)
        aside = {each.event.position for each in step.parked}
        await self._scribe.write(step, unparked=[position for position in positions if position not in aside])

    async def _act(self, decider: Decider[S], events: Sequence[Recorded[Event]]) -> None:
        for event in events:
            if subject_of(event) not in decider.blocked:
                await self._reactor.act(event)

    async def _isolated(self, events: Sequence[Recorded[Event]], error: Exception) -> AnewError:
        """What to raise: of several events one is poison, and they are taken one by one until it is found."""
        self._careful = events[-1].position
        if len(events) == 1:
            parked = Parked(event=events[0], subject=subject_of(events[0]), reason=_reason(error))
            await self._scribe.write(Step(old=parked.event.position - 1, new=parked.event.position, parked=[parked]))
            self._progress.took(events, [parked])
        return AnewError(f"{type(error).__name__} at {events[0].position} to {events[-1].position}")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
