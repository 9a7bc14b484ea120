"""Tables about rosters: shifts, and who drew them up."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts import Recorded
from contracts.routing import RosterRevised, ShiftPlanned, ShiftWithdrawn
from eventlog.tables import Statement, Table, Views

DDL = """
    create table shifts (
        agent text not null, roster text not null, starts timestamptz not null, ends timestamptz not null,
        primary key (roster, agent, starts, ends)
    );
    create table revisions (
        roster text not null, revision int not null, source text not null, by text not null, at timestamptz not null,
        planned int not null, withdrawn int not null, primary key (roster, revision)
    );
"""
INDEXES = """
    create index shifts_ends on shifts (ends);
    create index shifts_agent on shifts (agent, ends);
"""


class Shift(msgspec.Struct, frozen=True):
    """An agent is planned to work."""

    roster: str
    agent: str
    starts: datetime
    ends: datetime


class Revision(msgspec.Struct, frozen=True):
    """A roster was drawn up anew."""

    roster: str
    revision: int
    source: str
    by: str
    at: datetime
    planned: int
    withdrawn: int


SHIFTS = Table("shifts", Shift, "roster", "agent", "starts", "ends")
REVISIONS = Table("revisions", Revision, "roster", "revision")


def _planned(event: Recorded[ShiftPlanned]) -> Iterator[Statement]:
    said = event.data
    yield SHIFTS.begin(Shift(said.roster, said.agent, said.starts, said.ends))


def _withdrawn(event: Recorded[ShiftWithdrawn]) -> Iterator[Statement]:
    yield SHIFTS.end(SHIFTS.key_of(event.data))


def _revised(event: Recorded[RosterRevised]) -> Iterator[Statement]:
    said = event.data
    counts = (said.planned, said.withdrawn)
    yield REVISIONS.begin(Revision(said.roster, said.revision, said.source, said.by, said.at, *counts))


VIEWS = Views(
    tables=[SHIFTS, REVISIONS],
    ddl=DDL,
    indexes=INDEXES,
    rules={ShiftPlanned: _planned, ShiftWithdrawn: _withdrawn, RosterRevised: _revised},
)
