"""When a follower's timers ring: by the log's own clock, once the state has passed the log's head (I9-I11)."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from eventlog.applying import Applying
from eventlog.deciding import Decider
from eventlog.postgres import PostgresLog
from eventlog.progress import Progress
from eventlog.reactor import Reactor
from eventlog.ringing import MuteError

S = TypeVar("S")

PAUSE = 1.0
"""Seconds between looks at timers of which one stays due, since it is set aside or cannot be answered."""

logger = logging.getLogger(__name__)


class Timekeeper(Generic[S]):
    """Rings at most `limit` timers in one step."""

    def __init__(
        self, log: PostgresLog, reactor: Reactor[S], applying: Applying[S], progress: Progress, limit: int
    ) -> None:
        self._log = log
        self._reactor = reactor
        self._applying = applying
        self._progress = progress
        self._limit = limit
        self._skew = timedelta()
        self._pause = float("-inf")

    def set(self, at: datetime) -> None:
        """The log's clock shows this moment: this machine's own may be wrong by hours (I11)."""
        self._skew = at - datetime.now(UTC)

    def patience(self, state: S, most: float) -> float:
        """Seconds until the next timer rings, `most` at most."""
        ring = self._reactor.next_ring(state)
        if ring is None:
            return most
        until = max((ring - self._log_time()).total_seconds(), self._pause - _now())
        return min(most, max(0.01, until))

    async def ring(self, decider: Decider[S]) -> None:
        """A timer rings only when the state has passed the log's head as of then, by the log's own clock (I9-I11)."""
        ring = self._reactor.next_ring(decider.state)
        if ring is None or ring > self._log_time() or self._pause > _now():
            return
        head = await self._log.watermark()
        if head.position > decider.position or ring > head.at:
            return
        if not await self._rang(decider, head.at) and (decider.silent or self._progress.mute):
            self._pause = _now() + PAUSE

    async def _rang(self, decider: Decider[S], now: datetime) -> bool:
        try:
            rang = await self._applying.ring(decider, now, self._limit)
        except MuteError as error:
            if self._progress.mute != str(error):
                logger.exception("%s: no timer rings", self._reactor.name)
            self._progress.mute = str(error)
            return False
        self._progress.mute = ""
        return rang

    def _log_time(self) -> datetime:
        return datetime.now(UTC) + self._skew


def _now() -> float:
    return asyncio.get_running_loop().time()
