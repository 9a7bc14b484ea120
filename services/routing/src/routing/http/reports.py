"""Doors about all work: queues, load, fairness."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from servicekit.hosting import Log
from servicekit.positions import CaughtUp

from routing.http.people import Overseer, Reader

router = APIRouter(tags=["reports"], dependencies=[CaughtUp])

QUEUES = """
    select "group", section, channel, count(*) filter (where agent = '') as waiting,
        count(*) filter (where agent <> '') as held, min(since) filter (where agent = '') as oldest
    from tickets where state = 'open' group by 1, 2, 3 order by 4 desc, 1, 2, 3
"""
LOAD = """
    select a.agent, a.name, a.groups, a.in_distribution, a.chat, a.requests,
        count(t.ticket) filter (where t.section = 'chat') as open_chat,
        count(t.ticket) filter (where t.section = 'requests') as open_requests,
        count(t.ticket) as open, min(t.since) as oldest
    from agents a left join tickets t on t.agent = a.agent and t.state = 'open'
    group by a.agent order by count(t.ticket) desc, a.agent
"""
FAIRNESS = """
    select pool, agent, sum(turns)::int as turns, sum(skips)::int as skips, max(last_turn) as last_turn,
        coalesce(sum(turns) / nullif(sum(sum(turns)) over (partition by pool), 0), 0)::float as share
    from turns where ($1::date is null or day >= $1) and ($2::date is null or day <= $2)
    group by pool, agent order by pool, max(last_turn), agent
"""


class QueueShown(BaseModel):
    """Open tickets of one group, section and channel: how many wait for an agent, since when the oldest."""

    group: str
    section: str
    channel: str
    waiting: int
    held: int
    oldest: datetime | None


class LoadShown(BaseModel):
    """An agent's open tickets by section."""

    agent: str
    name: str
    groups: list[str]
    in_distribution: bool
    chat: bool
    requests: bool
    open_chat: int
    open_requests: int
    open: int
    oldest: datetime | None


class Share(BaseModel):
    """An agent's turns in one pool; `skips`: passed over on duty because he was Offline; first who is next (D10)."""

    pool: str
    agent: str
    turns: int
    skips: int
    last_turn: int
    share: float


@router.get("/queues")
async def queues(log: Log, _: Reader) -> list[QueueShown]:
    """Open work by group, section and channel, most waiting first."""
    return [QueueShown(**dict(row)) for row in await log.pool.fetch(QUEUES)]


@router.get("/load")
async def load(log: Log, _: Reader) -> list[LoadShown]:
    """Every agent's open tickets, the busiest first."""
    return [LoadShown(**dict(row)) for row in await log.pool.fetch(LOAD)]


@router.get("/fairness")
async def fairness(
    log: Log,
    _: Overseer,
    since: Annotated[date | None, Query(description="First day, UTC.")] = None,
    until: Annotated[date | None, Query(description="Last day, UTC.")] = None,
) -> list[Share]:
    """Who had how many turns in which pool, in the order in which the next ones come."""
    return [Share(**dict(row)) for row in await log.pool.fetch(FAIRNESS, since, until)]
