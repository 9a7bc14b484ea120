"""Being away: for a reason, for a while, with somebody who gets what is his in the meantime."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from contracts.routing import AbsenceReason, AbsenceRecorded

FAR = datetime.max.replace(tzinfo=UTC)
LONG: frozenset[AbsenceReason] = frozenset({"illness", "vacation", "force_majeure"})
"""Reasons for which open work is dealt again; lunch is waited for."""


class Absence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Away from `starts` until `ends` (UTC, the end not included; None: until further notice)."""

    absence: str
    reason: AbsenceReason
    starts: datetime
    ends: datetime | None = None
    substitute: str = ""

    @classmethod
    def of(cls, said: AbsenceRecorded) -> "Absence":
        """The absence that an event speaks of."""
        return cls(
            absence=said.absence,
            reason=said.reason,
            starts=said.starts,
            ends=said.ends,
            substitute=said.substitute,
        )

    @property
    def until(self) -> datetime:
        """The end, or the end of time."""
        return self.ends or FAR

    def holds(self, at: datetime) -> bool:
        """Whether he is away at this moment."""
        return self.starts <= at < self.until


def longest(absences: Iterable[Absence], at: datetime) -> Absence | None:
    """Of the absences that hold this moment the one that ends last, the first recorded among equals; None: here."""
    holding = [each for each in absences if each.holds(at)]
    return max(holding, key=lambda each: each.until, default=None)
