"""Many alarms, of which few ring: a heap with lazy deletion that can be read in order without being changed."""

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush

import msgspec


class Alarm(msgspec.Struct, frozen=True, order=True, gc=False):
    """When which clock rings (epoch seconds), as of the clock's so-many-th `turn`."""

    at: int
    clock: str
    turn: int
    ticket: str


Holds = Callable[[Alarm], bool]
"""Whether an alarm is still meant: its clock has not changed since it was set."""


class Alarms:
    """Alarms by time; those that no longer hold are thrown away when they come to the top, or are too many."""

    def __init__(self, holds: Holds, alarms: Iterable[Alarm] = ()) -> None:
        self._holds = holds
        self._heap = list(alarms)
        self._dropped = 0
        heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)

    def set(self, alarm: Alarm) -> None:
        """Ring then."""
        heappush(self._heap, alarm)

    def drop(self) -> None:
        """One of the alarms set no longer holds."""
        self._dropped += 1

    def tidy(self) -> None:
        """Let the first alarm be one that holds."""
        while self._heap and not self._holds(self._heap[0]):
            heappop(self._heap)
            self._dropped -= 1
        if self._dropped > 1000 + len(self._heap) // 2:
            self._heap = [alarm for alarm in self._heap if self._holds(alarm)]
            heapify(self._heap)
            self._dropped = 0

    @property
    def first(self) -> Alarm | None:
        """The next to ring, when tidy."""
        return self._heap[0] if self._heap else None

    def before(self, now: float) -> "Reading":
        """Those that ring before `now`, in order."""
        return Reading(self._heap, self._holds, now)


class Reading:
    """Walks the top of a heap in order, and takes in what follows from what it has given (so nothing is changed)."""

    def __init__(self, heap: list[Alarm], holds: Holds, now: float) -> None:
        self._heap = heap
        self._holds = holds
        self._now = now
        self._near: list[tuple[Alarm, int]] = []
        self._reach(0)

    def add(self, alarm: Alarm) -> None:
        """An alarm that will be set because of one already given."""
        if alarm.at < self._now:
            heappush(self._near, (alarm, -1))

    def __iter__(self) -> Iterator[Alarm]:
        while self._near:
            alarm, index = heappop(self._near)
            if index >= 0:
                self._reach(2 * index + 1)
                self._reach(2 * index + 2)
            if index < 0 or self._holds(alarm):
                yield alarm

    def _reach(self, index: int) -> None:
        if index < len(self._heap) and self._heap[index].at < self._now:
            heappush(self._near, (self._heap[index], index))
