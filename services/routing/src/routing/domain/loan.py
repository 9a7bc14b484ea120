"""Lending: an agent also serves groups of another direction, for a while (R4-10)."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from contracts.routing import AgentLent


class Loan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """He also serves these groups from `starts` until `ends` (UTC, the end not included)."""

    loan: str
    groups: tuple[str, ...]
    starts: datetime
    ends: datetime
    direction: str = ""

    @classmethod
    def of(cls, said: AgentLent) -> "Loan":
        """The loan that an event speaks of."""
        return cls(loan=said.loan, groups=said.groups, starts=said.starts, ends=said.ends, direction=said.direction)

    def holds(self, at: datetime) -> bool:
        """Whether he is lent at this moment."""
        return self.starts <= at < self.ends


def serving(groups: tuple[str, ...], loans: Iterable[Loan], at: datetime) -> tuple[str, ...]:
    """One's own groups, then those that one is lent to at a moment."""
    lent = (group for loan in loans if loan.holds(at) for group in loan.groups)
    return tuple(dict.fromkeys((*groups, *lent)))
