"""Doors about rosters: shifts planned in advance."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

from contracts.streams import roster_stream
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, ValidationError
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.positions import CaughtUp
from servicekit.problems import Malformed, UnsupportedMedia, fault

from routing.commands import Command
from routing.domain.roster import Draft, Roster, Source
from routing.http.people import ID, ByHead, Errand, Reader
from routing.readings.finding import Finding
from routing.readings.icalendar import Reach, read_calendar
from routing.readings.moments import MomentError, zone_of
from routing.readings.names import Names
from routing.readings.planned import SHIFTS, read_json
from routing.readings.table import read_table

router = APIRouter(tags=["roster"])

AHEAD = "select roster, agent, starts, ends from shifts where ends > $1 order by starts, agent, ends, roster limit 5000"
PEOPLE = "select agent, name, email from agents"
REVISIONS = """
    select roster, revision, source, by, at, planned, withdrawn from revisions
    where $1::text is null or roster = $1 order by at desc, revision desc limit 1000
"""
SOURCES: dict[str, Source] = {"application/json": "json", "text/csv": "csv", "text/calendar": "icalendar"}
BODY: dict[str, Any] = {  # Any: OpenAPI is written in plain values
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": SHIFTS.json_schema(ref_template="#/components/schemas/{model}")},
            "text/csv": {"schema": {"type": "string"}, "example": "agent;start;end\nanna;2026-03-02 21:00;09:00\n"},
            "text/calendar": {"schema": {"type": "string"}},
        },
    }
}


class Asked(BaseModel):
    """What a roster is called and how it is to be read."""

    name: Annotated[str, Field(pattern=ID, description="Which roster; several stand side by side.")] = "main"
    timezone: Annotated[str, Field(max_length=64, description="Of times that name no zone.")] = "Europe/Moscow"
    weeks: Annotated[int, Field(ge=1, le=53, description="How far ahead a calendar's repeated events are planned.")] = (
        13
    )
    dry_run: Annotated[bool, Field(description="Say what would change, and change nothing.")] = False


class OnRoster(BaseModel):
    """One shift and the roster it stands in, times in UTC."""

    roster: str
    agent: str
    starts: datetime
    ends: datetime


class Drawn(BaseModel):
    """A roster's revision: how many shifts are ahead, which of them are new and which are dropped.

    `unknown` are agents who are not registered yet, `left_out` events that are no shifts.
    """

    roster: str
    revision: int
    dry_run: bool
    shifts: int
    planned: list[OnRoster]
    withdrawn: list[OnRoster]
    unknown: list[str]
    left_out: list[str]


class Revision(BaseModel):
    """A roster drawn up anew: by whom, from what, and how many shifts changed."""

    roster: str
    revision: int
    source: str
    by: str
    at: datetime
    planned: int
    withdrawn: int


@router.put("/roster", openapi_extra=BODY, dependencies=[CaughtUp])
async def plan(request: Request, asked: Annotated[Asked, Query()], errand: ByHead) -> Drawn:
    """Replace what is ahead in a roster by these shifts (R0-20), as JSON, CSV or iCalendar; what is over stays."""
    source, content = _source(request), await request.body()
    names = Names([tuple(row) for row in await errand.log.pool.fetch(PEOPLE)])
    found = await asyncio.to_thread(_read, source, content, names, _reach(asked, errand.now))
    draft = Draft(found.shifts, errand.now, errand.actor.name, source)
    return await _drawn(asked, errand, draft, names, found)


async def _drawn(asked: Asked, errand: Errand, draft: Draft, names: Names, found: Finding) -> Drawn:
    stream = roster_stream(asked.name)
    known = Roster.replay(await errand.log.read(stream))
    change = known.difference(draft) if known else Roster.first(draft)
    if not asked.dry_run:
        command = Command(Roster, stream, lambda: Roster.begun(asked.name, draft), lambda one: one.replace(draft))
        errand.reached(await command.carry_out(errand.log, errand.by))
    return Drawn(
        roster=asked.name,
        revision=(known.revision if known else 0) + bool(change.planned or change.withdrawn),
        dry_run=asked.dry_run,
        shifts=len(draft.ahead),
        planned=[OnRoster(roster=asked.name, **shift._asdict()) for shift in change.planned],
        withdrawn=[OnRoster(roster=asked.name, **shift._asdict()) for shift in change.withdrawn],
        unknown=sorted({shift.agent for shift in draft.ahead} - names.ids),
        left_out=list(found.left_out),
    )


@router.get("/roster", dependencies=[CaughtUp])
async def roster(log: Log, _: Reader, now: Now) -> list[OnRoster]:
    """The shifts that are not over yet, of all rosters, soonest first."""
    return [OnRoster(**dict(row)) for row in await log.pool.fetch(AHEAD, now)]


@router.get("/roster/revisions", dependencies=[CaughtUp])
async def revisions(log: Log, _: Reader, name: Annotated[str | None, Query(pattern=ID)] = None) -> list[Revision]:
    """Who drew up which roster when and from what, the latest first."""
    return [Revision(**dict(row)) for row in await log.pool.fetch(REVISIONS, name)]


def _source(request: Request) -> Source:
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media not in SOURCES:
        raise UnsupportedMedia(SOURCES)
    return SOURCES[media]


def _reach(asked: Asked, now: datetime) -> Reach:
    try:
        return Reach(now, now + timedelta(weeks=asked.weeks), zone_of(asked.timezone))
    except MomentError as error:
        raise Malformed(errors=[fault(("query", "timezone"), str(error))]) from error


def _read(source: Source, content: bytes, names: Names, reach: Reach) -> Finding:
    """What the body says; Malformed names the rows that are wrong, and then nothing of it is taken."""
    if source == "json":
        return _json(content)
    found = read_table(content, names, reach.zone) if source == "csv" else read_calendar(content, names, reach)
    if found.faults:
        kind = "row" if source == "csv" else "event"
        wrong = [fault(("body", f.row, *filter(None, [f.column])), f"{kind} {f.row}: {f.detail}") for f in found.faults]
        raise Malformed("Nothing was taken: correct what `errors` point at and send all of it again.", wrong)
    return found


def _json(content: bytes) -> Finding:
    try:
        return read_json(content)
    except ValidationError as error:
        raise Malformed.body(error) from error
