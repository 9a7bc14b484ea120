"""The report: what the ratings say, by whom and what they concern."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.positions import CaughtUp

from csi.domain.satisfaction import index

router = APIRouter(tags=["report"], dependencies=[CaughtUp])
Reader = Annotated[Actor, Depends(requires(Role.lead, Role.analyst, Role.ops))]
Step = Literal["day", "week", "month"]
Day = Annotated[date | None, Query(description="A day (UTC) of the resolution, itself included.")]

ASKED = """
    select agent, "group", channel, date_trunc($3, requested_at at time zone 'UTC')::date::text as period, score,
        survey, ticket, number, rated_at
    from surveys where ($1::date is null or requested_at >= $1::date::timestamp at time zone 'UTC')
        and ($2::date is null or requested_at < ($2::date + 1)::timestamp at time zone 'UTC')
"""
TOTALS = f"""
    select grouping(agent, "group", channel, period) as level, agent, "group", channel, period,
        count(*) as asked, count(score) as n, coalesce(sum(score), 0) as total
    from ({ASKED}) asked group by grouping sets ((), (agent), ("group"), (channel), (period))
    order by level, coalesce(agent, "group", channel, period)
"""  # noqa: S608  # made of constants
LOW = f"""
    select survey, ticket, number, agent, score, rated_at from ({ASKED}) asked
    where score <= 2 order by rated_at desc limit 100
"""  # noqa: S608  # made of constants
LEVELS = {15: "total", 7: "agent", 11: "group", 13: "channel", 14: "period"}
"""PostgreSQL's `grouping` has a bit for each column that a row does not tell apart."""


class Line(BaseModel):
    """Of `asked` surveys `n` were answered; `csi` and `response_rate` in percent, null where there is nothing."""

    name: str
    asked: int
    n: int
    mean: float | None
    csi: float | None
    response_rate: float | None


class Low(BaseModel):
    """A rating of 1 or 2; its comment is at `/surveys/{survey}`."""

    survey: UUID
    ticket: str
    number: str
    agent: str
    score: int
    rated_at: datetime


class Report(BaseModel):
    """CSI = mean/5 × 100 %, always with n and the response rate (A-24); newest low ratings first."""

    total: Line
    by_agent: list[Line]
    by_group: list[Line]
    by_channel: list[Line]
    by_period: list[Line]
    low: list[Low]


@router.get("/report")
async def report(log: Log, _: Reader, since: Day = None, until: Day = None, step: Step = "month") -> Report:
    """CSI of the resolutions from `since` until `until`, by agent, group, channel and period."""
    lines: dict[str, list[Line]] = {level: [] for level in LEVELS.values()}
    for row in await log.pool.fetch(TOTALS, since, until, step):
        level = LEVELS[row["level"]]
        lines[level].append(_line("" if level == "total" else row[level], row))
    low = [Low(**dict(row)) for row in await log.pool.fetch(LOW, since, until, step)]
    return Report(
        total=lines["total"][0],
        by_agent=lines["agent"],
        by_group=lines["group"],
        by_channel=lines["channel"],
        by_period=lines["period"],
        low=low,
    )


def _line(name: str, row: asyncpg.Record) -> Line:
    return Line(name=name, **index(row["asked"], row["n"], row["total"])._asdict())
