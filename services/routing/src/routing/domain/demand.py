"""What a ticket asks for, and what of an agent decides whether he suits it at any hour."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from contracts.intake import Section
from regulation.calendar import Calendar
from regulation.channel import Strategy

from routing.domain.staff import Employee

LANGUAGES = frozenset({"ru", "en"})
NOBODY: Mapping[str, str] = {}

Kind = tuple[str, tuple[str, ...]]
"""Agents who suit the same tickets: their primary line and their skills."""


class Demand(NamedTuple):
    """What one ticket asks for at one moment; `coverage` is the id of its channel's `calendar` (R0-21).

    `skills` are the service and the language to be served, `line` the line it came to, "" where lines do not matter;
    `helpers` are the lines that help that one out now, and why (R3-23).
    """

    group: str
    section: Section
    coverage: str
    calendar: Calendar
    at: datetime
    skills: tuple[str, ...] = ()
    line: str = ""
    helpers: Mapping[str, str] = NOBODY
    strategy: Strategy = Strategy.in_turn

    @property
    def pool(self) -> str:
        """Where turns are counted: a group's work of one section (A-15)."""
        return f"{self.group}/{self.section}"

    @property
    def choosy(self) -> bool:
        """Whether it asks for more than somebody of the group."""
        return bool(self.skills or self.line)

    def unsuited(self, kind: Kind) -> str:
        """Why agents of this kind do not suit the ticket, "" if they do."""
        line, skills = kind
        if lacking := next((skill for skill in self.skills if _lacks(skills, skill)), ""):
            return f"lacks-skill:{lacking}"
        return "other-line" if self.line and line and line != self.line and line not in self.helpers else ""


def kind_of(who: Employee) -> Kind:
    """What an agent is like to tickets."""
    return who.line, who.skills


def _lacks(skills: tuple[str, ...], wanted: str) -> bool:
    """A service has to be named; whoever names no language serves every language."""
    if wanted in skills:
        return False
    return wanted not in LANGUAGES or not LANGUAGES.isdisjoint(skills)
