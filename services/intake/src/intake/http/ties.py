"""`POST /tickets/{ticket}/link`, `unlink`, `merge`, `unmerge`: how tickets belong together."""

from typing import Annotated, Literal

from contracts.intake import Relation
from fastapi import APIRouter
from pydantic import Field
from servicekit.problems import Malformed, NotFound, fault
from servicekit.text import Text

from intake.domain.ticket import Ticket
from intake.finding import ticket_id
from intake.http.commands import Command, Left, Line
from intake.http.desk import Desk, Staff
from intake.merging import end_of, loaded, merge, unmerge

router = APIRouter(prefix="/tickets/{ticket}", tags=["verbs"], responses={409: {"description": "Not possible now."}})
Name = Annotated[Text, Field(min_length=1, max_length=100, examples=["TIC-42"])]


class Linking(Command):
    """The ticket to lead to, by id or number: its mass `problem`, what it follows, where contact was made, or any."""

    to: Name
    relation: Literal["problem", "follow-up", "related", "contact"] = "related"
    reason: Line = ""


class Merging(Command):
    """The ticket that goes on, by id or number, and why."""

    into: Name
    reason: Line = ""


class Unmerging(Command):
    """Why it is a matter of its own after all."""

    reason: Line = ""


@router.post("/link")
async def link(said: Linking, desk: Staff) -> Left:
    """Lead to another ticket; an incident leads to the mass problem that gathers it (R0-08, A-23)."""
    other = await end_of(desk.house.log, await _other(desk, said.to, "to"))
    relation: Relation = said.relation
    return await desk.do(said, lambda ticket, by: ticket.link(by, other, relation, said.reason))


@router.post("/unlink")
async def unlink(said: Linking, desk: Staff) -> Left:
    """Say that a link was none."""
    other = await _other(desk, said.to, "to")
    return await desk.do(said, lambda ticket, by: ticket.unlink(by, other.ticket, said.relation, said.reason))


@router.post("/merge")
async def merging(said: Merging, desk: Staff) -> Left:
    """Go on in another ticket: later messages come there, both requesters hear of it, nothing is lost."""
    into = (await _other(desk, said.into, "into")).ticket
    source = await desk.id()
    by = desk.by(source, said)

    def verb(one: Ticket, end: Ticket) -> None:
        one.merge(desk.hand(one, said), end, said.reason)

    return Left.of(await desk.recorded(lambda: merge(desk.house.log, source, into, verb, by)))


@router.post("/unmerge")
async def unmerging(said: Unmerging, desk: Staff) -> Left:
    """Be a matter of its own again, in the stage and standing it had."""
    source = await desk.id()
    by = desk.by(source, said)

    def verb(one: Ticket, other: Ticket) -> None:
        one.unmerge(desk.hand(one, said), other, said.reason)

    return Left.of(await desk.recorded(lambda: unmerge(desk.house.log, source, verb, by)))


async def _other(desk: Desk, name: str, field: str) -> Ticket:
    try:
        found = await loaded(desk.house.log, await ticket_id(desk.house.log.pool, name))
    except NotFound:
        found = None
    if found is None:
        raise Malformed(errors=[fault(("body", field), "No ticket has this id or number: look it up in the list.")])
    return found
