"""A roster: who is on duty when, drawn up in advance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from contracts.routing import ShiftPlanned, ShiftWithdrawn
from contracts.streams import roster_stream
from eventlog.aggregate import event

from routing.domain.repeating import Repeating


class Shift(NamedTuple):
    """An agent's duty from `starts` until `ends` (UTC, the end not included)."""

    starts: datetime
    ends: datetime
    agent: str


class Roster(Repeating):
    """Planned shifts (R0-20); a new plan replaces what is not over yet by the difference."""

    @event("Begun")
    def __init__(self, id: str, said: ShiftPlanned) -> None:  # noqa: A002  # the library's own name for it
        self.name = said.roster
        self.shifts = frozenset({_shift(said)})

    @classmethod
    def begun(cls, name: str, wanted: Collection[Shift], at: datetime) -> Roster | None:
        """A first roster of the wanted shifts that are not over yet; None if there are none."""
        ahead = _ahead(wanted, at)
        if not ahead:
            return None
        roster = cls(roster_stream(name), ShiftPlanned(at=at, roster=name, **min(ahead)._asdict()))
        roster.replace(ahead, at)
        return roster

    def replace(self, wanted: Collection[Shift], at: datetime) -> None:
        """Withdraw what is not wanted any more, plan what is new; shifts that are over stay as they were."""
        planned, ahead = _ahead(self.shifts, at), _ahead(wanted, at)
        for shift in sorted(planned - ahead):
            self._withdrawn(ShiftWithdrawn(at=at, roster=self.name, **shift._asdict()))
        for shift in sorted(ahead - planned):
            self._planned(ShiftPlanned(at=at, roster=self.name, **shift._asdict()))

    @event("Planned")
    def _planned(self, said: ShiftPlanned) -> None:
        self.shifts = self.shifts | {_shift(said)}

    @event("Withdrawn")
    def _withdrawn(self, said: ShiftWithdrawn) -> None:
        self.shifts = self.shifts - {_shift(said)}


def _shift(said: ShiftPlanned | ShiftWithdrawn) -> Shift:
    return Shift(said.starts, said.ends, said.agent)


def _ahead(shifts: Collection[Shift], at: datetime) -> frozenset[Shift]:
    return frozenset(shift for shift in shifts if shift.ends > at)
