"""The people who may be given work, as a decision sees them."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts.intake import Section

Duty = tuple[str, datetime, datetime]
"""A planned shift: its roster, its start and its end (UTC)."""


class Employee(msgspec.Struct, kw_only=True):
    """An agent with what decides about him now; shifts that are over may be missing."""

    agent: str
    groups: tuple[str, ...] = ()
    in_distribution: bool = True
    online: set[Section] = set()
    shifts: list[Duty] = []

    def on_shift(self, at: datetime) -> bool:
        """Whether a shift of his holds this moment, its end not included."""
        return any(starts <= at < ends for _, starts, ends in self.shifts)

    def takes(self, section: Section) -> bool:
        """Whether he takes work in this section while on shift."""
        return self.in_distribution and section in self.online


class Staff(msgspec.Struct, kw_only=True):
    """All agents; `rostered` from the first planned shift on, and from then on only who is on shift is given work."""

    agents: dict[str, Employee] = {}
    rostered: bool = False

    def exclusion(self, who: Employee, section: Section, at: datetime) -> str:
        """Why he may not be given work of this section at this moment, "" if he may."""
        if not who.in_distribution:
            return "not-in-distribution"
        if self.rostered and not who.on_shift(at):
            return "off-shift"
        return "" if section in who.online else "offline"

    def present(self, group: str, section: Section) -> Iterator[Employee]:
        """Who would take this group's work of this section whenever he is on shift."""
        return (who for who in self.agents.values() if group in who.groups and who.takes(section))
