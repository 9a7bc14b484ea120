"""Waiting for a condition instead of sleeping for a guess."""

import time
from collections.abc import Callable

from embedded.errors import NotReadyError

PAUSE = 0.01


def holds(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition becomes true within so many seconds (monotonic clock, asked every 10 ms)."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE)
    return True


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for the condition; raises `NotReadyError` naming `what` when the seconds are over."""
    if not holds(condition, seconds):
        raise NotReadyError(f"{what} was not there after {seconds:g} s")
