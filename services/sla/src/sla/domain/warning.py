"""Which of the warnings given of a deadline hold: told from a clock's own events alone, for its state and its row."""

from datetime import datetime, timedelta
from functools import lru_cache

from contracts.reasons import Stretch
from contracts.sla import ClockRetargeted

from sla.domain.moments import SECOND

LAST_WARNING = 60
"""Seconds before the deadline after which a warning would come too late (A-25)."""


def warned_at(target: int, percent: int) -> int:
    """The working seconds of which this percentage of the target warns, at least a minute before all of it (A-25)."""
    return min(target * percent // 100, target - LAST_WARNING)


@lru_cache(maxsize=1024)
def also_told(told: tuple[int, ...], percent: int) -> tuple[int, ...]:
    """The warnings given with one more: a million clocks share few."""
    return told if told and told[-1] >= percent else (*told, percent)


def still_told(told: tuple[int, ...], said: ClockRetargeted) -> tuple[int, ...]:
    """Those of which as much of the new target is used up already; the others are to be given anew (A-7)."""
    if not told:
        return told
    used = _spent(said.because.slices, said.at)
    found: tuple[int, ...] = ()
    for percent in told:
        if warned_at(said.target, percent) <= used:
            found = also_told(found, percent)
    return found


def _spent(slices: tuple[Stretch, ...], at: datetime) -> int:
    """Working seconds of these stretches that lie before a moment."""
    return sum((min(ended, at) - begun for begun, ended in slices if begun < at), timedelta()) // SECOND
