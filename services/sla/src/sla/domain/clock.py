"""One promise on one ticket, as its own events tell it. Moments are UTC epoch seconds, spans working seconds.

Functions here are participles: each takes what was said and says nothing. They look at no other thing, so that a
ticket's events and its clocks' events may be folded in either order.
"""

from enum import StrEnum

import msgspec
from contracts.sla import (
    AutoCloseDue,
    BudgetSpent,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    DeadlineApproaching,
    DeadlineBreached,
    VendorOverran,
)
from regulation.calendar import Calendar

from sla.domain.moments import second
from sla.domain.promise import Terms, shared
from sla.domain.warning import also_told, still_told

Run = tuple[int, int]
"""From when until when a clock ran."""


class State(StrEnum):
    """What a clock does; whether its deadline was missed is another matter."""

    running = "running"
    paused = "paused"
    met = "met"
    cancelled = "cancelled"


RUNNING, PAUSED, MET, CANCELLED = State
OPEN = (RUNNING, PAUSED)


class Clock(msgspec.Struct, gc=False, array_like=True, omit_defaults=True):
    """A promise that runs, waits or has ended; lean, since there may be a million of them.

    `id` is that of the event that started it. `since`: when it came into its present state. `runs`: its earlier runs.
    `epoch` counts its deadlines, `turn` its changes; `rings` is the next moment at which its timer says something (0:
    never). `cause` set the deadline. `told`: the warnings given of it, in percent, that still hold.
    """

    id: str
    terms: Terms
    cause: str
    started: int
    due: int
    since: int
    state: State = RUNNING
    runs: tuple[Run, ...] = ()
    paused: int = 0
    epoch: int = 0
    turn: int = 0
    rings: int = 0
    told: tuple[int, ...] = ()
    overdue: bool = False
    breached: bool = False

    @property
    def warned(self) -> int:
        """The last percentage that was warned of, 0 where none holds."""
        return self.told[-1] if self.told else 0

    @property
    def name(self) -> str:
        """What it is called: by its stage, its metric, or AUTO_CLOSE."""
        return self.terms.name

    @property
    def owner(self) -> str:
        """Whose time it is."""
        return self.terms.owner

    @property
    def plan(self) -> str:
        """The plan that promises it."""
        return self.terms.plan

    @property
    def calendar(self) -> str:
        """The calendar in which it counts."""
        return self.terms.calendar

    @property
    def rules(self) -> str:
        """The version of the regulation under which it was promised, like `csn@1`."""
        return self.terms.rules

    @property
    def target(self) -> int:
        """The working seconds promised."""
        return self.terms.target

    @property
    def open(self) -> bool:
        """Whether it still runs or waits."""
        return self.state in OPEN

    def spent_by(self, at: int) -> tuple[Run, ...]:
        """Its runs so far."""
        return (*self.runs, (self.since, at)) if self.state is RUNNING and at > self.since else self.runs


def started(said: ClockStarted, cause: str, rules: str) -> Clock:
    """A clock at its beginning."""
    at = second(said.at)
    return Clock(
        id=said.clock,
        terms=shared(Terms(said.name, said.owner, said.because.plan, said.because.calendar, rules, said.target)),
        cause=said.clock if cause == said.clock else cause,  # one text instead of two: there may be a million
        started=at,
        due=second(said.due_at),
        since=at,
    )


def paused(clock: Clock, said: ClockPaused) -> None:
    """It waits on the requester from now on (A-8)."""
    _rest(clock, second(said.at), PAUSED)


def resumed(clock: Clock, said: ClockResumed, cause: str, hours: Calendar) -> None:
    """It runs again; the time it waited (not the time the ticket was elsewhere) counts as paused."""
    at = second(said.at)
    if clock.state is PAUSED:
        line = hours.timelines.over(clock.since, max(clock.since, at))
        clock.paused += line.worked(max(clock.since, at)) - line.worked(clock.since)
    clock.state, clock.since = RUNNING, at
    _aim(clock, second(said.due_at), cause)


def retargeted(clock: Clock, said: ClockRetargeted, cause: str, rules: str) -> None:
    """It has another target, and with it another deadline that has not been missed yet (A-7)."""
    why = said.because
    clock.terms = shared(Terms(clock.name, clock.owner, why.plan, why.calendar, rules, said.target))
    clock.overdue = clock.overdue and second(said.due_at) == clock.due
    clock.told = still_told(clock.told, said)
    _aim(clock, second(said.due_at), cause)


def approached(clock: Clock, said: DeadlineApproaching) -> None:
    """A threshold was told."""
    clock.told = also_told(clock.told, said.percent)


def missed(clock: Clock, said: DeadlineBreached | VendorOverran | BudgetSpent) -> None:
    """Its deadline has passed: a breach, or a vendor's overrun, which is nobody's (A-5)."""
    clock.overdue = True
    clock.breached = clock.breached or isinstance(said, DeadlineBreached)


def met(clock: Clock, said: ClockMet) -> None:
    """What was promised is done."""
    _rest(clock, second(said.at), MET)
    clock.paused = said.paused


def cancelled(clock: Clock, said: ClockCancelled) -> None:
    """It has become pointless."""
    _rest(clock, second(said.at), CANCELLED)


def fired(clock: Clock, _: AutoCloseDue) -> None:
    """The silence it measured is complete (R1-16)."""
    _rest(clock, clock.due, MET)


def _rest(clock: Clock, at: int, state: State) -> None:
    if clock.state is RUNNING:
        clock.runs = (*clock.runs, (clock.since, max(clock.since, at)))
    clock.state, clock.since = state, at


def _aim(clock: Clock, due: int, cause: str) -> None:
    """Another deadline is another epoch: missing it is another breach (I9)."""
    if due != clock.due:
        clock.due, clock.cause, clock.epoch = due, cause, clock.epoch + 1
