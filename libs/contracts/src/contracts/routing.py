"""What routing records: who is there, and who got what."""

from datetime import datetime

from contracts.event import Event
from contracts.intake import Section
from contracts.reasons import Assignment


class AgentRegistered(Event, frozen=True, kw_only=True, tag="agent.registered.v1"):
    """An employee may receive requests (R0-19); registering again replaces what was said before."""

    agent: str
    name: str
    groups: tuple[str, ...]
    email: str = ""
    telegram: str = ""
    language: str = "ru"
    in_distribution: bool = True


class AgentWentOnline(Event, frozen=True, kw_only=True, tag="agent.went-online.v1"):
    """The agent takes work in this section ("Чат" or "Запросы", R0-18)."""

    agent: str
    section: Section


class AgentWentOffline(Event, frozen=True, kw_only=True, tag="agent.went-offline.v1"):
    """The agent takes no work in this section any more (R0-18)."""

    agent: str
    section: Section


class ShiftPlanned(Event, frozen=True, kw_only=True, tag="roster.shift-planned.v1"):
    """The agent is on duty from `starts` until `ends` (UTC); planned in advance (R0-20)."""

    roster: str
    agent: str
    starts: datetime
    ends: datetime


class ShiftWithdrawn(Event, frozen=True, kw_only=True, tag="roster.shift-withdrawn.v1"):
    """A planned shift does not take place."""

    roster: str
    agent: str
    starts: datetime
    ends: datetime


class TicketAssigned(Event, frozen=True, kw_only=True, tag="assignment.assigned.v1"):
    """A ticket got its agent, or a group where no agent could take it; `because` names every candidate (D4)."""

    ticket: str
    group: str
    because: Assignment
    agent: str = ""


class TicketTransferred(Event, frozen=True, kw_only=True, tag="assignment.transferred.v1"):
    """A person moved the ticket to another agent or group, with a reason (R0-23)."""

    ticket: str
    group: str
    by: str
    agent: str = ""
    reason: str = ""
    because: Assignment | None = None


class NobodyOnline(Event, frozen=True, kw_only=True, tag="assignment.nobody-online.v1"):
    """In hours nobody could take the ticket: it waits with the group and the head is told (A-16)."""

    ticket: str
    group: str


ROUTING = (
    AgentRegistered,
    AgentWentOnline,
    AgentWentOffline,
    ShiftPlanned,
    ShiftWithdrawn,
    TicketAssigned,
    TicketTransferred,
    NobodyOnline,
)
