"""Doors about load: who has how much, and who could have done more (R4-10, R4-11)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from contracts.intake import Section
from fastapi import APIRouter, Query
from pydantic import BaseModel
from servicekit.clock import Now
from servicekit.hosting import Hosted
from servicekit.moments import Moment
from servicekit.positions import CaughtUp
from servicekit.problems import Malformed, fault

from routing.http.people import Reader
from routing.state import State

Row = Mapping[str, Any]  # as PostgreSQL gives it

router = APIRouter(tags=["reports"], dependencies=[CaughtUp])

AGENTS = """
    with appeared as (
        select agent, at, online, lead(at) over (partition by agent, section order by at, position) as next
        from presence where at < $2
    ), online as (
        select agent, range_agg(tstzrange(greatest(at, $1), least(coalesce(next, $2), $2))) as times
        from appeared where online and coalesce(next, $2) > $1 group by agent
    ), duty as (
        select agent, range_agg(tstzrange(starts, ends)) as times
        from shifts where starts < $2 and ends > $1 group by agent
    ), away as (
        select agent, range_agg(tstzrange(starts, least(ends, ended_at))) as times
        from absences where starts < coalesce(least(ends, ended_at), 'infinity') group by agent
    ), spans as (
        select x.agent, greatest(x.starts, $1) as starts, least(coalesce(x.ends, $2), $2) as ends,
            x.starts >= $1 as given
        from tickets t, jsonb_to_recordset(t.spans) as x(agent text, starts timestamptz, ends timestamptz)
        where coalesce(t.ended_at, 'infinity') > $1 and t.opened_at < $2 and x.starts < $2 and coalesce(x.ends, $2) > $1
    ), busy as (
        select agent, range_agg(tstzrange(starts, ends)) as times, count(*) filter (where given) as given
        from spans where starts <= ends group by agent
    ), there as (
        select o.agent, o.times * case when exists (select from shifts)
                then coalesce(d.times, '{}'::tstzmultirange) else '{(,)}'::tstzmultirange end
                - coalesce(w.times, '{}'::tstzmultirange) as times
        from online o left join duty d using (agent) left join away w using (agent)
    ), open as (
        select agent, count(*) as open, min(since) as oldest
        from tickets where state = 'open' and agent <> '' group by agent
    )
    select a.agent, a.name, a.groups, a.direction, a.line, a.in_distribution, a.chat, a.requests,
        coalesce(p.open, 0) as open, p.oldest, coalesce(b.given, 0) as given,
        coalesce((select sum(extract(epoch from upper(u) - lower(u))) from unnest(t.times) u), 0)::float as there,
        coalesce((select sum(extract(epoch from upper(u) - lower(u)))
            from unnest(t.times - coalesce(b.times, '{}'::tstzmultirange)) u), 0)::float as idle
    from agents a left join there t using (agent) left join busy b using (agent) left join open p using (agent)
    order by coalesce(p.open, 0) desc, a.agent
"""
SECTIONS: tuple[Section, ...] = ("chat", "requests")
LOANS = "select agent, direction, groups from loans where starts < $2 and least(ends, ended_at) > $1"
WORK = """
    select "group", channel, count(*) filter (where agent = '') as waiting, count(*) as open
    from tickets where state = 'open' group by 1, 2
"""


class LoadShown(BaseModel):
    """An agent's open tickets by the section in which they are taken, and of the period how many he was `given`.

    `there` are the seconds that he was Online on shift and not away, `idle` those of them without any open ticket,
    `under_load` their share (R4-11), nothing where he was not there. `lent` are groups he also serves now (R4-10).
    """

    agent: str
    name: str
    groups: list[str]
    lent: list[str]
    direction: str
    line: str
    in_distribution: bool
    chat: bool
    requests: bool
    open_chat: int
    open_requests: int
    open: int
    oldest: datetime | None
    given: int
    there: float
    idle: float
    under_load: float | None


class PlaceLoad(BaseModel):
    """The open and waiting tickets of a group or a direction, and its people together (R4-11)."""

    place: str
    agents: int
    open: int
    waiting: int
    given: int
    there: float
    idle: float
    under_load: float | None


class Period(NamedTuple):
    """From `since` until `until` (UTC), the end not included."""

    since: datetime
    until: datetime


@router.get("/load")
async def load(  # what a report is asked
    host: Hosted,
    _: Reader,
    now: Now,
    by: Literal["agent", "group", "direction"] = "agent",
    since: Annotated[Moment | None, Query(description="Without it, no more than what is open now.")] = None,
    until: Annotated[Moment | None, Query(description="Now if not given.")] = None,
) -> list[LoadShown] | list[PlaceLoad]:
    """Open tickets, the busiest first; of a period also what was given and the share of time without work (R4-11)."""
    assert isinstance(host.state, State)
    period = _period(since, until, now)
    people: list[Row] = [dict(row) for row in await host.log.pool.fetch(AGENTS, *period)]
    if by == "agent":
        return [_shown(host.state, each, now) for each in people]
    work: list[Row] = [dict(row) for row in await host.log.pool.fetch(WORK)]
    lent: list[Row] = [dict(row) for row in await host.log.pool.fetch(LOANS, *period)]
    places = [each["group"] if by == "group" else host.state.rulings.direction(each["channel"], now) for each in work]
    return _places(_serving(by, people, lent), zip(places, work, strict=True))


def _period(since: datetime | None, until: datetime | None, now: datetime) -> Period:
    end = min(until or now, now)
    start = since or end
    if since and start >= end:
        raise Malformed(errors=[fault(("query", "since"), "Write a moment before `until`, and before now.")])
    return Period(start, end)


def _shown(state: State, row: Row, now: datetime) -> LoadShown:
    who = state.staff.agents.get(str(row["agent"]))
    lent = [group for group in who.groups_at(now) if group not in who.groups] if who else []
    mine = {f"open_{section}": state.desk.load(str(row["agent"]), section) for section in SECTIONS}
    return LoadShown.model_validate({**row, **mine, "lent": lent, "under_load": _share([row])})


def _serving(by: Literal["group", "direction"], people: list[Row], lent: list[Row]) -> dict[str, list[Row]]:
    """By place its people; whoever serves several, or was lent to another in the period, counts in each (R4-10)."""
    found = defaultdict[str, list[Row]](list)
    for who in people:
        mine = [who, *(loan for loan in lent if loan["agent"] == who["agent"])]
        for place in {place for each in mine for place in (each["groups"] if by == "group" else [each["direction"]])}:
            found[place].append(who)
    return found


def _places(serving: dict[str, list[Row]], work: Iterable[tuple[str, Row]]) -> list[PlaceLoad]:
    """By place its work and its people."""
    lying = defaultdict[str, list[Row]](list)
    for place, each in work:
        lying[place].append(each)
    return [_place(place, serving.get(place, []), lying[place]) for place in sorted({*serving, *lying}) if place]


def _place(place: str, people: list[Row], work: list[Row]) -> PlaceLoad:
    sums = {name: sum(each[name] for each in people) for name in ("given", "there", "idle")}
    lying = {name: sum(each[name] for each in work) for name in ("open", "waiting")}
    return PlaceLoad(place=place, agents=len(people), under_load=_share(people), **lying, **sums)


def _share(people: list[Row]) -> float | None:
    there = sum(each["there"] for each in people)
    return sum(each["idle"] for each in people) / there if there else None
