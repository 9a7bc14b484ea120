"""The door by which an agent takes what waits at the start of his shift (R0-22, A-17)."""

from asyncio import gather
from typing import Annotated

from contracts.routing import AgentRegistered
from contracts.streams import agent_stream, assignment_stream
from eventlog.change import change
from fastapi import APIRouter
from pydantic import BaseModel, Field
from servicekit.problems import Refused

from routing.domain.agent import Agent
from routing.domain.ownership import NotInGroupError, Ownership
from routing.http.people import ID, ByPerson, Errand
from routing.http.tickets import card_of, wish_of
from routing.picking import for_him

router = APIRouter(tags=["tickets"])


class Asked(BaseModel):
    """How many tickets at most; a lead says for whom."""

    most: Annotated[int, Field(ge=1, le=100)] = 20
    agent: Annotated[str, Field(pattern=ID)] | None = None


class PickedUp(BaseModel):
    """The tickets that became his, in the order in which they were waiting."""

    agent: str
    tickets: list[str]


@router.post("/pick-up")
async def pick_up(wanted: Asked, errand: ByPerson) -> PickedUp:
    """Take what waits in one's groups, nearest deadline first, no more than one may have."""
    agent = wanted.agent or errand.actor.name
    errand.only_for(agent)
    card = await card_of(errand.log, agent)
    who = errand.state.staff.agents.get(agent)
    if who is None:
        raise Refused(f"{agent} was registered just now: ask again in a second.", "not-an-agent")
    waiting = for_him(errand.state, who, errand.now, wanted.most)
    became_his = await gather(*(_became_his(errand, ticket, card) for ticket in waiting))
    mine = [ticket for ticket, his in zip(waiting, became_his, strict=True) if his]
    told = await change(
        errand.log, Agent, agent_stream(agent), lambda one: one.pick_up(tuple(mine), errand.now), errand.by
    )
    errand.reached(told.position if mine else 0)
    return PickedUp(agent=agent, tickets=mine)


async def _became_his(errand: Errand, ticket: str, card: AgentRegistered) -> bool:
    """Whether nobody was quicker, he himself a moment ago included."""
    wish, waited = wish_of(errand), False

    def pick_up(one: Ownership) -> None:
        nonlocal waited
        waited = not one.agent
        one.pick_up(card, wish)

    try:
        await change(errand.log, Ownership, assignment_stream(ticket), pick_up, errand.by)
    except NotInGroupError:  # it moved to another group meanwhile
        return False
    return waited
