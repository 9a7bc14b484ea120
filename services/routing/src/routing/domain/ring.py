"""Whose turn it is in one pool, in an order that is kept and never made anew."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from heapq import merge
from typing import Self

from contracts.intake import Section
from regulation.channel import Strategy

from routing.domain.demand import Demand, Kind, kind_of
from routing.domain.staff import Employee

Key = tuple[int, int, str]
"""Load where that decides, last turn, id: the least is next."""


class Ring:
    """Agents of one group who could take work of one section now but for the hour, next one first, by kind of agent.

    To seat, to drop and to find the next one costs the logarithm of their number; the others are only counted, by what
    they lack.
    """

    def __init__(self, section: Section, strategy: Strategy) -> None:
        self.section = section
        self.strategy = strategy
        self.rows: dict[Kind, list[Key]] = {}
        self.lacking: Counter[str] = Counter()
        self._seats: dict[str, tuple[Kind, Key]] = {}
        self._words: dict[str, str] = {}

    def __contains__(self, agent: str) -> bool:
        """Whether he is of this group, here or not."""
        return agent in self._words

    def copy(self) -> Self:
        """Another ring with the same people on the same seats."""
        other = self.__class__(self.section, self.strategy)
        other.rows = {kind: list(row) for kind, row in self.rows.items()}
        other.lacking = Counter(self.lacking)
        other._seats, other._words = dict(self._seats), dict(self._words)
        return other

    def seat(self, who: Employee, turn: int, load: int) -> bool:
        """Give him the place that is his now; whether he is newly here, gone, or of another kind."""
        before = self._seats.get(who.agent)
        word = lack_of(who, self.section, load)
        now = None if word else (kind_of(who), self._key(who.agent, turn, load))
        if before != now or word != self._words.get(who.agent):
            self.drop(who.agent)
            self._words[who.agent] = word
            if now is None:
                self.lacking[word] += 1
            else:
                insort(self.rows.setdefault(now[0], []), now[1])
                self._seats[who.agent] = now
        return (before and before[0]) != (now and now[0])

    def drop(self, agent: str) -> bool:
        """He is not of this group, or sits down anew; whether he was here."""
        if word := self._words.pop(agent, ""):
            self.lacking[word] -= 1
        if agent not in self._seats:
            return False
        kind, key = self._seats.pop(agent)
        row = self.rows[kind]
        del row[bisect_left(row, key)]
        if not row:
            del self.rows[kind]
        return True

    def suited(self, demand: Demand) -> Iterator[str]:
        """Those whose kind suits the ticket, next one first."""
        rows = self._suited(demand)
        return (agent for _, _, agent in (rows[0] if len(rows) == 1 else merge(*rows)))

    def somebody_suits(self, demand: Demand) -> Iterator[str]:
        """Those whose kind suits the ticket, in no order."""
        return (agent for row in self._suited(demand) for _, _, agent in row)

    def unsuited(self, demand: Demand) -> dict[str, int]:
        """How many of those here do not suit the ticket, by why."""
        found: dict[str, int] = {}
        for kind, row in self.rows.items() if demand.choosy else ():
            if word := demand.unsuited(kind):
                found[word] = found.get(word, 0) + len(row)
        return found

    def _suited(self, demand: Demand) -> list[list[Key]]:
        if not demand.choosy:
            return list(self.rows.values())
        return [row for kind, row in self.rows.items() if not demand.unsuited(kind)]

    def _key(self, agent: str, turn: int, load: int) -> Key:
        return (load if self.strategy is Strategy.least_loaded else 0, turn, agent)


def lack_of(who: Employee, section: Section, load: int) -> str:
    """Why he cannot take work of this section at any hour, "" if he can."""
    if not who.in_distribution:
        return "not-in-distribution"
    if not who.is_online(section):
        return "offline"
    return "at-capacity" if is_full(who, section, load) else ""


def is_full(who: Employee, section: Section, load: int) -> bool:
    """Whether he has as much open work of this section as he may have."""
    most = who.capacity.get(section)
    return most is not None and load >= most
