"""Doors about agents: who they are and what they may be given."""

from datetime import datetime
from typing import Annotated, Self

import msgspec
from contracts.intake import Section
from contracts.routing import AgentRegistered
from contracts.streams import agent_stream
from fastapi import APIRouter
from pydantic import BaseModel, Field
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.positions import CaughtUp
from servicekit.text import Text

from routing.commands import Command
from routing.domain.agent import Agent
from routing.http.people import AgentId, ByHead, Reader
from routing.http.terms import direction_id, group_ids, line_id, skill_ids
from routing.state import State

router = APIRouter(tags=["agents"])

AGENTS = """
    select a.*,
        coalesce((select x.reason from absences x
            where x.agent = a.agent and x.ended_at is null and x.starts <= $1 and coalesce(x.ends, 'infinity') > $1
            order by x.ends desc nulls first, x.absence limit 1), '') as absent,
        coalesce((select json_agg(json_build_object('loan', l.loan, 'direction', l.direction, 'groups', l.groups,
                'starts', l.starts, 'ends', l.ends, 'by', l.by, 'reason', l.reason) order by l.starts, l.loan)
            from loans l where l.agent = a.agent and l.ended_at is null and l.ends > $1), '[]') as loans
    from agents a order by a.agent
"""

Most = Annotated[int, Field(ge=1, le=10_000)]
Word = Annotated[Text, Field(min_length=1, max_length=200)]


class Card(BaseModel):
    """What is known about an agent; groups, skills, line and direction by id or by title in either language.

    `skills` are services and languages; `capacity` is the most open tickets at a time by section, none named: no limit.
    """

    name: Word
    groups: Annotated[list[Text], Field(max_length=100)]
    email: Annotated[Text, Field(max_length=254)] = ""
    telegram: Annotated[Text, Field(max_length=64)] = ""
    language: Annotated[str, Field(pattern="^(ru|en)$")] = "ru"
    in_distribution: bool = True
    skills: Annotated[list[Word], Field(max_length=200)] = []
    capacity: dict[Section, Most] = {}
    line: Annotated[Text, Field(max_length=200)] = ""
    direction: Annotated[Text, Field(max_length=200)] = ""

    def in_ids(self, state: State) -> Self:
        """The same in the words of the regulations; raises Malformed."""
        return self.model_copy(
            update={
                "groups": list(group_ids(state, self.groups)),
                "skills": list(skill_ids(state, self.skills)),
                "line": line_id(state, self.line),
                "direction": direction_id(state, self.direction),
            }
        )


class Lent(BaseModel):
    """Other groups that somebody serves for a while (R4-10)."""

    loan: str
    direction: str
    groups: list[str]
    starts: datetime
    ends: datetime
    by: str
    reason: str


class Registered(BaseModel):
    """An agent as the lists show him, with his presence in both sections (R0-18); `absent` is why he is away now."""

    agent: str
    name: str
    groups: list[str]
    email: str
    telegram: str
    language: str
    in_distribution: bool
    skills: list[str]
    capacity: dict[Section, int]
    line: str
    direction: str
    chat: bool
    requests: bool
    absent: str
    loans: list[Lent]

    @classmethod
    def of(cls, row: dict[str, object]) -> Self:
        """The agent of a row; PostgreSQL gives JSON as text."""
        read = {name: msgspec.json.decode(str(row[name])) for name in ("capacity", "loans")}
        return cls.model_validate(row | read)


@router.put("/agents/{agent}")
async def register(agent: AgentId, card: Card, errand: ByHead) -> Card:
    """Register an agent, or replace what is known about him (R0-19)."""
    known = card.in_ids(errand.state)
    said = _registered(agent, known, errand.now)
    stream = agent_stream(agent)
    command = Command(Agent, stream, lambda: Agent(stream, said), lambda one: one.register(said))
    errand.reached(await command.carry_out(errand.log, errand.by))
    return known


@router.get("/agents", dependencies=[CaughtUp])
async def agents(log: Log, _: Reader, now: Now) -> list[Registered]:
    """All agents with their groups, presence, absence and loans."""
    return [Registered.of(dict(row)) for row in await log.pool.fetch(AGENTS, now)]


def _registered(agent: str, card: Card, now: datetime) -> AgentRegistered:
    rest = card.model_dump(exclude={"groups", "skills"})
    return AgentRegistered(at=now, agent=agent, groups=tuple(card.groups), skills=tuple(card.skills), **rest)
