"""Telling followers what has been committed, in order, while the next batch is on its way already."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from eventlog.appending import Verdict

TELLING = 0.5
"""Seconds a batch's followers are told about it at most: a frozen broker must not hold up the news for ever."""
UNTOLD = 100
"""Batches that wait to be told; the oldest ones are dropped then, and read from the store (I19)."""

logger = logging.getLogger(__name__)

Publish = Callable[[Sequence[str]], Awaitable[None]]
"""Tells followers what has just been committed; may lose it, they read on from the store."""


class Teller:
    """Publishes batch by batch, in the order in which they were committed."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._untold: deque[Sequence[Verdict]] = deque(maxlen=UNTOLD)
        self._wake = asyncio.Event()
        self._telling = asyncio.create_task(self._tell_all(), name="teller")

    def tell(self, verdicts: Sequence[Verdict]) -> None:
        """Let followers know of these as soon as may be."""
        self._untold.append(verdicts)
        self._wake.set()

    async def close(self) -> None:
        """Stop telling; what is untold is read from the store."""
        self._telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._telling

    async def _tell_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._untold:
                verdicts = self._untold.popleft()
                if lines := [line for verdict in verdicts for line in verdict.lines]:
                    await self._tell(lines)

    async def _tell(self, lines: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(TELLING):
                await self._publish(lines)
        except Exception as error:  # noqa: BLE001  # followers read on from the store; the teller must live
            logger.warning("followers were not told: %s", type(error).__name__)
