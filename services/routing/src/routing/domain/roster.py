"""A roster: who is on duty when, drawn up in advance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from contracts.routing import RosterRevised, ShiftPlanned, ShiftWithdrawn
from contracts.streams import roster_stream
from eventlog.aggregate import event

from routing.domain.repeating import Repeating

LONGEST = timedelta(hours=48)

Source = Literal["json", "csv", "icalendar"]


class Shift(NamedTuple):
    """An agent's duty from `starts` until `ends` (UTC, the end not included)."""

    starts: datetime
    ends: datetime
    agent: str

    @property
    def fault(self) -> str:
        """What is wrong with it, if anything: somebody has to sleep."""
        if self.ends <= self.starts:
            return "a shift ends after it starts"
        return "a shift lasts 48 hours at most" if self.ends - self.starts > LONGEST else ""


class Draft(NamedTuple):
    """The shifts that somebody wants, where they came from, and when he says so."""

    shifts: frozenset[Shift]
    at: datetime
    by: str = ""
    source: Source = "json"

    @property
    def ahead(self) -> frozenset[Shift]:
        """Those that are not over yet."""
        return _ahead(self.shifts, self.at)


class Change(NamedTuple):
    """What a draft withdraws and plans, in order of time."""

    withdrawn: list[Shift]
    planned: list[Shift]


class Roster(Repeating):
    """Planned shifts (R0-20); a new plan replaces what is not over yet by the difference, as the next revision."""

    @event("Begun")
    def __init__(self, id: str, said: ShiftPlanned) -> None:  # noqa: A002  # the library's own name for it
        self.name = said.roster
        self.shifts = {_shift(said)}
        self.revision = 0

    @classmethod
    def begun(cls, name: str, draft: Draft) -> Roster | None:
        """A first roster of the wanted shifts that are not over yet; None if there are none."""
        change = cls.first(draft)
        if not change.planned:
            return None
        roster = cls(roster_stream(name), ShiftPlanned(at=draft.at, roster=name, **change.planned[0]._asdict()))
        roster._revise(draft, change)
        return roster

    @classmethod
    def first(cls, draft: Draft) -> Change:
        """What the draft plans where there was no roster yet."""
        return Change([], sorted(draft.ahead))

    def difference(self, draft: Draft) -> Change:
        """What the draft would withdraw and plan; shifts that are over stay as they were."""
        planned = _ahead(self.shifts, draft.at)
        return Change(sorted(planned - draft.ahead), sorted(draft.ahead - planned))

    def replace(self, draft: Draft) -> None:
        """Withdraw what is not wanted any more, plan what is new; the same again is silence."""
        change = self.difference(draft)
        if change.withdrawn or change.planned:
            self._revise(draft, change)

    def _revise(self, draft: Draft, change: Change) -> None:
        for shift in change.withdrawn:
            self._withdrawn(ShiftWithdrawn(at=draft.at, roster=self.name, **shift._asdict()))
        for shift in (each for each in change.planned if each not in self.shifts):
            self._planned(ShiftPlanned(at=draft.at, roster=self.name, **shift._asdict()))
        self._revised(
            RosterRevised(
                at=draft.at,
                roster=self.name,
                revision=self.revision + 1,
                source=draft.source,
                by=draft.by,
                planned=len(change.planned),
                withdrawn=len(change.withdrawn),
            )
        )

    @event("Planned")
    def _planned(self, said: ShiftPlanned) -> None:
        self.shifts.add(_shift(said))

    @event("Withdrawn")
    def _withdrawn(self, said: ShiftWithdrawn) -> None:
        self.shifts.discard(_shift(said))

    @event("Revised")
    def _revised(self, said: RosterRevised) -> None:
        self.revision = said.revision


def _shift(said: ShiftPlanned | ShiftWithdrawn) -> Shift:
    return Shift(said.starts, said.ends, said.agent)


def _ahead(shifts: Collection[Shift], at: datetime) -> frozenset[Shift]:
    return frozenset(shift for shift in shifts if shift.ends > at)
