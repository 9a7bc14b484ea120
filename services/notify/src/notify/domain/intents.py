"""Which messages follow from an event, and which of them are held back: the whole policy of telling people."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

import msgspec
from contracts import Event
from contracts.csi import RatingRequested
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    TicketClosed,
    TicketEstimated,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.routing import NobodyOnline, SkewNoticed, TicketAssigned, TicketTransferred, TicketUnattended
from contracts.sla import BudgetSpent, DeadlineApproaching, DeadlineBreached

from notify.domain.queues import told_before
from notify.domain.ticket import Colleague, State, Ticket
from notify.sending.brake import braked

MEDIA = {"email": "mail", "telegram": "telegram"}
TO_REQUESTER: dict[type[Event], str] = {
    TicketOpened: "ticket_opened",
    AgentReplied: "agent_replied",
    InformationRequested: "information_requested",
    TicketResolved: "ticket_resolved",
    TicketReopened: "ticket_reopened",
    TicketClosed: "ticket_closed",
    TicketMerged: "ticket_merged",
    TicketUnmerged: "ticket_unmerged",
    RatingRequested: "rating_requested",
}
TO_AGENT: dict[type[Event], str] = {
    TicketAssigned: "ticket_assigned",
    TicketTransferred: "ticket_assigned",
    DeadlineApproaching: "deadline_approaching",
    DeadlineBreached: "deadline_breached",
    BudgetSpent: "budget_spent",
}
TO_HEAD: dict[type[Event], str] = {
    NobodyOnline: "nobody_online",
    TicketUnattended: "ticket_unattended",
    SkewNoticed: "skew_noticed",
}
IN_CABINET_ONLY: dict[type[Event], str] = {TicketEstimated: "ticket_estimated"}
TELLING: tuple[type[Event], ...] = (*TO_REQUESTER, *TO_AGENT, *TO_HEAD, *IN_CABINET_ONLY)
"""Every kind of event of which somebody is told."""
EXCLUDED = "ticket_excluded"
"""In place of `ticket_closed` where it was none of support's competence (R0-27)."""
FROM_PEOPLE = frozenset({"agent_replied", "information_requested", "ticket_resolved"})
"""Templates that carry a person's own words: nothing holds those back."""
BRAKED = frozenset({"ticket_opened", "ticket_reopened", "ticket_closed"})
"""Templates that an incoming message or a timer can set off: two machines could go on for ever."""
OTHERS = "*"
HEADS: Mapping[str, str] = MappingProxyType({OTHERS: "head"})
"""The head of each group, `*` of any other, as the id under which he is registered as an agent."""
EPISODE = "episode"
"""The head has heard of this queue and nobody has taken work there since: no repeats (A-16)."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One message meant for one person; `suppressed` says by which rule it is not sent, if any."""

    template: str
    audience: Literal["requester", "agent", "head"]
    medium: str
    language: str
    requester: str = ""
    staff: str = ""
    suppressed: str = ""


def intents(state: State, event: Event, at: datetime, heads: Mapping[str, str] = HEADS) -> Iterator[Intent]:
    """What is to be told because of this event, which the state already holds; at most one message a person."""
    if template := TO_HEAD.get(type(event)):
        yield _to_head(state, template, event, heads)
    ticket = state.tickets.get(getattr(event, "ticket", ""))
    if ticket is None:
        return
    if template := _to_be_told(event):
        yield _to_requester(state, ticket, template, at)
    if (template := TO_AGENT.get(type(event))) and (staff := getattr(event, "agent", "") or ticket.agent):
        yield _to_staff(state, template, "agent", staff)


def shows_in_cabinet(event: Event) -> str:
    """The template under which the requester's cabinet shows this event, or "" (R1-04)."""
    return _to_be_told(event) or IN_CABINET_ONLY.get(type(event), "")


def _to_be_told(event: Event) -> str:
    excluded = isinstance(event, TicketClosed) and event.exclusion
    return EXCLUDED if excluded else TO_REQUESTER.get(type(event), "")


def _to_requester(state: State, ticket: Ticket, template: str, at: datetime) -> Intent:
    return Intent(
        template=template,
        audience="requester",
        medium=MEDIA.get(ticket.kind, "cabinet"),
        language=ticket.language,
        requester=ticket.requester,
        suppressed=_held_back(state, ticket, template, at),
    )


def _held_back(state: State, ticket: Ticket, template: str, at: datetime) -> str:
    """A machine that wrote to us is not answered; a person is not flooded; a channel without push has the cabinet."""
    if ticket.kind not in MEDIA:
        return "the channel is read in the cabinet"
    if template in FROM_PEOPLE:
        return ""
    if ticket.automatic:
        return f"the ticket came from a machine: {ticket.automatic}"
    if template not in BRAKED:
        return ""
    told = state.told.get(ticket.told_as, [])
    opening = template == "ticket_opened"
    return braked(told, at, acknowledges=opening, acknowledged=ticket.acknowledged) or ""


def _to_head(state: State, template: str, event: Event, heads: Mapping[str, str]) -> Intent:
    """To the head of the group it is about; where nobody could be told, the next one of the episode tries again."""
    group = getattr(event, "group", "") or getattr(event, "pool", "").rpartition("/")[0]
    intent = _to_staff(state, template, "head", heads.get(group) or heads.get(OTHERS, ""))
    again = isinstance(event, NobodyOnline) and told_before(state, event)
    return msgspec.structs.replace(intent, suppressed=intent.suppressed or EPISODE) if again else intent


def _to_staff(state: State, template: str, audience: Literal["agent", "head"], staff: str) -> Intent:
    colleague = state.agents.get(staff, Colleague())
    return Intent(
        template=template,
        audience=audience,
        medium=colleague.medium or "mail",
        language=colleague.language,
        staff=staff,
        suppressed="" if colleague.medium else f"no address of the {audience} is known",
    )
