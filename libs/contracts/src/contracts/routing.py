"""What routing records: who is there, and who got what."""

from datetime import datetime
from typing import Literal

import msgspec

from contracts.event import Event
from contracts.intake import Section
from contracts.reasons import Assignment

AbsenceReason = Literal["illness", "lunch", "vacation", "force_majeure", "other"]


class AgentRegistered(Event, frozen=True, kw_only=True, tag="agent.registered.v1"):
    """An employee may receive requests (R0-19); registering again replaces what was said before.

    `skills` are services and languages he serves, `capacity` the most open tickets at a time by section (none named:
    no limit), `line` his primary line (R3-22), `direction` where he belongs (R4-09).
    """

    agent: str
    name: str
    groups: tuple[str, ...]
    email: str = ""
    telegram: str = ""
    language: str = "ru"
    in_distribution: bool = True
    skills: tuple[str, ...] = ()
    capacity: dict[Section, int] = msgspec.field(default_factory=dict)
    line: str = ""
    direction: str = ""


class AgentWentOnline(Event, frozen=True, kw_only=True, tag="agent.went-online.v1"):
    """The agent takes work in this section ("Чат" or "Запросы", R0-18)."""

    agent: str
    section: Section


class AgentWentOffline(Event, frozen=True, kw_only=True, tag="agent.went-offline.v1"):
    """The agent takes no work in this section any more (R0-18); `because` is `shift-end` where nobody said so."""

    agent: str
    section: Section
    because: Literal["", "shift-end"] = ""


class AbsenceRecorded(Event, frozen=True, kw_only=True, tag="agent.absence-recorded.v1"):
    """The agent is away from `starts` until `ends` (UTC, None: until further notice); `substitute` gets what is his."""

    agent: str
    absence: str
    reason: AbsenceReason
    starts: datetime
    ends: datetime | None = None
    substitute: str = ""


class AbsenceWithdrawn(Event, frozen=True, kw_only=True, tag="agent.absence-withdrawn.v1"):
    """The agent is not away after all, or is back from `at` on."""

    agent: str
    absence: str


class AgentLent(Event, frozen=True, kw_only=True, tag="agent.lent.v1"):
    """The agent also serves these groups of another direction from `starts` until `ends` (UTC, R4-10)."""

    agent: str
    loan: str
    direction: str
    groups: tuple[str, ...]
    starts: datetime
    ends: datetime
    by: str
    reason: str = ""


class LoanEnded(Event, frozen=True, kw_only=True, tag="agent.loan-ended.v1"):
    """The agent serves his own direction only, sooner than was planned."""

    agent: str
    loan: str
    by: str


class BacklogPickedUp(Event, frozen=True, kw_only=True, tag="agent.backlog-picked-up.v1"):
    """The agent began to take work, and these waiting tickets of his groups became his (R0-22, A-17)."""

    agent: str
    tickets: tuple[str, ...]
    occasion: Literal["online", "shift-start", "coverage", "asked"]


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


class RosterRevised(Event, frozen=True, kw_only=True, tag="roster.revised.v1"):
    """A roster was drawn up anew: its `revision` counts from 1, `source` is where it came from (R0-20)."""

    roster: str
    revision: int
    source: Literal["json", "csv", "icalendar"]
    by: str
    planned: int
    withdrawn: int


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


class TicketUnattended(Event, frozen=True, kw_only=True, tag="assignment.unattended.v1"):
    """Its agent did nothing about the ticket for the working time `limit` (as written): it goes back to its queue."""

    ticket: str
    group: str
    agent: str
    limit: str


class LineOverflowStarted(Event, frozen=True, kw_only=True, tag="line.overflow-started.v1"):
    """People of line `helper` serve `line` too: their own is empty or the other's people are away (R3-23, A-30)."""

    line: str
    helper: str
    reason: Literal["own-line-empty", "other-line-absent"]


class LineOverflowEnded(Event, frozen=True, kw_only=True, tag="line.overflow-ended.v1"):
    """The reason for which a line was helped is over (A-30)."""

    line: str
    helper: str
    reason: Literal["own-line-empty", "other-line-absent"]


class SkewNoticed(Event, frozen=True, kw_only=True, tag="agent.skew-noticed.v1"):
    """In this pool `agent` got `turns` assignments while another one eligible all the while got `fewest` (D10)."""

    agent: str
    pool: str
    turns: int
    fewest: int


class NobodyOnline(Event, frozen=True, kw_only=True, tag="assignment.nobody-online.v1"):
    """In hours nobody could take the ticket: it waits with the group and the head is told (A-16)."""

    ticket: str
    group: str


ROUTING = (
    AgentRegistered,
    AgentWentOnline,
    AgentWentOffline,
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    LoanEnded,
    BacklogPickedUp,
    ShiftPlanned,
    ShiftWithdrawn,
    RosterRevised,
    TicketAssigned,
    TicketTransferred,
    TicketUnattended,
    LineOverflowStarted,
    LineOverflowEnded,
    SkewNoticed,
    NobodyOnline,
)
