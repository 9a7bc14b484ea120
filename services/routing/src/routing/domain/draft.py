"""A desk on paper: several tickets are dealt at once, each as if those before it had been given out."""

from collections import Counter
from collections.abc import Iterable

from contracts.intake import Section
from regulation.channel import Strategy

from routing.domain.demand import Demand
from routing.domain.desk import Standing
from routing.domain.ring import Ring

Place = tuple[str, Section, Strategy]


class Draft:
    """A desk on which some tickets have been given out already, though only here: several are dealt at once."""

    def __init__(self, desk: Standing) -> None:
        self.staff = desk.staff
        self._desk = desk
        self._turns: dict[tuple[str, str], int] = {}
        self._latest: dict[str, int] = {}
        self._loads: Counter[tuple[str, Section]] = Counter()
        self._rings: dict[Place, Ring] = {}

    def turn(self, pool: str, agent: str) -> int:
        """His last turn, those drafted included."""
        return self._turns.get((pool, agent)) or self._desk.turn(pool, agent)

    def latest(self, pool: str) -> int:
        """The last turn that anybody had, those drafted included."""
        return max(self._latest.get(pool, 0), self._desk.latest(pool))

    def load(self, agent: str, section: Section) -> int:
        """His open tickets, those drafted included."""
        return self._desk.load(agent, section) + self._loads[agent, section]

    def ring(self, demand: Demand) -> Ring:
        """The order as it is after what was drafted; the desk's own until then."""
        if not self._loads:
            return self._desk.ring(demand)
        place = (demand.group, demand.section, demand.strategy)
        if place not in self._rings:
            self._rings[place] = self._desk.ring(demand).copy()
            self._catch_up(place, {agent for agent, _ in self._loads})
        return self._rings[place]

    def give(self, agent: str, demand: Demand, turn: int) -> None:
        """He has one ticket more; `turn` 0: it was his anyway, and nobody's turn."""
        if turn:
            self._turns[demand.pool, agent] = self._latest[demand.pool] = turn
        self._loads[agent, demand.section] += 1
        for place in self._rings:
            self._catch_up(place, [agent])

    def _catch_up(self, place: Place, people: Iterable[str]) -> None:
        group, section, _ = place
        for agent in people:
            if agent in self._rings[place]:
                turn, load = self.turn(f"{group}/{section}", agent), self.load(agent, section)
                self._rings[place].seat(self.staff.agents[agent], turn, load)
