"""How a follower applies events: act, decide, write; and what it does when one of them is poison (I15)."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from contracts import Event, Recorded

from eventlog.bookkeeping import TIMER, Books, FencedError
from eventlog.deciding import Decider, Step, parked, subject_of
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from eventlog.progress import Progress
from eventlog.reactor import Reactor
from eventlog.ringing import reason_of, timer_of
from eventlog.scribe import TRANSIENT, Scribe

S = TypeVar("S")

VIEWS = 0.04
"""Seconds that changes to nothing but views wait for more of them; what is decided takes them along at once."""
MOST = 2_000
"""Events that wait so at most."""
PASSING = (FencedError, ConflictError, *TRANSIENT)
"""Errors that say nothing about the event at hand: another attempt may succeed."""


PARTS = 40
"""Into how many parts a page with a poison event falls: two readings of the state more, and some 80 small steps."""


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
        self._size = 1
        self._alone = 0
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
        if events and decider.position >= self._careful:
            await self._take_in(decider, events)
        elif events:
            for part in self._parts(decider.position, events):
                await self._take_in(decider, part)

    async def ring(self, decider: Decider[S], now: datetime, limit: int) -> bool:
        """Answer timers due by `now`; whether any was. Raises AnewError when one spoils the step, else MuteError."""
        if self._alone:
            await self.settle()
        step = decider.ring(now, 1 if self._alone else limit)
        if step.empty:
            self._alone = 0
            return False
        self._progress.set_aside(step.parked)
        await self.take(step)
        self._alone = max(0, self._alone - 1)
        return True

    def _parts(self, position: int, events: Sequence[Recorded[Event]]) -> Iterator[Sequence[Recorded[Event]]]:
        """Small ones as far as a poison event may be, then the rest."""
        near = min(self._careful - position, len(events))
        yield from (events[n : min(n + self._size, near)] for n in range(0, near, self._size))
        if near < len(events):
            yield events[near:]

    async def _take_in(self, decider: Decider[S], events: Sequence[Recorded[Event]]) -> None:
        try:
            await self._act(decider, events)
            step = decider.step(events)
        except PASSING:
            raise
        except Exception as error:
            step = Step(old=decider.position, new=events[-1].position, events=events)
            raise await self._isolated(self._held.then(step) if self._held else step, error) from error
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
        """Write what is held back. Raises AnewError when one of its events or timers spoils it."""
        if self._held is None:
            return
        try:
            await self._scribe.write(self._held)
        except PASSING:
            raise
        except Exception as error:
            if not self._held.events and not self._held.rang:
                raise
            raise await self._isolated(self._held, error) from error
        self._held = None

    async def replay(self, decider: Decider[S]) -> None:
        """Begin at what is written; apply parked events after all, where a person says that the reason is mended."""
        self._held = None
        wanted = {each.position for each in await self._books.wanted(self._log.pool)}
        if not wanted:
            return
        aside = await self._books.parked(self._log.pool)
        decider.set_aside({position: subject for position, subject in aside.items() if position not in wanted})
        try:
            await self._again(decider, sorted(wanted))
        except PASSING:
            raise
        except Exception as error:
            await self._books.refuse(self._log.pool, sorted(wanted), reason_of(error))
            raise AnewError("replaying failed") from error

    async def _again(self, decider: Decider[S], positions: Sequence[int]) -> None:
        """Timers ring by themselves, now that nothing of their tickets is parked."""
        places = [position for position in positions if position > TIMER]
        events = [event for place in places for event in await self._log.page(place - 1, 1)]
        await self._act(decider, events)
        step = decider.again(events)
        aside = {each.position for each in step.parked}
        await self._scribe.write(step, unparked=[position for position in positions if position not in aside])

    async def _act(self, decider: Decider[S], events: Sequence[Recorded[Event]]) -> None:
        for event in events:
            if subject_of(event) not in decider.blocked:
                await self._reactor.act(event)

    async def _isolated(self, step: Step, error: Exception) -> AnewError:
        """What to raise: of several events and timers one is poison, and they are tried apart until it is found."""
        events, reason = step.events, reason_of(error)
        suspects = [*(parked(each, reason) for each in events), *map(timer_of, step.rang)]
        if len(suspects) == 1 or (self._alone and not events):
            aside = [msgspec.structs.replace(each, reason=reason) for each in suspects]
            await self._scribe.write(Step(old=step.old, new=events[-1].position if events else step.old, parked=aside))
            self._progress.set_aside(aside)
        else:
            self._alone = len(step.rang)
        if events:
            self._careful, self._size = events[-1].position, max(1, len(events) // PARTS)
        return AnewError(f"{type(error).__name__} at {step.old} to {step.new}")


def _now() -> float:
    return asyncio.get_running_loop().time()
