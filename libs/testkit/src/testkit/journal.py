"""What a nemesis did and when, to be read when something went wrong."""

import time
from collections.abc import Iterator
from typing import NamedTuple


class Entry(NamedTuple):
    """One action; `at` in seconds since the journal began."""

    at: float
    what: str
    whom: str


class Journal:
    """Everything that was done to a world, in order."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._entries: list[Entry] = []

    def note(self, what: str, whom: str) -> None:
        """Write down that something is being done to somebody, now."""
        self._entries.append(Entry(time.monotonic() - self._began, what, whom))

    def times(self, what: str, whom: str) -> int:
        """How often that was done to that one."""
        return sum(entry.what == what and entry.whom == whom for entry in self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __str__(self) -> str:
        """One line an action."""
        return "\n".join(f"{entry.at:7.2f} s  {entry.what:<34} {entry.whom}" for entry in self._entries)
