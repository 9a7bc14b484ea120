"""Doors about absences: being away for a reason, with a substitute, and dealing again what lies there meanwhile."""

from datetime import datetime
from typing import Annotated

from contracts.routing import AbsenceReason, AbsenceRecorded
from contracts.streams import agent_stream, assignment_stream
from eventlog.change import change
from eventlog.postgres import PostgresLog
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from servicekit.auth import Role
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.moments import Moment
from servicekit.positions import CaughtUp
from servicekit.problems import Forbidden, Malformed, NotFound, Refused, fault
from servicekit.text import Text

from routing.domain.absence import LONG, Absence, longest
from routing.domain.agent import Agent, UnknownAbsenceError
from routing.domain.ownership import Ownership, Wish
from routing.http.people import ID, AgentId, ByHead, ByPerson, Errand, NumberedId, Reader, holder

router = APIRouter(tags=["absences"])

OWN: frozenset[AbsenceReason] = frozenset({"illness", "lunch"})
"""What an agent records for himself; anything else is a lead's to record."""
ABSENCES = """
    select x.absence, x.agent, x.reason, x.starts, x.ends, x.substitute, x.by,
        (select count(*) from tickets t where t.agent = x.agent and t.state = 'open') as open_tickets
    from absences x
    where x.ended_at is null and coalesce(x.ends, 'infinity') > $1 and ($2::text is null or x.agent = $2)
    order by x.starts, x.absence
"""

Id = Annotated[str, Field(pattern=ID)]


class Away(BaseModel):
    """Who is away, why, from when (now if not given) until when (until further notice), and who gets what is his."""

    agent: Id
    reason: AbsenceReason
    starts: Moment | None = None
    ends: Moment | None = None
    substitute: Id | None = None


class AbsenceShown(BaseModel):
    """An absence that is not over; `open_tickets` could be handed back if it is long."""

    absence: str
    agent: str
    reason: str
    starts: datetime
    ends: datetime | None
    substitute: str
    by: str
    open_tickets: int


class Named(BaseModel):
    """Which absence was recorded or ended."""

    agent: str
    absence: str


class HandBack(BaseModel):
    """Why work is taken off an absent agent, beside his absence."""

    reason: Annotated[Text, Field(max_length=2000)] = ""


class HandedBack(BaseModel):
    """The tickets that are dealt again."""

    agent: str
    tickets: list[str]


@router.post("/absences")
async def record(away: Away, errand: ByPerson) -> Named:
    """Be away: lunch and illness on one's own word, everything for anybody on a lead's; the same again is silence."""
    errand.only_for(away.agent)
    if errand.actor.role is Role.agent and away.reason not in OWN:
        raise Forbidden(f"Agents record {' and '.join(sorted(OWN))} themselves: ask a lead to record this.")
    wanted = _wanted(away, errand.now)
    await _must_be_known(errand.log, wanted)
    changed = await change(errand.log, Agent, agent_stream(away.agent), lambda one: one.leave(wanted), errand.by)
    errand.reached(changed.position)
    return Named(agent=away.agent, absence=changed.aggregate.away_as(wanted))


@router.post("/absences/{absence}/end")
@router.delete("/absences/{absence}")
async def end(absence: NumberedId, errand: ByPerson) -> Named:
    """Be back, or not be away after all; silence when the absence is over."""
    agent, now = holder(absence), errand.now
    errand.only_for(agent)
    try:
        changed = await change(
            errand.log, Agent, agent_stream(agent), lambda one: one.come_back(absence, now), errand.by
        )
    except UnknownAbsenceError as error:
        raise NotFound("There is no such absence: GET /absences lists them.") from error
    errand.reached(changed.position)
    return Named(agent=agent, absence=absence)


@router.get("/absences", dependencies=[CaughtUp])
async def absences(
    log: Log, _: Reader, now: Now, agent: Annotated[str | None, Query(pattern=ID)] = None
) -> list[AbsenceShown]:
    """The absences that are not over, the first to begin first."""
    return [AbsenceShown(**dict(row)) for row in await log.pool.fetch(ABSENCES, now, agent)]


@router.post("/agents/{agent}/hand-back")
async def hand_back(agent: AgentId, wanted: HandBack, errand: ByHead) -> HandedBack:
    """Deal an absent agent's open tickets again: illness, vacation and force majeure leave nothing lying."""
    away = await _long_absence(errand, agent)
    wish = Wish(errand.actor.name, errand.now, wanted.reason or f"absent:{away.reason}")
    mine = [held for held in errand.state.tickets.values() if held.agent == agent and not held.resolved]
    tickets = [held.ticket for held in sorted(mine, key=lambda held: held.opened)]
    for ticket in tickets:
        changed = await change(
            errand.log, Ownership, assignment_stream(ticket), lambda one: _give_back(one, agent, wish), errand.by
        )
        errand.reached(changed.position)
    return HandedBack(agent=agent, tickets=tickets)


def _give_back(ownership: Ownership, agent: str, wish: Wish) -> None:
    """What somebody else has by now stays with him."""
    if ownership.agent == agent:
        ownership.hand_to_group(ownership.group, wish)


async def _long_absence(errand: Errand, agent: str) -> Absence:
    found = Agent.replay(await errand.log.read(agent_stream(agent)))
    away = longest(found.absences.values(), errand.now) if found else None
    if away is None or away.reason not in LONG:
        raise Refused(f"{agent} is not away for long: record the absence first.", "not-absent")
    return away


async def _must_be_known(log: PostgresLog, wanted: AbsenceRecorded) -> None:
    substitute = wanted.substitute
    if substitute and not await log.read(agent_stream(substitute)):
        raise Malformed(errors=[fault(("body", "substitute"), "Name an agent who is registered.")])


def _wanted(away: Away, now: datetime) -> AbsenceRecorded:
    starts = away.starts or now
    if away.ends and (away.ends <= starts or away.ends <= now):
        raise Malformed(errors=[fault(("body", "ends"), "Write a moment to come, after the start.")])
    if away.substitute == away.agent:
        raise Malformed(errors=[fault(("body", "substitute"), "Name somebody else.")])
    return AbsenceRecorded(
        at=now,
        agent=away.agent,
        absence="",
        reason=away.reason,
        starts=starts,
        ends=away.ends,
        substitute=away.substitute or "",
    )
