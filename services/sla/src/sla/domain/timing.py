"""What a clock's timer says and when: warnings, the missed deadline, the end of a silence."""

from typing import NamedTuple

from contracts import Event
from contracts.sla import AutoCloseDue, BudgetSpent, DeadlineApproaching, DeadlineBreached, VendorOverran
from regulation.stage import Owner

from sla.domain.clock import RUNNING, Clock
from sla.domain.measuring import warning_at
from sla.domain.moments import moment
from sla.domain.promise import AUTO_CLOSE
from sla.domain.rules import Rules

VENDOR = Owner.vendor
PUNCTUAL = 5
"""Seconds within which noticing a missed deadline is not called late (I10)."""


class Decision(NamedTuple):
    """An event of one clock under the name of the rule that demands it; `cause` if not what is being answered."""

    name: str
    clock: str
    event: Event
    rules: str
    cause: str = ""


class Timer(NamedTuple):
    """The next thing a clock says by itself: a warning at `percent`, or at 0 what its deadline means."""

    at: int
    percent: int = 0


def timer(clock: Clock, rules: Rules, warned: int) -> Timer | None:
    """What comes next when warnings up to `warned` percent were given; None for a clock that does not run."""
    if clock.state is not RUNNING or clock.overdue:
        return None
    if clock.name != AUTO_CLOSE:
        for percent in rules.warnings:
            if percent > warned:
                warning = warning_at(rules.hours(clock.calendar), clock, percent)
                return Timer(min(warning, clock.due), percent)
    return Timer(clock.due)


def approaching(clock: Clock, ticket: str, due: Timer) -> Decision:
    """The warning that `percent` of the target is used up; its `at` is that moment."""
    said = DeadlineApproaching(
        at=moment(due.at),
        clock=clock.id,
        ticket=ticket,
        name=clock.name,
        percent=due.percent,
        due_at=moment(clock.due),
    )
    return Decision(f"approaching:{due.percent}:{clock.epoch}", clock.id, said, clock.rules, clock.cause)


def lapsed(clock: Clock, ticket: str, rules: Rules, now: float) -> Decision:
    """What the passing of the deadline means; noticed at `now`, said as of the deadline, once an epoch (I9)."""
    late = lateness(clock.due, now)
    if clock.name == AUTO_CLOSE:
        at = moment(clock.due)
        said: Event = AutoCloseDue(at=at, clock=clock.id, ticket=ticket, due_at=at)
        return Decision(f"auto-close-due:{clock.epoch}", clock.id, said, clock.rules, clock.cause)
    said = missing(clock, ticket, rules, late)
    return Decision(f"{VERBS[type(said)]}:{clock.epoch}", clock.id, said, clock.rules, clock.cause)


VERBS: dict[type[Event], str] = {
    DeadlineBreached: "breached",
    VendorOverran: "vendor-overran",
    BudgetSpent: "budget-spent",
}


def missing(clock: Clock, ticket: str, rules: Rules, late: int = 0, cause: str = "") -> Event:
    """The deadline passed: a breach, a vendor's overrun (A-5) or the end of a soft budget (A-27)."""
    at = moment(clock.due)
    if clock.owner == VENDOR:
        return VendorOverran(at=at, clock=clock.id, ticket=ticket, name=clock.name, due_at=at, late=late)
    if clock.name in rules.soft:
        return BudgetSpent(at=at, clock=clock.id, ticket=ticket, name=clock.name, due_at=at, late=late)
    return DeadlineBreached(at=at, clock=clock.id, ticket=ticket, name=clock.name, due_at=at, late=late, cause=cause)


def owed_to_the_team(clock: Clock, rules: Rules) -> bool:
    """Whether missing its deadline is a breach: a vendor's time (A-5) and a soft budget (A-27) are no promises."""
    return clock.owner != VENDOR and clock.name not in rules.soft


def lateness(due: int, now: float) -> int:
    """Whole seconds between a deadline and its being noticed, 0 when that was punctual."""
    late = int(now - due)
    return late if late > PUNCTUAL else 0
