"""Keeping one server alive: noticing its death, waiting, starting it again."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from embedded.errors import EmbeddedError
from embedded.server import Server

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
HEALTHY_AFTER = 60.0


def delay(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row: half a second, doubled each time, at most 30."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** (deaths - 1))


@dataclass
class Ward:
    """A server in care; times are monotonic seconds."""

    server: Server
    say: Callable[[str], None]
    deaths: int = 0
    since: float = 0.0
    due: float | None = None
    attempt: Future[None] | None = None

    def look_after(self, now: float, pool: Executor) -> None:
        """Do what is due at this moment, never wait."""
        if self.attempt is not None:
            self._conclude(self.attempt, now)
        elif self.due is not None:
            self._begin(now, self.due, pool)
        elif not self.server.alive:
            self._mourn("died", now)

    def _mourn(self, what: str, now: float) -> None:
        self.deaths = 1 if now - self.since > HEALTHY_AFTER else self.deaths + 1
        self.due = now + delay(self.deaths)
        self.say(f"{self.server.name} {what}; starting it again in {delay(self.deaths):g} s")

    def _begin(self, now: float, due: float, pool: Executor) -> None:
        if now >= due:
            self.due, self.since = None, now
            self.attempt = pool.submit(self.server.restart)

    def _conclude(self, attempt: Future[None], now: float) -> None:
        if not attempt.done():
            return
        self.attempt = None
        error = attempt.exception()
        if isinstance(error, (EmbeddedError, OSError)):
            self._mourn(f"did not start: {error}", now)
        elif error is not None:
            raise error
        else:
            self.say(f"{self.server.name} is back")
