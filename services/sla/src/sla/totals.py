"""Figures that are kept while folding, so that metrics and the board's head cost nothing to read."""

from bisect import bisect_left
from collections.abc import Mapping

import msgspec
from contracts import Event
from contracts.sla import AutoCloseDue, BudgetSpent, ClockCancelled, ClockMet, DeadlineBreached, VendorOverran

from sla.domain.clock import Clock

BUCKETS = (0, 10, 30, 60, 300, 1800, 3600, 14_400, 86_400)
"""Upper bounds of the lateness histogram, in seconds; up to 5 s counts as 0."""

Missing = DeadlineBreached | VendorOverran | BudgetSpent
MISSED: Mapping[type[Event], str] = {DeadlineBreached: "breached", VendorOverran: "overran", BudgetSpent: "spent"}
KEPT = (ClockMet, AutoCloseDue)


class Totals(msgspec.Struct):
    """Open clocks and outcomes by plan, how late breaches were noticed, how many open clocks are at risk or overdue."""

    open: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    late: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    late_sum: int = 0
    warned: int = 0
    overdue: int = 0

    def count(self, clock: Clock, by: int) -> None:
        """Count an open clock in (1) or out (-1): before it changes, and after."""
        if clock.open:
            plan = clock.plan
            self.open[plan] = self.open.get(plan, 0) + by
            if clock.overdue:
                self.overdue += by
            elif clock.told:
                self.warned += by

    def tell(self, clock: Clock, said: Event) -> None:
        """Count an outcome."""
        kind = type(said)
        if kind in KEPT:
            if not clock.overdue:
                self._ended(clock.plan, "met")
        elif kind is ClockCancelled:
            self._ended(clock.plan, "cancelled")
        elif isinstance(said, Missing):
            self._missed(clock.plan, MISSED[kind], said.late)

    def _missed(self, plan: str, outcome: str, late: int) -> None:
        self._ended(plan, outcome)
        self.late[bisect_left(BUCKETS, late)] += 1
        self.late_sum += late

    def _ended(self, plan: str, outcome: str) -> None:
        told = f"{plan} {outcome}"
        self.outcomes[told] = self.outcomes.get(told, 0) + 1
