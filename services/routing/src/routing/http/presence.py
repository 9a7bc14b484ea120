"""Doors about presence: taking work now, and who took work when (D5)."""

from datetime import datetime
from typing import Annotated

from contracts.intake import Section
from contracts.streams import agent_stream
from eventlog.change import change
from fastapi import APIRouter, Query
from pydantic import BaseModel
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.moments import Moment
from servicekit.positions import CaughtUp

from routing.domain.agent import Agent
from routing.http.people import AgentId, ByPerson, Reader

router = APIRouter(tags=["agents"])

PERIODS = """
    select section, since, until, because from (
        select section, online, at as since, lead(at) over turns as until,
            coalesce(lead(because) over turns, '') as because
        from presence where agent = $1 window turns as (partition by section order by at, position)
    ) periods
    where online and coalesce(until, 'infinity') > coalesce($2::timestamptz, '-infinity')
        and since < coalesce($3::timestamptz, 'infinity') and since is distinct from until
    order by since, section limit 5000
"""
ONLINE = """
    select a.agent, s.section, p.at as since,
        exists (select from shifts d where d.agent = a.agent and d.starts <= $1 and d.ends > $1) as on_shift
    from agents a cross join (values ('chat'), ('requests')) s(section) cross join lateral (
        select at, online from presence where agent = a.agent and section = s.section and at <= $1
        order by at desc, position desc limit 1
    ) p
    where p.online order by 1, 2
"""


class Presence(BaseModel):
    """Whether the agent takes work in this section."""

    section: Section
    online: bool


class Period(BaseModel):
    """Online from `since` until `until` (UTC; none: still); `because` is `shift-end` where nobody ended it himself."""

    section: Section
    since: datetime
    until: datetime | None
    because: str


class Online(BaseModel):
    """Who was Online in which section, and whether on shift then, as planned."""

    agent: str
    section: Section
    since: datetime
    on_shift: bool


@router.post("/agents/{agent}/presence")
async def presence(agent: AgentId, wanted: Presence, errand: ByPerson) -> Presence:
    """Go Online or Offline in one section (R0-18); an agent's key does so for its holder only."""
    errand.only_for(agent)
    changed = await change(
        errand.log, Agent, agent_stream(agent), lambda one: _appear(one, wanted, errand.now), errand.by
    )
    errand.reached(changed.position)
    return wanted


@router.get("/agents/{agent}/presence", dependencies=[CaughtUp])
async def periods(
    agent: AgentId,
    log: Log,
    _: Reader,
    since: Annotated[Moment | None, Query(description="Periods that end after this.")] = None,
    until: Annotated[Moment | None, Query(description="Periods that begin before this.")] = None,
) -> list[Period]:
    """When the agent was Online, oldest first (D5)."""
    return [Period(**dict(row)) for row in await log.pool.fetch(PERIODS, agent, since, until)]


@router.get("/presence", dependencies=[CaughtUp])
async def online(log: Log, _: Reader, now: Now, at: Moment | None = None) -> list[Online]:
    """Who was Online at a moment, now if none is given (D5)."""
    return [Online(**dict(row)) for row in await log.pool.fetch(ONLINE, at or now)]


def _appear(agent: Agent, wanted: Presence, now: datetime) -> None:
    verb = agent.go_online if wanted.online else agent.go_offline
    verb(wanted.section, now)
