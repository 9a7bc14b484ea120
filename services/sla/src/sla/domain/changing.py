"""What each event of a clock makes of it: the one place where kinds of events meet participles."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.sla import (
    AutoCloseDue,
    BudgetSpent,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    DeadlineApproaching,
    DeadlineBreached,
    VendorOverran,
)

from sla.domain import clock as clocks
from sla.domain.clock import Clock
from sla.domain.rules import Rules

OfClock = (
    ClockPaused
    | ClockResumed
    | ClockRetargeted
    | ClockMet
    | ClockCancelled
    | DeadlineApproaching
    | DeadlineBreached
    | VendorOverran
    | BudgetSpent
    | AutoCloseDue
)
"""Every event of a clock but its beginning."""


def change(clock: Clock, said: OfClock, event: str, key: str, rules: Mapping[str, Rules]) -> None:
    """Take in what the event of this id said under the regulation `key`; KeyError for one never published."""
    if take := TAKES.get(type(said)):
        take(clock, said)
    elif isinstance(said, ClockResumed):
        clocks.resumed(clock, said, event, rules[clock.rules].hours(clock.calendar))
    elif isinstance(said, ClockRetargeted):
        clocks.retargeted(clock, said, event, key)


TAKES: Mapping[type[OfClock], Callable[[Clock, Any], None]] = {  # Any: each takes the kind that it stands at
    ClockMet: clocks.met,
    ClockPaused: clocks.paused,
    ClockCancelled: clocks.cancelled,
    DeadlineApproaching: clocks.approached,
    DeadlineBreached: clocks.missed,
    VendorOverran: clocks.missed,
    BudgetSpent: clocks.missed,
    AutoCloseDue: clocks.fired,
}
