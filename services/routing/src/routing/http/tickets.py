"""Doors about one ticket: who has it and why, passing it on, taking it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Self

import msgspec
from contracts import Event, Recorded
from contracts.routing import AgentRegistered, TicketAssigned, TicketTransferred
from contracts.streams import agent_stream, assignment_stream
from eventlog.change import change
from eventlog.postgres import PostgresLog
from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from servicekit.auth import Role
from servicekit.hosting import Log
from servicekit.problems import NotFound, Refused
from servicekit.text import Text

from routing.domain.agent import Agent
from routing.domain.levels import fitting
from routing.domain.ownership import NotInGroupError, Ownership, Wish
from routing.http.people import ID, ByPerson, Errand, Reader, TicketId
from routing.http.terms import group_ids
from routing.state import State

router = APIRouter(prefix="/tickets/{ticket}", tags=["tickets"])


class Given(BaseModel):
    """One change of hands; `because` names every candidate and why he was not chosen (D4)."""

    at: datetime
    agent: str
    group: str
    by: str
    reason: str = ""
    because: dict[str, object] | None = None


class AssignmentShown(BaseModel):
    """Who has the ticket since when and why, and everybody who had it, oldest first."""

    ticket: str
    agent: str
    group: str
    since: datetime
    because: dict[str, object] | None
    history: list[Given]


class Transfer(BaseModel):
    """To whom the ticket goes, either an agent or a group, and why.

    `beyond_competence`: to one of the employees who are responsible for the ticket's service (R0-23).
    """

    agent: Annotated[str, Field(pattern=ID)] | None = None
    group: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    reason: Annotated[Text, Field(max_length=2000)] = ""
    beyond_competence: bool = False

    @model_validator(mode="after")
    def names_one(self) -> Self:
        """Exactly one of both."""
        if (self.agent is None) == (self.group is None):
            raise ValueError("name either an agent or a group")
        if self.beyond_competence and self.agent is None:
            raise ValueError("name who is responsible: GET …/responsible lists them")
        return self


class Holder(BaseModel):
    """Who has the ticket now; no agent: it waits with the group or is about to be dealt."""

    ticket: str
    agent: str
    group: str


@router.get("/assignment")
async def assignment(ticket: TicketId, log: Log, _: Reader) -> AssignmentShown:
    """Who has the ticket, since when and why, read from its own events."""
    given = [shown for each in await log.read(assignment_stream(ticket)) for shown in _given(each)]
    if not given:
        raise NotFound("Nobody has been given this ticket yet: check the id, or ask again in a second.")
    last = given[-1]
    return AssignmentShown(
        ticket=ticket, agent=last.agent, group=last.group, since=last.at, because=last.because, history=given
    )


@router.get("/responsible")
async def responsible(ticket: TicketId, errand: ByPerson) -> list[str]:
    """Who may be given what is beyond an agent's competence: the employees responsible for its service (R0-23)."""
    return list(_responsible(errand.state, ticket))


@router.post("/transfer")
async def transfer(ticket: TicketId, to: Transfer, errand: ByPerson) -> Holder:
    """Move the ticket to another agent, or to a group where it is dealt (R0-23); others' are a lead's to move."""
    _refuse_wanted(errand, ticket)
    wish = wish_of(errand, to.reason)
    if to.agent is None:
        (group,) = group_ids(errand.state, [to.group or ""])
        return await _moved(errand, ticket, lambda one: one.hand_to_group(group, wish))
    if to.beyond_competence and to.agent not in (known := _responsible(errand.state, ticket)):
        raise Refused(f"Responsible for this service are: {', '.join(known) or 'nobody'}.", "not-responsible")
    who = await _agent(errand.log, to.agent)
    groups = _fitting(errand.state, ticket, who.groups_at(errand.now))
    return await _moved(errand, ticket, lambda one: one.hand_to(who.card.agent, groups, wish))


@router.post("/take")
async def take(ticket: TicketId, errand: ByPerson) -> Holder:
    """Take the ticket of one of one's own groups oneself (R0-22)."""
    _refuse_wanted(errand, ticket)
    who, wish = await card_of(errand.log, errand.actor.name), wish_of(errand)
    return await _moved(errand, ticket, lambda one: one.take(who, wish))


def wish_of(errand: Errand, reason: str = "") -> Wish:
    """What a person wants of a ticket; an agent may move what is his or his groups', loans included."""
    who = errand.state.staff.agents.get(errand.actor.name)
    mine = (who.groups_at(errand.now) if who else ()) if errand.actor.role is Role.agent else None
    return Wish(errand.actor.name, errand.now, reason, mine)


async def card_of(log: PostgresLog, name: str) -> AgentRegistered:
    """What is known about an agent; raises Refused."""
    return (await _agent(log, name)).card


async def _agent(log: PostgresLog, name: str) -> Agent:
    found = Agent.replay(await log.read(agent_stream(name)))
    if found is None:
        raise Refused(f"{name} is not registered as an agent: ask a lead to do so first.", "not-an-agent")
    return found


def _fitting(state: State, ticket: str, groups: tuple[str, ...]) -> tuple[str, ...]:
    held = state.tickets.get(ticket)
    regulation = state.regulations.get(held.regulation) if held else None
    return fitting(regulation, groups) if regulation else groups


def _refuse_wanted(errand: Errand, ticket: str) -> None:
    """What is meant for somebody is the head's to give to another, or his who has it (R4-01, R4-08)."""
    held = errand.state.tickets.get(ticket)
    wanted = errand.state.meant_for(held, held.group) if held else ""
    if held and wanted and errand.actor.role is Role.agent and errand.actor.name not in (wanted, held.agent):
        raise Refused(f"This was meant for {wanted}: ask a lead to give it to another.", "not-yours")


def _responsible(state: State, ticket: str) -> tuple[str, ...]:
    held = state.tickets.get(ticket)
    if held is None:
        raise NotFound("There is no such open ticket: check the id, or ask again in a second.")
    service = state.regulation(held.regulation).find_service(held.service) if held.service else None
    return service.responsible if service else ()


async def _moved(errand: Errand, ticket: str, verb: Callable[[Ownership], None]) -> Holder:
    if ticket in errand.state.owners:
        raise Refused("The ticket is closed, or was merged: reopen or unmerge it first.", "closed")
    try:
        changed = await change(errand.log, Ownership, assignment_stream(ticket), verb, errand.by)
    except NotInGroupError as error:
        advice = f"Your groups do not include {error}: ask a lead to transfer the ticket."
        raise Refused(advice, "not-in-group") from error
    errand.reached(changed.position)
    return Holder(ticket=ticket, agent=changed.aggregate.agent, group=changed.aggregate.group)


def _given(each: Recorded[Event]) -> list[Given]:
    said = each.data
    if not isinstance(said, TicketAssigned | TicketTransferred):
        return []
    because = msgspec.to_builtins(said.because) if said.because else None
    by, reason = (said.by, said.reason) if isinstance(said, TicketTransferred) else (each.meta.actor, "")
    return [Given(at=said.at, agent=said.agent, group=said.group, by=by, reason=reason, because=because)]
