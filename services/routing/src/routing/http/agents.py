"""Doors about agents: who they are, and whether they take work now."""

from datetime import datetime
from typing import Annotated

from contracts.intake import Section
from contracts.routing import AgentRegistered
from contracts.streams import agent_stream
from eventlog.change import change
from fastapi import APIRouter
from pydantic import BaseModel, Field
from servicekit.hosting import Log
from servicekit.positions import CaughtUp
from servicekit.text import Text

from routing.commands import Command
from routing.domain.agent import Agent
from routing.http.people import AgentId, ByHead, ByPerson, Reader
from routing.http.terms import group_ids

router = APIRouter(tags=["agents"])

AGENTS = "select * from agents order by agent"


class Card(BaseModel):
    """What is known about an agent; groups by id or by title in either language."""

    name: Annotated[Text, Field(min_length=1, max_length=200)]
    groups: Annotated[list[Text], Field(max_length=100)]
    email: Annotated[Text, Field(max_length=254)] = ""
    telegram: Annotated[Text, Field(max_length=64)] = ""
    language: Annotated[str, Field(pattern="^(ru|en)$")] = "ru"
    in_distribution: bool = True


class Registered(BaseModel):
    """An agent as the lists show him, with his presence in both sections (R0-18)."""

    agent: str
    name: str
    groups: list[str]
    email: str
    telegram: str
    language: str
    in_distribution: bool
    chat: bool
    requests: bool


class Presence(BaseModel):
    """Whether the agent takes work in this section."""

    section: Section
    online: bool


@router.put("/agents/{agent}")
async def register(agent: AgentId, card: Card, errand: ByHead) -> Card:
    """Register an agent, or replace what is known about him (R0-19)."""
    known = card.model_copy(update={"groups": list(group_ids(errand.state, card.groups))})
    said = _registered(agent, known, errand.now)
    stream = agent_stream(agent)
    command = Command(Agent, stream, lambda: Agent(stream, said), lambda one: one.register(said))
    errand.reached(await command.carry_out(errand.log, errand.by))
    return known


@router.get("/agents", dependencies=[CaughtUp])
async def agents(log: Log, _: Reader) -> list[Registered]:
    """All agents with their groups and presence."""
    return [Registered(**dict(row)) for row in await log.pool.fetch(AGENTS)]


@router.post("/agents/{agent}/presence")
async def presence(agent: AgentId, wanted: Presence, errand: ByPerson) -> Presence:
    """Go Online or Offline in one section (R0-18); an agent's key does so for its holder only."""
    errand.only_for(agent)
    changed = await change(
        errand.log, Agent, agent_stream(agent), lambda one: _appear(one, wanted, errand.now), errand.by
    )
    errand.reached(changed.position)
    return wanted


def _appear(agent: Agent, wanted: Presence, now: datetime) -> None:
    verb = agent.go_online if wanted.online else agent.go_offline
    verb(wanted.section, now)


def _registered(agent: str, card: Card, now: datetime) -> AgentRegistered:
    return AgentRegistered(at=now, agent=agent, groups=tuple(card.groups), **card.model_dump(exclude={"groups"}))
