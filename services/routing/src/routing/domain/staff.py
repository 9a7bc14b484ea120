"""The people who may be given work, as a decision sees them."""

from bisect import insort
from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts.intake import Section
from contracts.routing import AgentRegistered
from eventlog.reactor import Cause

from routing.domain.absence import Absence, longest
from routing.domain.loan import Loan, serving
from routing.domain.presence import NEVER, Presence

Duty = tuple[datetime, datetime, str]
"""A planned shift: its start and its end (UTC, the end not included), and its roster."""


class Employee(msgspec.Struct, kw_only=True):
    """An agent with what decides about him now; `registered` is false while others have only planned with him.

    `skills` are services and languages he serves, `capacity` the most open tickets by section, `line` his primary line
    (R3-22), `direction` where he belongs. `came` is what took him Online, by section, and `leaving` when the
    duty ends for which he came. Shifts are in order of their starts; shifts, absences and loans that are over may be
    missing.
    """

    agent: str
    groups: tuple[str, ...] = ()
    in_distribution: bool = True
    registered: bool = False
    skills: tuple[str, ...] = ()
    capacity: dict[Section, int] = {}
    line: str = ""
    direction: str = ""
    presence: dict[Section, Presence] = {}
    came: dict[Section, Cause] = {}
    leaving: dict[Section, datetime] = {}
    shifts: list[Duty] = []
    absences: dict[str, Absence] = {}
    loans: dict[str, Loan] = {}

    def is_online(self, section: Section) -> bool:
        """Whether he is Online in this section, on shift or not (R0-18)."""
        return self.presence.get(section, NEVER).since is not None

    def on_shift(self, at: datetime) -> bool:
        """Whether a shift of his holds this moment, its end not included."""
        for starts, ends, _ in self.shifts:
            if starts > at:
                return False
            if at < ends:
                return True
        return False

    def takes(self, section: Section) -> bool:
        """Whether he takes work in this section while on shift and not away."""
        return self.in_distribution and self.is_online(section)

    def groups_at(self, at: datetime) -> tuple[str, ...]:
        """His own groups, then those that he is lent to at this moment (R4-10)."""
        return serving(self.groups, self.loans.values(), at) if self.loans else self.groups

    def absence(self, at: datetime) -> Absence | None:
        """Why he is away at this moment: the absence that lasts longest; None: he is not."""
        return longest(self.absences.values(), at) if self.absences else None

    def plan_leaving(self) -> None:
        """His presence or his shifts changed: see anew when the duty ends during or before which he came Online."""
        came = ((section, each.since) for section, each in self.presence.items() if each.since)
        ends = ((section, _end_of_duty(self.shifts, since)) for section, since in came)
        self.leaving = {section: end for section, end in ends if end}


class Staff(msgspec.Struct, kw_only=True):
    """All agents; `rostered` from the first planned shift on, and from then on only who is on shift is given work.

    `teams` are, by group, the ids of its members and of those lent to it now or later, in order.
    """

    agents: dict[str, Employee] = {}
    teams: dict[str, list[str]] = {}
    rostered: bool = False

    def exclusion(self, who: Employee, section: Section, at: datetime) -> str:
        """Why he may not be given work of this section at this moment, "" if he may; whatever his groups and load."""
        if not who.in_distribution:
            return "not-in-distribution"
        if self.rostered and not who.on_shift(at):
            return "off-shift"
        if not who.is_online(section):
            return "offline"
        away = who.absence(at) if who.absences else None
        return f"absent:{away.reason}" if away else ""

    def members(self, group: str, at: datetime) -> Iterator[Employee]:
        """Who serves this group at this moment, on loan or for good, in order of ids."""
        people = (self.agents[agent] for agent in self.teams.get(group, ()))
        return (who for who in people if group in who.groups or group in who.groups_at(at))

    def present(self, group: str, section: Section) -> Iterator[Employee]:
        """Who would take this group's work of this section whenever he serves it, is on shift and not away."""
        people = (self.agents[agent] for agent in self.teams.get(group, ()))
        return (who for who in people if who.takes(section))

    def substitute(self, who: Employee, at: datetime) -> str:
        """Who gets what is his at this moment: while somebody is away his substitute, "" where there is none."""
        seen = set()
        while away := who.absence(at):
            seen.add(who.agent)
            if away.substitute in seen or away.substitute not in self.agents:
                return ""
            who = self.agents[away.substitute]
        return who.agent

    def employee(self, agent: str) -> Employee:
        """The agent of this id, who may be registered later."""
        return self.agents.setdefault(agent, Employee(agent=agent))

    def register(self, said: AgentRegistered) -> None:
        """Take what is known about an agent now."""
        who = self.employee(said.agent)
        who.registered, who.in_distribution = True, said.in_distribution
        who.groups, who.skills, who.capacity = said.groups, said.skills, dict(said.capacity)
        who.line, who.direction = said.line, said.direction
        self.regroup(who)

    def regroup(self, who: Employee) -> None:
        """His groups or loans changed: he is in exactly these teams."""
        mine = {*who.groups, *(group for loan in who.loans.values() for group in loan.groups)}
        for group, team in list(self.teams.items()):
            if who.agent in team and group not in mine:
                team.remove(who.agent)
                if not team:
                    del self.teams[group]
        for group in mine:
            team = self.teams.setdefault(group, [])
            if who.agent not in team:
                insort(team, who.agent)


def _end_of_duty(shifts: list[Duty], since: datetime) -> datetime | None:
    """The end of the first shift that is not over by then, with those that follow on it without a gap."""
    reached = None
    for starts, ends, _ in shifts:
        if reached is None:
            reached = ends if ends > since else None
        elif starts <= reached:
            reached = max(reached, ends)
    return reached
