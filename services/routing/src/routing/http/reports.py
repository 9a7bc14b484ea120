"""Doors about all work: queues and fairness."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query
from pydantic import BaseModel
from servicekit.clock import Now
from servicekit.hosting import Hosted, Log
from servicekit.positions import CaughtUp

from routing.held import Queue
from routing.http.people import Overseer, Reader
from routing.state import State

Row = Mapping[str, Any]  # as PostgreSQL gives it

router = APIRouter(tags=["reports"], dependencies=[CaughtUp])

QUEUES = """
    select "group", section, channel, regulation, count(*) filter (where agent = '') as waiting,
        count(*) filter (where agent <> '') as held, min(since) filter (where agent = '') as oldest
    from tickets where state = 'open' group by 1, 2, 3, 4
"""
FAIRNESS = """
    select pool, agent, sum(turns)::int as turns, sum(skips)::int as skips, max(last_turn) as last_turn,
        coalesce(sum(turns) / nullif(sum(sum(turns)) over (partition by pool), 0), 0)::float as share
    from turns where ($1::date is null or day >= $1) and ($2::date is null or day <= $2)
    group by pool, agent order by pool, max(last_turn), agent
"""


class Queued(NamedTuple):
    """Where tickets lie: their group, the section in which they are taken, their channel and their line."""

    group: str
    section: str
    channel: str
    line: str


class QueueShown(BaseModel):
    """Open tickets of one group and channel, with the section in which they are taken, line and direction.

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
    now: Now,
    line: Annotated[str | None, Query(description="Only this line's, by id.")] = None,
    group: Annotated[str | None, Query(description="Only this group's, by id.")] = None,
    direction: Annotated[str | None, Query(description="Only this direction's, by id.")] = None,
) -> list[QueueShown]:
    """Open work by group, section and channel, most waiting first."""
    assert isinstance(host.state, State)
    rows = [dict(row) for row in await host.log.pool.fetch(QUEUES)]
    found = [_queue(place, parts, host.state, now) for place, parts in _placed(host.state, rows).items()]
    wanted = {"line": line, "group": group, "direction": direction}
    asked = {name: value for name, value in wanted.items() if value is not None}
    shown = [each for each in found if all(getattr(each, name) == value for name, value in asked.items())]
    return sorted(shown, key=lambda each: (-each.waiting, each.group, each.section, each.channel))


def _placed(state: State, rows: Iterable[Row]) -> dict[Queued, list[Row]]:
    """What lies where, as it is dealt: each version says itself where its tickets are taken once a group has them."""
    found = defaultdict[Queued, list[Row]](list)
    for row in rows:
        line, section = state.placed(row["regulation"], row["channel"], row["group"]) or ("", row["section"])
        found[Queued(row["group"], section, row["channel"], line)].append(row)
    return found


def _queue(place: Queued, parts: list[Row], state: State, now: datetime) -> QueueShown:
    sums = {name: sum(each[name] for each in parts) for name in ("waiting", "held")}
    oldest = min(filter(None, (each["oldest"] for each in parts)), default=None)
    due = [held.due for queue in state.queues.values() if _lies(queue, place) for held in queue.waiting.values()]
    facts = {"direction": state.rulings.direction(place.channel, now), "nearest": min(filter(None, due), default=None)}
    return QueueShown.model_validate({**place._asdict(), **sums, **facts, "oldest": oldest})


def _lies(queue: Queue, place: Queued) -> bool:
    held = queue.sample
    return (held.group, held.section, held.channel, held.line) == place


@router.get("/fairness")
async def fairness(
    log: Log,
    _: Overseer,
    since: Annotated[date | None, Query(description="First day, UTC.")] = None,
    until: Annotated[date | None, Query(description="Last day, UTC.")] = None,
) -> list[Share]:
    """Who had how many turns in which pool, in the order in which the next ones come."""
    return [Share(**dict(row)) for row in await log.pool.fetch(FAIRNESS, since, until)]
