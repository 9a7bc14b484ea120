"""How a follower is doing: its place, its lag, what it parked. Health means progress, not a connection (I18)."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from contracts import Event, Recorded
from prometheus_client import Counter, Gauge, Histogram

from eventlog.bookkeeping import Parked

POSITION = Gauge("consumer_position", "Position up to which the follower has taken in the log", ["consumer"])
LAG = Gauge("consumer_lag_events", "Events between the follower and the known head of the log", ["consumer"])
LAG_SECONDS = Gauge("consumer_lag_seconds", "Age of the oldest event not yet taken in, 0 at the head", ["consumer"])
TAKEN = Counter("consumer_events_total", "Events taken in", ["consumer"])
PARKED = Counter("consumer_parked_events_total", "Events and timers that could not be applied", ["consumer"])
LIVE = Gauge("consumer_live", "1 while this replica reacts, 0 while it stands by", ["consumer"])
STUMBLES = Counter("consumer_stumbles_total", "Times the store was away", ["consumer"])
TICK = Gauge("sla_scheduler_last_tick_timestamp_seconds", "When timers were last looked at", ["consumer"])
AGE = Histogram("consumer_event_age_seconds", "Age of an event when it is taken in", ["consumer"])

STALE = 10.0
"""Seconds without a pulse after which a follower counts as stuck."""


class Shown:
    """One follower's own metrics: looking them up by label costs more than setting them."""

    def __init__(self, consumer: str) -> None:
        self.age = AGE.labels(consumer)
        self.taken, self.parked = TAKEN.labels(consumer), PARKED.labels(consumer)


class Progress:
    """What a follower last did; all of it shows in metrics and in /readyz."""

    def __init__(self, consumer: str, known: Callable[[], int] = lambda: 0) -> None:
        """`known` says how far the log goes, as of when it is asked."""
        self.consumer = consumer
        self.position = 0
        self._known = known
        self._head = 0
        self._since = time.time()
        self.live = False
        self.trouble = "has not started"
        self.mute = ""
        """Why no timer can be answered, if that is so; everything else goes on meanwhile."""
        self._pulse = float("-inf")
        self._ticked = 0.0
        self._moved: asyncio.Event | None = None
        self._shown = Shown(consumer)
        self._show()

    async def reach(self, position: int, patience: float) -> bool:
        """Wait until the follower holds `position`, at most `patience` seconds; whether it does."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self.position < position:
                    self._moved = self._moved or asyncio.Event()
                    await self._moved.wait()
        return self.position >= position

    @property
    def head(self) -> int:
        """How far the log goes, for all that is known; a follower that is stuck hears of it all the same."""
        return max(self.position, self._head, self._known())

    @property
    def behind(self) -> float:
        """Seconds since the oldest event not yet taken in was recorded; of one never seen, since none was missing."""
        return max(0.0, time.time() - self._since) if self.head > self.position else 0.0

    def pulse(self, position: int, head: int, *, live: bool) -> None:
        """A sign of life."""
        self.position, self._head, self.live, self.trouble = position, head, live, ""
        self._pulse, now = time.monotonic(), time.time()
        if position >= head:
            self._since = now
        if not self.mute:
            self._ticked = now
        if self._moved is not None:
            self._moved.set()
            self._moved = None

    def took(self, events: Sequence[Recorded[Event]], parked: Sequence[Parked]) -> None:
        """A page of events was taken in."""
        self._since = events[0].recorded_at.timestamp()
        age = max(0.0, (datetime.now(UTC) - events[0].recorded_at).total_seconds())
        self._shown.age.observe(age)
        self._shown.taken.inc(len(events))
        self.set_aside(parked)

    def set_aside(self, parked: Sequence[Parked]) -> None:
        """These events or timers were set aside."""
        self._shown.parked.inc(len(parked))

    def stumble(self, trouble: str) -> None:
        """The store did not answer."""
        self.trouble = trouble
        STUMBLES.labels(self.consumer).inc()

    def step_down(self) -> None:
        """The follower leads no more, until its next pulse says otherwise."""
        self.live = False

    def _show(self) -> None:
        """Gauges are looked up when somebody asks for them, not set with every pulse."""
        POSITION.labels(self.consumer).set_function(lambda: self.position)
        LAG.labels(self.consumer).set_function(lambda: self.head - self.position)
        LAG_SECONDS.labels(self.consumer).set_function(lambda: self.behind)
        LIVE.labels(self.consumer).set_function(lambda: self.live)
        TICK.labels(self.consumer).set_function(lambda: self._ticked)

    @property
    def ready(self) -> bool:
        """Whether the follower is alive and in no trouble."""
        return not self.trouble and time.monotonic() - self._pulse < STALE
