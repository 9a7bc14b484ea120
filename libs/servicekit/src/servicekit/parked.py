"""`/parked`: events a service could not apply, why, and the word to try them again (I15); for operators only."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.problems import NotFound

router = APIRouter(prefix="/parked", tags=["operations"])
Operator = Annotated[Actor, Depends(requires(Role.ops))]

PARKED = "select position, id, subject, reason, replay, parked_at from parked order by position limit 1000"
REPLAY = "update parked set replay = true where subject = $1 returning position"


class Parked(BaseModel):
    """One event set aside; `subject` is the ticket or stream that waits behind it, `replay` that it will be tried.

    A timer that could not be answered has the negative position of the event that set it.
    """

    position: int
    id: UUID
    subject: str
    reason: str
    replay: bool
    parked_at: datetime


@router.get("", include_in_schema=False)
async def parked(log: Log, _: Operator) -> list[Parked]:
    """What is set aside, in order; at most 1,000."""
    return [Parked(**dict(row)) for row in await log.pool.fetch(PARKED)]


@router.post("/{subject}/replay", status_code=202, include_in_schema=False)
async def replay(subject: str, log: Log, _: Operator) -> dict[str, int]:
    """Try a ticket's (or stream's) parked events again within a second or two; what still fails is parked anew."""
    rows = await log.pool.fetch(REPLAY, subject)
    if not rows:
        raise NotFound("Nothing is parked under this subject: see GET /parked.")
    return {"events": len(rows)}
