"""A bell for one sleeper: rung at once, or within a while for what can wait."""

import asyncio


class Bell:
    """Whoever waits is woken by the first ring; one that nobody waited for is not lost."""

    def __init__(self) -> None:
        self._rung = False
        self._soon: asyncio.TimerHandle | None = None
        self._sleeper: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake whoever waits, or the next one who would."""
        self._rung = True
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)

    def ring_within(self, seconds: float) -> None:
        """Ring so many seconds from now, unless it is rung before."""
        if self._soon is None and not self._rung:
            self._soon = asyncio.get_running_loop().call_later(seconds, self.ring)

    async def wait(self, seconds: float) -> None:
        """Return when the bell has been rung since the last time, or after so many seconds."""
        if not self._rung:
            await self._sleep(seconds)
        self._rung = False

    async def _sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._sleeper = sleeper = loop.create_future()
        enough = loop.call_later(seconds, _wake, sleeper)
        try:
            await sleeper
        finally:
            enough.cancel()
            self._sleeper = None


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
