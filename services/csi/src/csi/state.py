"""What csi knows: open tickets as they are now, and surveys that may still be answered."""

from datetime import datetime
from heapq import heappop, heappush

import msgspec
from eventlog.reactor import Cause


class Plans(msgspec.Struct, frozen=True):
    """A regulation's version, and its plan by category and priority."""

    version: str
    table: dict[str, dict[str, str]]


class Case(msgspec.Struct, kw_only=True):
    """An open ticket with whom and what a resolution right now would concern (D13)."""

    number: str
    channel: str
    language: str
    regulation: str
    category: str
    priority: str
    agent: str = ""
    group: str = ""


class Pending(msgspec.Struct, frozen=True):
    """A survey that waits for its answer."""

    ticket: str
    expires_at: datetime
    cause: Cause


class State(msgspec.Struct, kw_only=True):
    """A fold of the log: open things only; `rings` is a heap of when surveys expire, answered ones may linger in it."""

    plans: dict[str, Plans] = {}
    cases: dict[str, Case] = {}
    pending: dict[str, Pending] = {}
    rings: list[tuple[datetime, str]] = []

    def plan(self, case: Case) -> str:
        """The plan of the ticket as it is classified now, "" where the regulation says none."""
        plans = self.plans.get(case.regulation.partition("@")[0])
        return plans.table.get(case.category, {}).get(case.priority, "") if plans else ""

    def version(self, case: Case) -> str:
        """The regulation in use for the ticket, like csn@1."""
        name = case.regulation.partition("@")[0]
        return f"{name}@{self.plans[name].version}" if name in self.plans else ""

    def expect(self, survey: str, pending: Pending) -> None:
        """Wait for the survey's answer."""
        self.pending[survey] = pending
        heappush(self.rings, (pending.expires_at, survey))

    def settle(self, survey: str) -> None:
        """The survey is answered or has expired."""
        self.pending.pop(survey, None)
        while self.rings and self.rings[0][1] not in self.pending:
            heappop(self.rings)
