"""Doors about loans: helping out in another direction for a while (R4-10)."""

from datetime import datetime, timedelta
from typing import Annotated

from contracts.routing import AgentLent
from contracts.streams import agent_stream
from eventlog.change import change
from fastapi import APIRouter
from pydantic import BaseModel, Field
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.moments import Moment
from servicekit.positions import CaughtUp
from servicekit.problems import Malformed, NotFound, Refused, fault
from servicekit.text import Text

from routing.domain.agent import Agent, OwnGroupsError, UnknownLoanError
from routing.http.agents import Lent, Word
from routing.http.people import AgentId, ByHead, Errand, NumberedId, Reader, holder
from routing.http.terms import direction_id, group_ids, groups_of

router = APIRouter(tags=["loans"])

LONGEST = timedelta(days=366)
LOANS = """
    select agent, loan, direction, groups, starts, ends, by, reason from loans
    where ended_at is null and ends > $1 order by starts, loan
"""


class Loan(BaseModel):
    """Where the agent also serves until when (at most a year), and why: a direction, or groups."""

    direction: Annotated[Text, Field(max_length=200)] = ""
    groups: Annotated[list[Word], Field(max_length=100)] = []
    until: Moment
    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class LoanShown(Lent):
    """A loan and whose it is."""

    agent: str


class Named(BaseModel):
    """Which loan was made or ended."""

    agent: str
    loan: str


@router.post("/agents/{agent}/loans")
async def lend(agent: AgentId, loan: Loan, errand: ByHead) -> Named:
    """Let an agent also serve another direction or other groups; it ends by itself (R4-10)."""
    wanted = _wanted(agent, loan, errand)
    try:
        changed = await change(errand.log, Agent, agent_stream(agent), lambda one: one.lend(wanted), errand.by)
    except OwnGroupsError as error:
        raise Refused(f"{agent} serves {error} anyway: nothing has to be lent.", "own-groups") from error
    errand.reached(changed.position)
    return Named(agent=agent, loan=changed.aggregate.lent_as(wanted))


@router.post("/loans/{loan}/end")
async def end(loan: NumberedId, errand: ByHead) -> Named:
    """End a loan sooner than was planned."""
    agent, by, now = holder(loan), errand.actor.name, errand.now
    try:
        changed = await change(
            errand.log, Agent, agent_stream(agent), lambda one: one.end_loan(loan, by, now), errand.by
        )
    except UnknownLoanError as error:
        raise NotFound("There is no such loan: GET /loans lists them.") from error
    errand.reached(changed.position)
    return Named(agent=agent, loan=loan)


@router.get("/loans", dependencies=[CaughtUp])
async def loans(log: Log, _: Reader, now: Now) -> list[LoanShown]:
    """The loans that are not over, the oldest first."""
    return [LoanShown(**dict(row)) for row in await log.pool.fetch(LOANS, now)]


def _wanted(agent: str, loan: Loan, errand: Errand) -> AgentLent:
    direction = direction_id(errand.state, loan.direction)
    groups = group_ids(errand.state, loan.groups) or groups_of(errand.state, direction, errand.now)
    if not groups:
        advice = "Name groups, or a direction that has channels."
        raise Malformed(errors=[fault(("body", "groups"), advice)])
    _in_time(loan.until, errand.now)
    return AgentLent(
        at=errand.now,
        agent=agent,
        loan="",
        direction=direction,
        groups=groups,
        starts=errand.now,
        ends=loan.until,
        by=errand.actor.name,
        reason=loan.reason,
    )


def _in_time(until: datetime, now: datetime) -> None:
    if not now < until <= now + LONGEST:
        raise Malformed(errors=[fault(("body", "until"), "Write a moment to come, at most a year from now.")])
