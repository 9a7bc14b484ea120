"""Tickets that wait for an agent, in the order in which they are dealt (A-17, A-28)."""

from collections.abc import Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import NamedTuple, Protocol

from regulation.channel import Line
from regulation.document import Regulation

FAR = 2**62


class Rank(NamedTuple):
    """The least is dealt first: what the line puts first, then the nearest deadline, then the oldest."""

    category: int
    priority: int
    due: int
    opened: int


class Waits(Protocol):
    """A ticket as far as its place in a queue goes; `opened` is where it was opened in the log."""

    ticket: str
    category: str
    priority: str
    opened: int

    @property
    def due(self) -> datetime | None:
        """The nearest of its deadlines (UTC)."""
        ...


def rank(ticket: Waits, regulation: Regulation, line: Line | None) -> Rank:
    """Where a ticket stands: as its line says (R3-09), else by its nearest deadline; then the oldest first."""
    order, by_age = _decisive(line)
    due = FAR if by_age or ticket.due is None else int(ticket.due.timestamp())
    category = _place([each.id for each in regulation.categories], ticket.category) if "category" in order else 0
    priority = _place([each.id for each in regulation.priorities][::-1], ticket.priority) if "priority" in order else 0
    if order[:1] == ("priority",):
        category, priority = priority, category
    return Rank(category, priority, due, ticket.opened)


def _decisive(line: Line | None) -> tuple[tuple[str, ...], bool]:
    """What comes before age, which decides between any two, and whether age is named."""
    order = line.order if line else ()
    return (order[: order.index("age")], True) if "age" in order else (order, False)


def _place(ids: list[str], wanted: str) -> int:
    return ids.index(wanted) if wanted in ids else len(ids)


class Order:
    """Waiting tickets by rank; to add, to move and to take the first costs the logarithm of their number."""

    def __init__(self, ranks: Iterable[tuple[str, Rank]] = ()) -> None:
        self._ranks = dict(ranks)
        self._heap = [(rank, ticket) for ticket, rank in self._ranks.items()]
        heapify(self._heap)

    def put(self, ticket: str, rank: Rank) -> None:
        """It waits, or its rank changed."""
        if self._ranks.get(ticket) != rank:
            self._ranks[ticket] = rank
            heappush(self._heap, (rank, ticket))

    def drop(self, ticket: str) -> None:
        """It waits no more."""
        self._ranks.pop(ticket, None)

    def first(self, most: int) -> list[tuple[Rank, str]]:
        """At most so many, first first; they stay."""
        found: list[tuple[Rank, str]] = []
        while self._heap and len(found) < most:
            entry = heappop(self._heap)
            if self._ranks.get(entry[1]) == entry[0] and entry not in found[-1:]:
                found.append(entry)
        for entry in found:
            heappush(self._heap, entry)
        return found
