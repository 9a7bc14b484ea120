"""Tables about people: agents, their presence, absences and loans."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec
from contracts import Recorded
from contracts.routing import (
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    AgentRegistered,
    AgentWentOffline,
    AgentWentOnline,
    LoanEnded,
)
from eventlog.tables import Statement, Table, Views
from msgspec.structs import replace

from routing.domain.presence import NEVER, Presence

DDL = """
    create table agents (
        agent text primary key, name text not null, email text not null, telegram text not null,
        language text not null, groups text[] not null, in_distribution bool not null, skills text[] not null,
        capacity jsonb not null, line text not null, direction text not null,
        chat bool not null, requests bool not null, presence jsonb not null
    );
    create table presence (
        agent text not null, section text not null, at timestamptz not null, position bigint not null,
        online bool not null, because text not null, primary key (agent, section, at, position)
    );
    create table absences (
        absence text primary key, agent text not null, reason text not null, starts timestamptz not null,
        ends timestamptz, substitute text not null, by text not null, ended_at timestamptz
    );
    create table loans (
        loan text primary key, agent text not null, direction text not null, groups text[] not null,
        starts timestamptz not null, ends timestamptz not null, by text not null, reason text not null,
        ended_at timestamptz
    );
"""
INDEXES = """
    create index absences_agent on absences (agent) where ended_at is null;
    create index loans_agent on loans (agent) where ended_at is null;
"""


class Agent(msgspec.Struct, frozen=True):
    """An agent's card, and in which sections he is Online."""

    agent: str
    name: str
    email: str
    telegram: str
    language: str
    groups: tuple[str, ...]
    in_distribution: bool
    skills: tuple[str, ...]
    capacity: Mapping[str, int]
    line: str
    direction: str
    chat: bool = False
    requests: bool = False
    presence: Mapping[str, Presence] = {}


class Appearance(msgspec.Struct, frozen=True):
    """An agent went Online or Offline in a section; `position` orders what was said of the same moment."""

    agent: str
    section: str
    at: datetime
    position: int
    online: bool
    because: str = ""


class Absence(msgspec.Struct, frozen=True):
    """An agent is or was away; `ended_at` when he said that he was not, or not any more."""

    absence: str
    agent: str
    reason: str
    starts: datetime
    ends: datetime | None
    substitute: str
    by: str
    ended_at: datetime | None = None


class Loan(msgspec.Struct, frozen=True):
    """An agent also serves other groups; `ended_at` when somebody ended it before its time."""

    loan: str
    agent: str
    direction: str
    groups: tuple[str, ...]
    starts: datetime
    ends: datetime
    by: str
    reason: str
    ended_at: datetime | None = None


AGENTS = Table("agents", Agent, "agent")
PRESENCE = Table("presence", Appearance, "agent", "section", "at", "position")
ABSENCES = Table("absences", Absence, "absence")
LOANS = Table("loans", Loan, "loan")


def _registered(event: Recorded[AgentRegistered]) -> Iterator[Statement]:
    said = event.data
    known = (said.name, said.email, said.telegram, said.language, said.groups, said.in_distribution)
    capacity: dict[str, int] = {section: most for section, most in said.capacity.items()}  # noqa: C416
    card = Agent(said.agent, *known, said.skills, capacity, said.line, said.direction)
    yield AGENTS.fold(said.agent, lambda was: _there_as(card, was) if was else card)


def _there_as(card: Agent, was: Agent) -> Agent:
    return replace(card, chat=was.chat, requests=was.requests, presence=was.presence)


def _appeared(event: Recorded[AgentWentOnline | AgentWentOffline]) -> Iterator[Statement]:
    said, online = event.data, isinstance(event.data, AgentWentOnline)
    because = said.because if isinstance(said, AgentWentOffline) else ""
    yield AGENTS.change(said.agent, lambda was: _after(was, said))
    yield PRESENCE.begin(Appearance(said.agent, said.section, said.at, event.position, online, because))


def _after(was: Agent, said: AgentWentOnline | AgentWentOffline) -> Agent:
    now = was.presence.get(said.section, NEVER).after(said)
    return replace(was, presence={**was.presence, said.section: now}, **{said.section: now.since is not None})


def _absent(event: Recorded[AbsenceRecorded]) -> Iterator[Statement]:
    said = event.data
    what = (said.reason, said.starts, said.ends, said.substitute)
    yield ABSENCES.begin(Absence(said.absence, said.agent, *what, event.meta.actor))


def _back(event: Recorded[AbsenceWithdrawn]) -> Iterator[Statement]:
    yield ABSENCES.set(event.data.absence, ended_at=event.data.at)


def _lent(event: Recorded[AgentLent]) -> Iterator[Statement]:
    said = event.data
    what = (said.direction, said.groups, said.starts, said.ends, said.by, said.reason)
    yield LOANS.begin(Loan(said.loan, said.agent, *what))


def _returned(event: Recorded[LoanEnded]) -> Iterator[Statement]:
    yield LOANS.set(event.data.loan, ended_at=event.data.at)


VIEWS = Views(
    tables=[AGENTS, PRESENCE, ABSENCES, LOANS],
    ddl=DDL,
    indexes=INDEXES,
    rules={
        AgentRegistered: _registered,
        AgentWentOnline: _appeared,
        AgentWentOffline: _appeared,
        AbsenceRecorded: _absent,
        AbsenceWithdrawn: _back,
        AgentLent: _lent,
        LoanEnded: _returned,
    },
)
