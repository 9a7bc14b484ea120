"""Which versions of the regulations rule at a moment: those that are published may begin later (R0-38)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from regulation.channel import Line
from regulation.document import Regulation
from regulation.force import in_force

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Ruling(NamedTuple):
    """One version of every regulation, in force from `since` until `until` (UTC; None: for all that is published).

    `helped` are the lines that others help out, `emptied` the groups whose people go Offline when their shifts end.
    """

    since: datetime
    until: datetime | None
    regulations: tuple[Regulation, ...]
    helped: tuple[tuple[Regulation, Line], ...]
    emptied: frozenset[str]

    def holds(self, at: datetime) -> bool:
        """Whether these are in force at that moment."""
        return self.since <= at and (self.until is None or at < self.until)


class Rulings:
    """Looks up what is in force; `looked` is when decisions about lines last did so, None: not yet."""

    def __init__(self, regulations: Mapping[str, Regulation], begins: Mapping[str, datetime]) -> None:
        self._begins = sorted(((begins[key], each) for key, each in regulations.items()), key=lambda one: one[0])
        self._latest: Ruling | None = None
        self.looked: datetime | None = None
        self.helping = any(line.helped_by for each in regulations.values() for line in each.lines)
        self.emptying = any(each.distribution.offline_at_shift_end for each in regulations.values())

    def at(self, moment: datetime) -> Ruling:
        """The versions in force at a moment."""
        latest = self._latest
        if latest is not None and latest.holds(moment):
            return latest
        found = self._found(moment)
        if latest is None or latest.since < found.since:
            self._latest = found
        return found

    def direction(self, channel: str, at: datetime) -> str:
        """The direction of a channel at a moment, else as another version has it, "" where it has none (R4-09)."""
        others = (each for _, each in reversed(self._begins))
        channels = (known for each in (*self.at(at).regulations, *others) for known in each.channels)
        return next((each.direction or "" for each in channels if each.id == channel), "")

    def _found(self, moment: datetime) -> Ruling:
        begun = in_force(self._begins, moment)
        since = max((begins for begins, _ in self._begins if begins <= moment), default=LONG_AGO)
        until = min((begins for begins, _ in self._begins if begins > moment), default=None)
        helped = ((each, line) for each in begun.values() for line in each.lines if line.helped_by)
        emptying = (each for each in begun.values() if each.distribution.offline_at_shift_end)
        emptied = frozenset(group.id for each in emptying for group in each.groups)
        return Ruling(since, until, tuple(begun.values()), tuple(helped), emptied)
