"""What could not be understood: a list that people see, and the raw bytes to look at."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.streams import message_stream
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.positions import CaughtUp
from servicekit.problems import NotFound

from intake.reaching import store_awaited

router = APIRouter(prefix="/quarantine", tags=["quarantine"])
Lister = Annotated[Actor, Depends(requires(Role.agent, Role.lead, Role.ops))]
Reader = Annotated[Actor, Depends(requires(Role.agent, Role.lead))]
LIST = "select * from quarantine where ($1::bigint is null or position < $1) order by position desc limit $2"
RAW = {
    # Nobody's browser may take a hostile mail for anything but a file.
    "Content-Disposition": 'attachment; filename="message.bin"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


class Held(BaseModel):
    """Input that a person has to look at."""

    message: UUID
    channel: str
    reason: str
    at: datetime


class Quarantine(BaseModel):
    """What waits, the latest first; `next` goes into `cursor`."""

    messages: list[Held]
    next: int | None = None


@router.get("", dependencies=[CaughtUp])
async def quarantine(
    _: Lister,
    log: Log,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Quarantine:
    """Everything that could not be understood."""
    with store_awaited():
        rows = await log.pool.fetch(LIST, cursor, limit + 1)
    held = [Held.model_validate(dict(row)) for row in rows[:limit]]
    return Quarantine(messages=held, next=rows[limit - 1]["position"] if len(rows) > limit else None)


@router.get("/{message}/raw", response_class=Response, responses={200: {"content": {"application/octet-stream": {}}}})
async def raw(message: UUID, _: Reader, log: Log) -> Response:
    """The raw bytes of any message that was kept, as a file to download."""
    history = await log.read(message_stream(str(message)))
    digest = getattr(history[0].data, "raw", "") if history else ""
    with store_awaited():
        content = await log.blobs.get(digest) if digest else None
    if content is None:
        raise NotFound("No raw bytes are kept under this id.")
    return Response(content, headers=RAW, media_type="application/octet-stream")
