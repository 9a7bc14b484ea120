"""Who gets a ticket: coverage says whether anybody, then the turn says who (A-14, A-15, A-16)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from contracts.intake import Section
from contracts.reasons import Assignment, Candidate
from regulation.calendar import Calendar
from regulation.worktime import is_open

from routing.domain.staff import Employee, Staff


class Demand(NamedTuple):
    """What one ticket asks for at one moment; `coverage` is the id of its channel's `calendar` (R0-21)."""

    group: str
    section: Section
    coverage: str
    calendar: Calendar
    at: datetime

    @property
    def pool(self) -> str:
        """Where turns are counted: a group's work of one section (A-15)."""
        return f"{self.group}/{self.section}"


class Choice(NamedTuple):
    """The agent, "" where the group keeps the ticket, and why."""

    agent: str
    because: Assignment


def choose(demand: Demand, staff: Staff, turns: Mapping[str, int], position: int) -> Choice:
    """In hours the eligible agent whose turn in this pool is longest ago, else the group.

    `position` is where in the log the ticket asked; the chosen one's turn is then there, or just after the latest.
    """
    if not is_open(demand.calendar, demand.at):
        return Choice("", Assignment(rule="out-of-hours", coverage=demand.coverage, pool=demand.pool))
    candidates = tuple(_candidate(who, demand, staff, turns) for _, who in sorted(staff.agents.items()))
    agent = next_in_turn(candidates)
    latest = max((each.last_turn for each in candidates), default=0)
    because = Assignment(
        rule="turn" if agent else "nobody-eligible",
        coverage=demand.coverage,
        in_hours=True,
        candidates=candidates,
        pool=demand.pool,
        turn=max(position, latest + 1) if agent else 0,
    )
    return Choice(agent, because)


def stay(owner: Employee, demand: Demand, staff: Staff) -> Choice | None:
    """A reopened ticket goes back to its last owner if he takes work now (A-13), whatever the hours; else None."""
    if staff.exclusion(owner, demand.section, demand.at):
        return None
    because = Assignment(
        rule="sticky",
        coverage=demand.coverage,
        in_hours=is_open(demand.calendar, demand.at),
        candidates=(Candidate(agent=owner.agent),),
    )
    return Choice(owner.agent, because)


def next_in_turn(candidates: Iterable[Candidate]) -> str:
    """The eligible candidate whose turn is longest ago, the first by id among equals; "" if nobody is eligible."""
    eligible = [(each.last_turn, each.agent) for each in candidates if not each.excluded]
    return min(eligible)[1] if eligible else ""


def _candidate(who: Employee, demand: Demand, staff: Staff, turns: Mapping[str, int]) -> Candidate:
    member = demand.group in who.groups
    excluded = staff.exclusion(who, demand.section, demand.at) if member else "not-in-group"
    return Candidate(agent=who.agent, last_turn=turns.get(who.agent, 0), excluded=excluded)
