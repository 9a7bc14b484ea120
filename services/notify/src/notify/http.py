"""Notify's doors: the ledger of deliveries, another try for a failed one, and what the cabinet shows."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import uuid_utils
from contracts.notify import DeliveryRetried
from contracts.streams import delivery_stream
from eventlog.store import NEXT, New
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from servicekit.auth import Actor, Role, requires
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.positions import CaughtUp, stamp
from servicekit.problems import NotFound, Refused
from servicekit.said import meta

router = APIRouter(tags=["deliveries"])
Reader = Annotated[Actor, Depends(requires(Role.agent, Role.lead, Role.ops, Role.analyst))]
Mender = Annotated[Actor, Depends(requires(Role.lead, Role.ops))]

LEDGER = """
    select d.delivery, d.ticket, d.medium, d.audience, d.template, d.language, d.state,
        coalesce(d.why, o.note, '') as reason, coalesce(d.reference, '') as reference,
        greatest(d.attempts, o.attempts, 0) as attempts, d.intended_at, d.settled_at, o.due as next_attempt
    from deliveries d left join outbox o using (delivery)
    where ($1::text is null or d.ticket = $1) and ($2::text is null or d.state = $2)
    order by d.intended_at desc, d.delivery limit $3
"""
CABINET = "select delivery, ticket, template, at from cabinet where ticket = $1 order by at desc limit $2"


class Delivery(BaseModel):
    """One message meant for somebody; `state` is intended, sent, failed or suppressed, `reason` says why."""

    delivery: UUID
    ticket: str
    medium: str
    audience: str
    template: str
    language: str
    state: str
    reason: str
    reference: str
    attempts: int
    intended_at: datetime
    settled_at: datetime | None
    next_attempt: datetime | None


class Entry(BaseModel):
    """One entry of a requester's cabinet (R1-04); `template` says what happened."""

    delivery: UUID
    ticket: str
    template: str
    at: datetime


@router.get("/deliveries", dependencies=[CaughtUp])
async def deliveries(
    log: Log,
    _: Reader,
    ticket: str | None = None,
    state: Annotated[str | None, Query(pattern="^(intended|sent|failed|suppressed)$")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[Delivery]:
    """The ledger, newest first: what was meant to be told, and what became of it (D12)."""
    return [Delivery(**row) for row in await log.pool.fetch(LEDGER, ticket, state, limit)]


@router.get("/cabinet", dependencies=[CaughtUp])
async def cabinet(log: Log, _: Reader, ticket: str, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[Entry]:
    """What the requester's cabinet shows of a ticket, newest first."""
    return [Entry(**row) for row in await log.pool.fetch(CABINET, ticket, limit)]


@router.post("/deliveries/{delivery}/retry", status_code=202)
async def retry(delivery: UUID, log: Log, actor: Mender, now: Now, response: Response) -> dict[str, str]:
    """Try a failed delivery again; 409 when it has not failed."""
    row = await log.pool.fetchrow("select ticket, state from deliveries where delivery = $1", delivery)
    if row is None:
        raise NotFound(f"There is no delivery {delivery}.")
    if row["state"] != "failed":
        raise Refused("Only a failed delivery can be tried again.", reason=f"it is {row['state']}")
    said = DeliveryRetried(at=now, delivery=str(delivery), ticket=row["ticket"], by=actor.name)
    stream = delivery_stream(str(delivery))
    new = New(id=str(uuid_utils.uuid7()), stream=stream, version=NEXT, event=said, meta=meta(actor))
    stamp(response, (await log.append([new])).last)
    return {"delivery": str(delivery), "state": "intended"}
