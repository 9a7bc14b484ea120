"""Doors about rosters: shifts planned in advance."""

from datetime import UTC, timedelta
from typing import Annotated, Self

from contracts.streams import roster_stream
from fastapi import APIRouter, Body, Query
from pydantic import AwareDatetime, BaseModel, Field, model_validator
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.positions import CaughtUp

from routing.commands import Command
from routing.domain.roster import Roster, Shift
from routing.http.people import ID, ByHead, Reader

router = APIRouter(tags=["roster"])

LONGEST = timedelta(hours=48)
SHIFTS = (
    "select roster, agent, starts, ends from shifts where ends > $1 order by starts, agent, ends, roster limit 5000"
)

Name = Annotated[str, Query(pattern=ID, description="Which roster; several stand side by side.")]


class Planned(BaseModel):
    """One shift; both times with their zone, at most 48 hours apart."""

    agent: Annotated[str, Field(pattern=ID)]
    starts: AwareDatetime
    ends: AwareDatetime

    @model_validator(mode="after")
    def runs_forward(self) -> Self:
        """A shift ends after it starts, and somebody has to sleep."""
        if not timedelta() < self.ends - self.starts <= LONGEST:
            raise ValueError("a shift ends after it starts, at most 48 hours later")
        return self

    @property
    def shift(self) -> Shift:
        """The same in UTC."""
        return Shift(self.starts.astimezone(UTC), self.ends.astimezone(UTC), self.agent)


class Ahead(BaseModel):
    """How many shifts of the roster are not over yet."""

    roster: str
    shifts: int


class OnRoster(BaseModel):
    """One shift and the roster it stands in, times in UTC."""

    roster: str
    agent: str
    starts: AwareDatetime
    ends: AwareDatetime


Shifts = Annotated[list[Planned], Body(max_length=5000)]


@router.put("/roster")
async def plan(shifts: Shifts, errand: ByHead, name: Name = "main") -> Ahead:
    """Replace what is ahead in a roster by these shifts (R0-20); what is over stays as it was."""
    wanted, now = {planned.shift for planned in shifts}, errand.now
    stream = roster_stream(name)
    command = Command(Roster, stream, lambda: Roster.begun(name, wanted, now), lambda one: one.replace(wanted, now))
    errand.reached(await command.carry_out(errand.log, errand.by))
    return Ahead(roster=name, shifts=len([shift for shift in wanted if shift.ends > now]))


@router.get("/roster", dependencies=[CaughtUp])
async def roster(log: Log, _: Reader, now: Now) -> list[OnRoster]:
    """The shifts that are not over yet, of all rosters, soonest first."""
    return [OnRoster(**dict(row)) for row in await log.pool.fetch(SHIFTS, now)]
