"""One promise that a regulation makes about a ticket: so much working time, in a calendar, and whose it is."""

from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec
from contracts.reasons import Deadline, Stretch
from regulation.calendar import Calendar
from regulation.duration import Target
from regulation.plan import Measure

from sla.domain.moments import SECOND

AUTO_CLOSE = "auto-close"
"""The name of the clock that closes a ticket when the requester stays silent (R1-16)."""
FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION = Measure
RESPONSES = (FIRST_RESPONSE, NEXT_RESPONSE)
"""What a public message by a person on the agents' side meets, and no waiting pauses (A-8, A-35)."""


class Cell(NamedTuple):
    """What selects the plan of a ticket (R0-11)."""

    category: str
    priority: str
    channel: str = ""
    service: str = ""


@lru_cache(maxsize=8192)
def cell(category: str, priority: str, channel: str = "", service: str = "") -> Cell:
    """The cell of these: a million tickets share few."""
    return Cell(category, priority, channel, service)


class Terms(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was promised: by which cell of which version, and how many working seconds."""

    name: str
    owner: str
    plan: str
    calendar: str
    rules: str
    target: int


@lru_cache(maxsize=8192)
def shared(terms: Terms) -> Terms:
    """The same terms as others have who have them: a million clocks share few."""
    return terms


class Promise(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One cell of a regulation: so much working time in this calendar, or as much as an estimate asks for (A-12b).

    `measures` is what a metric measures, "" for the time in a stage and AUTO_CLOSE for a silence.
    """

    name: str
    owner: str
    plan: str
    category: str
    priority: str
    target: Target
    calendar: str
    hours: Calendar
    measures: str = ""
    pauses: bool = False
    resumes: bool = False
    estimates: tuple[Target, ...] = ()

    @cached_property
    def fixed(self) -> int | None:
        """The target in seconds where it is the same whenever it begins."""
        return None if self.target.in_days or self.estimates else self.target.work() // SECOND

    def longest(self, since: datetime) -> Target:
        """The target that holds from `since` on: an estimate may only lengthen the plan's (A-12b)."""
        if not self.estimates:
            return self.target
        return max((self.target, *self.estimates), key=lambda each: each.budget(self.hours, since))

    def seconds(self, since: datetime) -> int:
        """The target in seconds of working time from `since` on; raises WorkingTimeError (§1.8)."""
        if self.fixed is not None:
            return self.fixed
        return self.longest(since).budget(self.hours, since) // SECOND

    def because(self, since: datetime, slices: tuple[Stretch, ...], cause: str) -> Deadline:
        """The cell as written, with the stretches that sum to the target (D3)."""
        return Deadline(
            plan=self.plan,
            category=self.category,
            priority=self.priority,
            written=self.longest(since).written,
            calendar=self.calendar,
            slices=slices,
            cause=cause,
        )
