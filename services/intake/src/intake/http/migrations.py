"""`POST /regulations/{name}/migrations`: open tickets go on under another version (D2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from regulation.document import Regulation
from servicekit.auth import Actor, Role, requires
from servicekit.clock import Now
from servicekit.positions import stamp
from servicekit.problems import Malformed, NotFound, Refused, fault
from servicekit.said import meta
from servicekit.text import Text

from intake.domain.hand import Hand
from intake.finding import ticket_id
from intake.house import House, Housed
from intake.migrating import Migration, Moved, Refusal, migrate, open_tickets
from intake.publishing import current
from intake.state import Version

router = APIRouter(prefix="/regulations/{name}/migrations", tags=["regulations"])
Mover = Annotated[Actor, Depends(requires(Role.admin))]
Preview = Annotated[bool, Query(description="Only say what would happen; sla's preview says which clocks would move.")]


class Migrating(BaseModel, extra="forbid"):
    """Which version, why, and which tickets (ids or numbers); none named: every open one of this regulation."""

    to: Annotated[Text, Field(min_length=1, max_length=100, examples=["2"])]
    reason: Annotated[Text, Field(min_length=1, max_length=1000)]
    tickets: Annotated[list[Text] | None, Field(default=None, max_length=1000)]


class Staying(BaseModel):
    """A ticket that stays under the version it goes by, and why."""

    ticket: str
    number: str
    reason: str
    detail: str


class Migrated(BaseModel):
    """How many tickets were moved, how many went by that version already, and which could not be moved."""

    to: str
    preview: bool
    moved: int
    unchanged: int
    refused: list[Staying]


@router.post("", responses={409: {"description": "The version is not in force yet."}})
async def post(  # noqa: PLR0913  # the parts of a request
    name: str, said: Migrating, actor: Mover, house: Housed, now: Now, response: Response, *, preview: Preview = False
) -> Migrated:
    """Move open tickets to another version of their regulation, each by an event of its own; asking twice moves none
    twice. A ticket whose terms that version does not know stays, and is named. Its open clocks follow (A-7)."""
    await current(house.host)
    versions = house.regulations.get(name, [])
    to = _target(versions, name, said.to, now)
    hand, named = Hand(now, actor.name, to), said.tickets is not None
    migration = Migration(hand, said.reason, meta(actor, regulation=to.key), named, preview)
    told = await (_named(house, migration, said.tickets or []) if named else _all(house, migration, versions))
    if told.position:
        stamp(response, told.position)
    staying = [Staying(**each._asdict()) for each in told.refused]
    return Migrated(to=to.key, preview=preview, moved=told.moved, unchanged=told.unchanged, refused=staying)


def _target(versions: Sequence[Version], name: str, wanted: str, now: datetime) -> Regulation:
    if not versions:
        raise NotFound("No regulation of this name is published.")
    found = next(
        (each for each in reversed(versions) if wanted in {each.regulation.version, each.regulation.key}), None
    )
    if found is None:
        known = ", ".join(dict.fromkeys(each.regulation.version for each in versions))
        raise Malformed(errors=[fault(("body", "to"), f"There is no such version of {name}: write one of {known}.")])
    if found.since > now:
        when = f"{found.since:%Y-%m-%d %H:%M} UTC"
        raise Refused(f"{found.regulation.key} is in force from {when}: move the tickets then.", "not-in-force")
    return found.regulation


async def _all(house: House, migration: Migration, versions: Sequence[Version]) -> Moved:
    told = Moved()
    async for page in open_tickets(house.log.pool, versions):
        await migrate(house.log, migration, page, told)
    return told


async def _named(house: House, migration: Migration, tickets: Sequence[str]) -> Moved:
    told, known = Moved(), dict[str, None]()
    for each in tickets:
        try:
            known[await ticket_id(house.log.pool, each)] = None
        except NotFound as error:
            told.refused.append(Refusal(each, each, "no-such-ticket", error.detail))
    await migrate(house.log, migration, list(known), told)
    return told
