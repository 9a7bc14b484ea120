"""What csi knows: open tickets as they are now, and surveys that may still be answered."""

from datetime import datetime
from heapq import heappop, heappush

import msgspec
from eventlog.reactor import Cause
from regulation.document import Regulation
from regulation.term import UnknownTermError


class Case(msgspec.Struct, kw_only=True):
    """An open ticket with whom and what a resolution right now would concern (D13), under which version (csn@1)."""

    number: str
    channel: str
    language: str
    regulation: str
    category: str
    priority: str
    service: str = ""
    agent: str = ""
    group: str = ""


class Pending(msgspec.Struct, frozen=True):
    """A survey that waits for its answer."""

    ticket: str
    expires_at: datetime
    cause: Cause


class State(msgspec.Struct, kw_only=True):
    """A fold of the log: open things and all published versions by key (`csn@1`), since tickets stay with theirs (D2).

    `rings` is a heap of when surveys expire, answered ones may linger in it.
    """

    regulations: dict[str, Regulation] = {}
    cases: dict[str, Case] = {}
    pending: dict[str, Pending] = {}
    rings: list[tuple[datetime, str]] = []

    def plan(self, case: Case) -> str:
        """The plan of the ticket as it is classified now, "" where its version of the regulation says none."""
        regulation = self._regulation(case)
        if regulation is None:
            return ""
        try:
            return regulation.plan_for(case.category, case.priority, case.channel, case.service).id
        except (UnknownTermError, KeyError):
            return ""

    def version(self, case: Case) -> str:
        """The version that the ticket goes by, like csn@1, "" where it was never published."""
        regulation = self._regulation(case)
        return regulation.key if regulation else ""

    def _regulation(self, case: Case) -> Regulation | None:
        """Exactly the version named; a bare name means the one published last."""
        if "@" in case.regulation:
            return self.regulations.get(case.regulation)
        named = (each for each in reversed(self.regulations.values()) if each.name == case.regulation)
        return next(named, None)

    def expect(self, survey: str, pending: Pending) -> None:
        """Wait for the survey's answer."""
        self.pending[survey] = pending
        heappush(self.rings, (pending.expires_at, survey))

    def settle(self, survey: str) -> None:
        """The survey is answered or has expired."""
        self.pending.pop(survey, None)
        while self.rings and self.rings[0][1] not in self.pending:
            heappop(self.rings)
