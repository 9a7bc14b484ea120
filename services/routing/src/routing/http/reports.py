"""Doors about all work: queues and fairness."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from servicekit.hosting import Hosted, Log
from servicekit.positions import CaughtUp

from routing.domain.lines import line_of
from routing.http.people import Overseer, Reader
from routing.state import State

router = APIRouter(tags=["reports"], dependencies=[CaughtUp])

QUEUES = """
    select "group", section, channel, count(*) filter (where agent = '') as waiting,
        count(*) filter (where agent <> '') as held, min(since) filter (where agent = '') as oldest
    from tickets where state = 'open' group by 1, 2, 3 order by 4 desc, 1, 2, 3
"""
FAIRNESS = """
    select pool, agent, sum(turns)::int as turns, sum(skips)::int as skips, max(last_turn) as last_turn,
        coalesce(sum(turns) / nullif(sum(sum(turns)) over (partition by pool), 0), 0)::float as share
    from turns where ($1::date is null or day >= $1) and ($2::date is null or day <= $2)
    group by pool, agent order by pool, max(last_turn), agent
"""


class QueueShown(BaseModel):
    """Open tickets of one group, section and channel, of its line and direction where there are such.

    How many wait for an agent, since when the oldest, and the nearest deadline of those that wait (UTC).
    """

    group: str
    section: str
    channel: str
    line: str
    direction: str
    waiting: int
    held: int
    oldest: datetime | None
    nearest: datetime | None


class Share(BaseModel):
    """An agent's turns in one pool; `skips`: passed over on duty because he was Offline; first who is next (D10)."""

    pool: str
    agent: str
    turns: int
    skips: int
    last_turn: int
    share: float


@router.get("/queues")
async def queues(
    host: Hosted,
    _: Reader,
    line: Annotated[str | None, Query(description="Only this line's, by id.")] = None,
    group: Annotated[str | None, Query(description="Only this group's, by id.")] = None,
    direction: Annotated[str | None, Query(description="Only this direction's, by id.")] = None,
) -> list[QueueShown]:
    """Open work by group, section and channel, most waiting first."""
    assert isinstance(host.state, State)
    state, nearest = host.state, _nearest(host.state)
    found = [_queue(state, dict(row), nearest) for row in await host.log.pool.fetch(QUEUES)]
    wanted = {"line": line, "group": group, "direction": direction}
    asked = {name: value for name, value in wanted.items() if value is not None}
    return [each for each in found if all(getattr(each, name) == value for name, value in asked.items())]


def _queue(state: State, row: Mapping[str, str], nearest: Mapping[tuple[str, str], datetime]) -> QueueShown:
    channel, group = row["channel"], row["group"]
    of = next((each for each in state.latest() if any(known.id == channel for known in each.channels)), None)
    line = line_of(of, channel, group) if of else None
    facts = {"line": line.id if line else "", "direction": state.direction(channel)}
    return QueueShown.model_validate({**row, **facts, "nearest": nearest.get((group, channel))})


def _nearest(state: State) -> dict[tuple[str, str], datetime]:
    """The nearest deadline of what waits, by group and channel."""
    found: dict[tuple[str, str], datetime] = {}
    for queue in state.queues.values():
        place = (queue.sample.group, queue.sample.channel)
        due = [held.due for held in queue.waiting.values() if held.due]
        found.update({place: min([*due, *filter(None, [found.get(place)])])} if due else {})
    return found


@router.get("/fairness")
async def fairness(
    log: Log,
    _: Overseer,
    since: Annotated[date | None, Query(description="First day, UTC.")] = None,
    until: Annotated[date | None, Query(description="Last day, UTC.")] = None,
) -> list[Share]:
    """Who had how many turns in which pool, in the order in which the next ones come."""
    return [Share(**dict(row)) for row in await log.pool.fetch(FAIRNESS, since, until)]
