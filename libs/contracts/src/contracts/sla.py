"""What sla records: promises, their deadlines and what became of them. Spans are whole seconds."""

from datetime import datetime

from contracts.event import Event
from contracts.reasons import Deadline


class ClockStarted(Event, frozen=True, kw_only=True, tag="clock.started.v1"):
    """A promise began to run: `target` seconds of working time end at `due_at` (UTC, A-3)."""

    clock: str
    ticket: str
    name: str
    owner: str
    target: int
    due_at: datetime
    because: Deadline


class ClockPaused(Event, frozen=True, kw_only=True, tag="clock.paused.v1"):
    """The promise waits on the requester; `left` seconds of working time are still owed (R0-13)."""

    clock: str
    ticket: str
    left: int


class ClockResumed(Event, frozen=True, kw_only=True, tag="clock.resumed.v1"):
    """The promise runs again and is now due at `due_at` (UTC)."""

    clock: str
    ticket: str
    due_at: datetime
    because: Deadline


class ClockRetargeted(Event, frozen=True, kw_only=True, tag="clock.retargeted.v1"):
    """Category or priority changed: recomputed from the clock's own start, its pauses kept (A-7)."""

    clock: str
    ticket: str
    target: int
    due_at: datetime
    because: Deadline


class DeadlineApproaching(Event, frozen=True, kw_only=True, tag="clock.approaching.v1"):
    """`percent` of the target is used up; said once per clock and threshold (A-25)."""

    clock: str
    ticket: str
    name: str
    percent: int
    due_at: datetime


class DeadlineBreached(Event, frozen=True, kw_only=True, tag="clock.breached.v1"):
    """The promise was not kept: its deadline passed at `at`; `late` seconds is how long after that it was noticed."""

    clock: str
    ticket: str
    name: str
    due_at: datetime
    late: int = 0
    cause: str = ""


class VendorOverran(Event, frozen=True, kw_only=True, tag="clock.vendor-overran.v1"):
    """An outside company took longer than stated: told, but nobody's breach (R1-13, A-5)."""

    clock: str
    ticket: str
    name: str
    due_at: datetime
    late: int = 0


class BudgetSpent(Event, frozen=True, kw_only=True, tag="clock.budget-spent.v1"):
    """A soft budget is used up: advice to whoever works on the ticket, never a breach (R3-06, A-27)."""

    clock: str
    ticket: str
    name: str
    due_at: datetime
    late: int = 0


class ClockMet(Event, frozen=True, kw_only=True, tag="clock.met.v1"):
    """The promise ended by being kept or, after a breach, at last done; `worked` and `paused` in working seconds."""

    clock: str
    ticket: str
    name: str
    worked: int
    paused: int = 0
    breached: bool = False


class ClockCancelled(Event, frozen=True, kw_only=True, tag="clock.cancelled.v1"):
    """The promise became pointless, for instance because the ticket was annulled."""

    clock: str
    ticket: str
    name: str
    reason: str


class AutoCloseDue(Event, frozen=True, kw_only=True, tag="clock.auto-close-due.v1"):
    """The requester was silent for as long as the regulation allows after the resolution (R1-16)."""

    clock: str
    ticket: str
    due_at: datetime


SLA = (
    ClockStarted,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    DeadlineApproaching,
    DeadlineBreached,
    VendorOverran,
    BudgetSpent,
    ClockMet,
    ClockCancelled,
    AutoCloseDue,
)
