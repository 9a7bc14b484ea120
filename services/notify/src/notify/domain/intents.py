"""Which messages follow from an event, and which of them are held back: the whole policy of telling people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec
from contracts import Event
from contracts.csi import RatingRequested
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.routing import TicketAssigned, TicketTransferred
from contracts.sla import DeadlineApproaching, DeadlineBreached

from notify.domain.ticket import State, Ticket
from notify.sending.brake import braked

MEDIA = {"email": "mail", "telegram": "telegram"}
TO_REQUESTER: dict[type[Event], str] = {
    TicketOpened: "ticket_opened",
    AgentReplied: "agent_replied",
    InformationRequested: "information_requested",
    TicketResolved: "ticket_resolved",
    TicketReopened: "ticket_reopened",
    TicketClosed: "ticket_closed",
    RatingRequested: "rating_requested",
}
TO_AGENT: dict[type[Event], str] = {
    TicketAssigned: "ticket_assigned",
    TicketTransferred: "ticket_assigned",
    DeadlineApproaching: "deadline_approaching",
    DeadlineBreached: "deadline_breached",
}
FROM_PEOPLE = frozenset({"agent_replied", "information_requested", "ticket_resolved"})
"""Templates that carry a person's own words: nothing holds those back."""
BRAKED = frozenset({"ticket_opened", "ticket_reopened", "ticket_closed"})
"""Templates that an incoming message or a timer can set off: two machines could go on for ever."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One message meant for one person; `suppressed` says by which rule it is not sent, if any."""

    template: str
    audience: Literal["requester", "agent"]
    medium: str
    language: str
    requester: str = ""
    staff: str = ""
    suppressed: str = ""


def intents(state: State, event: Event, at: datetime) -> Iterator[Intent]:
    """What is to be told because of this event, which the state already holds; at most one message a person."""
    ticket = state.tickets.get(getattr(event, "ticket", ""))
    if ticket is None:
        return
    if template := TO_REQUESTER.get(type(event)):
        yield _to_requester(state, ticket, template, at)
    if (template := TO_AGENT.get(type(event))) and (staff := getattr(event, "agent", "") or ticket.agent):
        yield _to_agent(state, template, staff)


def shows_in_cabinet(event: Event) -> str:
    """The template under which the requester's cabinet shows this event, or "" (R1-04)."""
    return TO_REQUESTER.get(type(event), "")


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
    told = state.told.get(ticket.requester, [])
    opening = template == "ticket_opened"
    return braked(told, at, acknowledges=opening, acknowledged=ticket.acknowledged) or ""


def _to_agent(state: State, template: str, staff: str) -> Intent:
    colleague = state.agents.get(staff)
    medium = "mail" if colleague and colleague.email else "telegram" if colleague and colleague.telegram else ""
    return Intent(
        template=template,
        audience="agent",
        medium=medium or "mail",
        language=colleague.language if colleague else "ru",
        staff=staff,
        suppressed="" if medium else "no address of the agent is known",
    )
