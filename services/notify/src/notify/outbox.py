"""The outbox: claims what is due under a lease, has it sent, records the one outcome (I13, I14).

A crash while sending lets the lease run out, and the same message goes out again under the same Message-ID.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import asyncpg
import msgspec
from contracts import Event, Meta
from contracts.notify import DeliveryFailed, DeliverySent
from contracts.streams import delivery_stream, derived_id
from eventlog.postgres import PostgresLog
from eventlog.scribe import TRANSIENT
from eventlog.store import NEXT, New
from prometheus_client import Counter, Gauge

from notify.sending.backoff import next_attempt
from notify.sending.outcome import Moved, Outcome, Refused, RetryLater, Sent, Unknown

ATTEMPTS = Counter("notify_attempts_total", "Attempts to send", ["channel", "outcome"])
OLDEST = Gauge("notify_oldest_pending_age_seconds", "Age of the oldest message that is due", ["channel"])

LEASE = timedelta(seconds=45)
"""Longer than any sender may take, so that nothing is sent twice at a time."""
BATCH = 4
"""Messages on their way at a time: wording and sealing a mail takes milliseconds in which no event is taken in."""
IDLE = 0.15
"""Seconds between looks at an empty outbox."""

CLAIM = """
    with due as (
        update outbox set due = clock_timestamp() + $2, attempts = attempts + 1
        where delivery in (
            select delivery from outbox where medium = $1 and due <= clock_timestamp() order by due limit $3
            for update skip locked
        )
        returning delivery, epoch, attempts, since
    )
    select delivery, ticket, audience, template, language, requester, staff, cause, epoch, due.attempts, since,
        clock_timestamp() as now
    from due join deliveries using (delivery)
"""
POSTPONE = "update outbox set due = $2, note = $3 where delivery = $1"
HOLD = "update outbox set due = 'infinity' where delivery = $1 and epoch = $2"
"""Settled, though the view may not know yet: the lease must not hand it out again."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose turn it is."""

    delivery: str
    ticket: str
    audience: str
    template: str
    language: str
    requester: str
    staff: str
    cause: str
    epoch: int
    attempts: int
    since: datetime
    now: datetime


Send = Callable[[Due], Awaitable[Outcome]]
logger = logging.getLogger(__name__)


async def drain(log: PostgresLog, medium: str, send: Send) -> None:
    """Send what is due on one medium, for ever; each medium has a loop of its own, so none waits for another (I14)."""
    while True:
        sent = 0
        with contextlib.suppress(*TRANSIENT, asyncpg.UndefinedTableError):
            due = await _claim(log, medium)
            OLDEST.labels(medium).set(max(((each.now - each.since).total_seconds() for each in due), default=0))
            await asyncio.gather(*(_deliver(log, medium, each, send) for each in due))
            sent = len(due)
        if not sent:
            await asyncio.sleep(IDLE)


async def _claim(log: PostgresLog, medium: str) -> list[Due]:
    rows = await log.pool.fetch(CLAIM, medium, LEASE, BATCH)
    return [_due(row) for row in rows]


def _due(row: asyncpg.Record) -> Due:
    return msgspec.convert({**dict(row), "delivery": str(row["delivery"]), "cause": str(row["cause"])}, Due)


async def _deliver(log: PostgresLog, medium: str, due: Due, send: Send) -> None:
    outcome = await _attempt(due, send)
    ATTEMPTS.labels(medium, type(outcome).__name__.lower()).inc()
    event = _verdict(due, outcome)
    if event is None:
        await _postpone(log, due, outcome)
    else:
        await _settle(log, due, event)


async def _attempt(due: Due, send: Send) -> Outcome:
    """What became of it; a fault of our own in one message must not hold up all others (I14, I15)."""
    try:
        return await send(due)
    except TRANSIENT:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the loop must live
        logger.error("delivery %s met a fault of our own: %s", due.delivery, type(error).__name__)  # noqa: TRY400  # a traceback may quote people
        return RetryLater(reason=f"a fault of our own: {type(error).__name__}")


def _verdict(due: Due, outcome: Outcome) -> Event | None:
    """The event that settles the delivery, or None while it is worth trying again.

    An outcome that stays unknown is tried once more under the same Message-ID, then a person has to look.
    """
    at, delivery, ticket, attempts = due.now, due.delivery, due.ticket, due.attempts
    match outcome:
        case Sent(reference=reference):
            return DeliverySent(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reference=reference)
        case Refused(reason=reason):
            return DeliveryFailed(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reason=reason)
        case Unknown(reason=reason) if attempts > 1:
            why = f"{reason}; it may or may not have arrived"
            return DeliveryFailed(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reason=why)
        case RetryLater(reason=reason, after=after) if _next(due, after) is None:
            why = f"given up after {attempts} attempts: {reason}"
            return DeliveryFailed(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reason=why)
        case _:
            return None


def _next(due: Due, after: timedelta | None) -> datetime | None:
    return next_attempt(due.attempts, due.now, after, due.delivery, due.since)


async def _postpone(log: PostgresLog, due: Due, outcome: Outcome) -> None:
    after = outcome.after if isinstance(outcome, RetryLater) else None
    note = "the chat has moved" if isinstance(outcome, Moved) else getattr(outcome, "reason", "")
    await log.pool.execute(POSTPONE, due.delivery, _next(due, after) or due.now + LEASE, note)


async def _settle(log: PostgresLog, due: Due, event: Event) -> None:
    """Record the outcome until it is recorded; its id follows from the delivery, so there is only ever one."""
    meta = Meta(actor="notify", causation=due.cause)
    event_id = derived_id(due.delivery, "settled", due.epoch)
    new = New(id=event_id, stream=delivery_stream(due.delivery), version=NEXT, event=event, meta=meta)
    while True:
        with contextlib.suppress(*TRANSIENT):
            await log.append([new])
            await log.pool.execute(HOLD, due.delivery, due.epoch)
            return
        await asyncio.sleep(IDLE)
