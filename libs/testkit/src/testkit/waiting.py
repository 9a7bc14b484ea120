"""Waiting inside an event loop for a condition instead of sleeping for a guess."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE = 0.01


async def until(condition: Callable[[], Awaitable[bool] | bool], what: str, seconds: float = 20.0) -> None:
    """Wait until the condition holds; raises AssertionError naming `what` when the seconds are over."""
    end = asyncio.get_running_loop().time() + seconds
    while not await _holds(condition):
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"after {seconds:g} s it was still not so that {what}")
        await asyncio.sleep(PAUSE)


async def _holds(condition: Callable[[], Awaitable[bool] | bool]) -> bool:
    held = condition()
    return held if isinstance(held, bool) else await held
