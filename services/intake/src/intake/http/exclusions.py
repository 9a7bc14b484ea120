"""`GET /exclusions`: what was none of support's competence, counted apart (R0-27)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.moments import Moment
from servicekit.positions import CaughtUp
from servicekit.text import Text

from intake.reaching import store_awaited

router = APIRouter(tags=["tickets"])
Reader = Annotated[Actor, Depends(requires(Role.agent, Role.lead, Role.ops, Role.analyst))]
COUNTED = """
    select exclusion, channel, count(*) as tickets from tickets
    where exclusion <> '' and ($1::timestamptz is null or closed_at >= $1)
        and ($2::timestamptz is null or closed_at < $2) and ($3::text is null or channel = $3)
    group by exclusion, channel order by exclusion, channel
"""


class Excluded(BaseModel):
    """How many tickets of a channel were closed under an exclusion, and stay so."""

    exclusion: str
    channel: str
    tickets: int


class Span(BaseModel, extra="forbid"):
    """Closed from `since` on and before `until`, of one channel or all."""

    since: Moment | None = None
    until: Moment | None = None
    channel: Annotated[Text | None, Query(max_length=255)] = None


@router.get("/exclusions", dependencies=[CaughtUp])
async def exclusions(_: Reader, log: Log, span: Annotated[Span, Query()]) -> list[Excluded]:
    """Tickets outside of support's competence by exclusion and channel; `GET /tickets?exclusion=` lists them."""
    with store_awaited():
        rows = await log.pool.fetch(COUNTED, span.since, span.until, span.channel)
    return [Excluded.model_validate(dict(row)) for row in rows]
