"""What each event of a clock makes of it: the one place where kinds of events meet participles."""

from collections.abc import Mapping

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
from sla.domain.moments import second
from sla.domain.rules import Rules
from sla.domain.timing import still_warned

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
    match said:
        case ClockResumed():
            clocks.resumed(clock, said, event, rules[clock.rules].hours(clock.calendar))
        case ClockRetargeted():
            clocks.retargeted(clock, said, event, key)
            clock.warned = still_warned(clock, rules[clock.rules], second(said.at))
        case DeadlineApproaching():
            clocks.approached(clock, said)
        case DeadlineBreached() | VendorOverran() | BudgetSpent():
            clocks.missed(clock, breach=isinstance(said, DeadlineBreached))
        case _:
            _stop(clock, said)


def _stop(clock: Clock, said: OfClock) -> None:
    match said:
        case ClockPaused():
            clocks.paused(clock, said)
        case ClockMet():
            clocks.met(clock, said)
        case ClockCancelled():
            clocks.cancelled(clock, said)
        case AutoCloseDue():
            clocks.fired(clock)
