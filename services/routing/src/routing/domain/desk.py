"""What is open and whose turn it is, kept so that the next decision need not count: all of it follows from the log."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Protocol

from contracts.intake import Section
from regulation.channel import Strategy

from routing.domain.demand import Demand
from routing.domain.ring import Ring
from routing.domain.staff import Employee, Staff


class Work(Protocol):
    """A ticket as far as it is work."""

    agent: str
    section: Section
    line: str

    @property
    def to_do(self) -> bool:
        """Whether it is open and not solved."""
        ...

    @property
    def paused(self) -> bool:
        """Whether the requester has to answer first."""
        ...


class Standing(Protocol):
    """What a choice looks at."""

    staff: Staff

    def turn(self, pool: str, agent: str) -> int:
        """His last turn in a pool."""
        ...

    def latest(self, pool: str) -> int:
        """Anybody's last turn in a pool."""
        ...

    def load(self, agent: str, section: Section) -> int:
        """His open tickets of a section."""
        ...

    def ring(self, demand: Demand) -> Ring:
        """Who could take this work, next one first."""
        ...


class Desk:
    """Everybody's open work and turns; `changes` counts whatever may change who could take work, `people` only what
    changes people themselves.

    It follows from staff, turns and tickets, so it is never stored.
    """

    def __init__(self, staff: Staff, turns: Mapping[str, Mapping[str, int]], tickets: Iterable[Work] = ()) -> None:
        self.staff = staff
        self.changes = 0
        self.people = 0
        self._staffed: set[str] | None = None
        self.lines: Counter[str] = Counter()
        self._turns = turns
        self._latest = {pool: max(mine.values(), default=0) for pool, mine in turns.items()}
        self._loads: dict[str, Counter[Section]] = defaultdict(Counter)
        self._rings: dict[str, dict[tuple[Section, Strategy], Ring]] = {}
        for work in tickets:
            self.count(work, 1)

    def turn(self, pool: str, agent: str) -> int:
        """When in the log he was last given work of this pool."""
        return self._turns.get(pool, {}).get(agent, 0)

    def latest(self, pool: str) -> int:
        """The last turn that anybody had in this pool."""
        return self._latest.get(pool, 0)

    def turned(self, pool: str, agent: str) -> None:
        """He had a turn in this pool."""
        self._latest[pool] = max(self._latest.get(pool, 0), self._turns[pool][agent])
        self.reseat(agent)

    def load(self, agent: str, section: Section) -> int:
        """How many open tickets of this section he has."""
        mine = self._loads.get(agent)
        return mine[section] if mine else 0

    def loads(self, agent: str) -> int:
        """How many open tickets he has."""
        return sum(self._loads[agent].values()) if agent in self._loads else 0

    def ring(self, demand: Demand) -> Ring:
        """Who could take this work, in the order of its regulation."""
        rings = self._rings.setdefault(demand.group, {})
        found = rings.get((demand.section, demand.strategy))
        if found is None:
            found = rings[demand.section, demand.strategy] = Ring(demand.section, demand.strategy)
            for agent in self.staff.teams.get(demand.group, ()):
                self._seat(found, demand.group, self.staff.agents[agent])
        return found

    def has_people(self, line: str) -> bool:
        """Whether this is anybody's primary line."""
        if self._staffed is None:
            self._staffed = {who.line for who in self.staff.agents.values()}
        return line in self._staffed

    def count(self, work: Work, by: int) -> None:
        """A ticket became somebody's or a line's open work, or is so no longer (`by` -1)."""
        if not work.to_do:
            return
        if work.line and not work.paused:
            self.lines[work.line] += by
        if work.agent:
            self._loads[work.agent][work.section] += by
            self.reseat(work.agent)

    def reseat(self, agent: str) -> None:
        """His turns or his open work changed."""
        if not self._rings:
            return
        who = self.staff.agents.get(agent)
        groups = (*who.groups, *(group for loan in who.loans.values() for group in loan.groups)) if who else ()
        for group in groups:
            for ring in self._rings.get(group, {}).values():
                assert who is not None
                self._seat(ring, group, who)

    def refresh(self, people: Iterable[str]) -> None:
        """Something else about these people changed: groups, presence, skills, shifts, absences."""
        self.changes += 1
        self.people += 1
        self._staffed = None
        known = [self.staff.agents[agent] for agent in people if agent in self.staff.agents]
        for group, rings in self._rings.items():
            team = self.staff.teams.get(group, [])
            for who, ring in product(known, rings.values()):
                if _is_in(team, who.agent):
                    self._seat(ring, group, who)
                else:
                    ring.drop(who.agent)

    def _seat(self, ring: Ring, group: str, who: Employee) -> None:
        pool = f"{group}/{ring.section}"
        if ring.seat(who, self.turn(pool, who.agent), self.load(who.agent, ring.section)):
            self.changes += 1


def _is_in(team: list[str], agent: str) -> bool:
    place = bisect_left(team, agent)
    return place < len(team) and team[place] == agent
