"""How a follower applies events: act, decide, write; and what it does when one of them is poison (I15)."""

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

    async def advance(self, decider: Decider[S], events: Sequence[Recorded[Event]]) -> bool:
        """Take in new events; whether anything was written. Raises AnewError when one of them spoils the page."""
        if decider.position < self._careful:
            events = events[:1]
        if not events:
            return False
        try:
            return await self._step(decider, events)
        except PASSING:
            raise
        except Exception as error:
            await self._isolate(events, error)
            raise AnewError(f"{type(error).__name__} at {events[0].position} to {events[-1].position}") from error

    async def replay(self, decider: Decider[S]) -> None:
        """Apply parked events after all, where a person says that the reason is mended."""
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

    async def _step(self, decider: Decider[S], events: Sequence[Recorded[Event]]) -> bool:
        await self._act(decider, events)
        step = decider.step(events)
        self._progress.took(events, step.parked)
        if not step.empty:
            await self._scribe.write(step)
        return not step.empty

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

    async def _isolate(self, events: Sequence[Recorded[Event]], error: Exception) -> None:
        """Of several events one is poison: they are taken one by one until it is found."""
        self._careful = events[-1].position
        if len(events) == 1:
            parked = Parked(event=events[0], subject=subject_of(events[0]), reason=_reason(error))
            await self._scribe.write(Step(old=parked.event.position - 1, new=parked.event.position, parked=[parked]))
            self._progress.took(events, [parked])


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
