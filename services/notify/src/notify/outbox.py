"""The outbox: claims what is due under a lease, has it sent, records the one outcome (I13, I14).

A crash while sending lets the lease run out, and the same message goes out again under the same Message-ID.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta

from contracts import Event, Meta
from contracts.streams import delivery_stream, derived_id
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from eventlog.rebuilding import UNMADE
from eventlog.scribe import TRANSIENT
from eventlog.store import NEXT, New
from prometheus_client import Counter, Gauge

from notify.due import Due, next_turn, verdict
from notify.sending.outcome import Moved, Outcome, RetryLater, Unknown

ATTEMPTS = Counter("notify_attempts_total", "Attempts to send", ["channel", "outcome"])
OLDEST = Gauge("notify_oldest_pending_age_seconds", "Age of the oldest message that is due", ["channel"])

LEASE = timedelta(seconds=45)
"""Longer than any sender may take, so that nothing is sent twice at a time."""
BATCH = 16
"""Messages on their way at a time: few, so that a slow one holds up few others."""
TOGETHER = 0.1
"""Seconds that outcomes wait for those of the same batch at most, so that one append records most of them."""
IDLE = 0.15
"""Seconds between looks at an empty outbox."""

CLAIM = """
    with taken as materialized (
        select delivery from outbox where medium = $1 and due <= now() order by due limit $3 for update skip locked
    ), due as (
        update outbox set due = clock_timestamp() + $2, attempts = attempts + 1
        from taken where outbox.delivery = taken.delivery
        returning outbox.delivery, outbox.attempts, doubts, since
    )
    select delivery::text, ticket, audience, template, language, coalesce(staff, '') as staff, cause::text, epoch,
        due.attempts, due.doubts, since, clock_timestamp() as now
    from due join deliveries using (delivery)
    where epoch >= coalesce((
        select max(version) from log.events where stream = 'delivery-' || delivery
        and type in ('delivery.sent.v1', 'delivery.failed.v1')
    ), 0)
    order by since
"""
"""Materialized, lest the limit is applied once a row; `now()`, so that the index knows where to stop. What the log says
is settled is not handed out again, even where the view does not know yet and the lease has run out."""
POSTPONE = "update outbox set due = $2, note = $3, doubts = doubts + $4 where delivery = $1"


Send = Callable[[Due], Awaitable[Outcome]]
Prepare = Callable[[Sequence[Due]], Awaitable[Send]]
"""Looks up what a batch needs all at once, and gives what sends each of its messages."""
logger = logging.getLogger(__name__)


async def drain(log: PostgresLog, medium: str, prepare: Prepare, knows: Callable[[], object]) -> None:
    """Send what is due on one medium, for ever; each medium has a loop of its own, so none waits for another (I14).

    `knows` raises LogUnavailableError while nothing can be worded: at the start, and in a replica that stands by.
    """
    oldest = OLDEST.labels(medium)
    while True:
        due: list[Due] = []
        with contextlib.suppress(*TRANSIENT, *UNMADE):
            knows()
            due = await _claim(log, medium)
            oldest.set(max(((each.now - each.since).total_seconds() for each in due), default=0))
            if due:
                await _deliver(log, medium, due, await prepare(due))
        if not due:
            await asyncio.sleep(IDLE)


async def _claim(log: PostgresLog, medium: str) -> list[Due]:
    return [Due(**row) for row in await log.pool.fetch(CLAIM, medium, LEASE, BATCH)]


async def _deliver(log: PostgresLog, medium: str, batch: Sequence[Due], send: Send) -> None:
    """Send a batch and record outcomes as they come, those that come within a moment together."""
    tasks = {asyncio.create_task(_attempt(due, send)): due for due in batch}
    pending = set(tasks)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, timeout=TOGETHER)
            await _record(log, medium, [(tasks[each], outcome) for each in done if (outcome := each.result())])
    finally:
        for each in pending:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _attempt(due: Due, send: Send) -> Outcome | None:
    """What became of it, or None when the store was away: then the lease runs out.

    A fault of our own in one message must not hold up all others (I14, I15).
    """
    try:
        return await send(due)
    except TRANSIENT:
        return None
    except Exception as error:  # noqa: BLE001  # whatever it is, the loop must live
        logger.error("delivery %s met a fault of our own: %s", due.delivery, type(error).__name__)  # noqa: TRY400  # a traceback may quote people
        return RetryLater(reason=f"a fault of our own: {type(error).__name__}")


async def _record(log: PostgresLog, medium: str, outcomes: Iterable[tuple[Due, Outcome]]) -> None:
    settled: list[tuple[Due, Event]] = []
    postponed: list[tuple[Due, Outcome]] = []
    for due, outcome in outcomes:
        ATTEMPTS.labels(medium, type(outcome).__name__.lower()).inc()
        event = verdict(due, outcome)
        if event is None:
            postponed.append((due, outcome))
        else:
            settled.append((due, event))
    if settled:
        await _settle(log, settled)
    for due, outcome in postponed:
        await _postpone(log, due, outcome)


async def _postpone(log: PostgresLog, due: Due, outcome: Outcome) -> None:
    """Put the message back for later; where that fails, later is when the lease has run out."""
    after = outcome.after if isinstance(outcome, RetryLater) else None
    note = "the chat has moved" if isinstance(outcome, Moved) else getattr(outcome, "reason", "")
    with contextlib.suppress(*TRANSIENT):
        doubt = int(isinstance(outcome, Unknown))
        await log.pool.execute(POSTPONE, due.delivery, next_turn(due, after) or due.now + LEASE, note, doubt)


async def _settle(log: PostgresLog, settled: Sequence[tuple[Due, Event]]) -> None:
    """Record outcomes until they are recorded; ids follow from the deliveries, so there is only ever one of each."""
    events = [_recordable(due, event) for due, event in settled]
    while True:
        with contextlib.suppress(*TRANSIENT):
            return await _append(log, events)
        await asyncio.sleep(IDLE)


async def _append(log: PostgresLog, events: Sequence[New]) -> None:
    """All at once; each on its own where some are known, which others sent after a lease had run out."""
    try:
        await log.append(events)
    except ConflictError:
        await asyncio.gather(*(log.append([event]) for event in events))


def _recordable(due: Due, event: Event) -> New:
    event_id = derived_id(due.delivery, "settled", due.epoch)
    meta = Meta(actor="notify", causation=due.cause)
    return New(id=event_id, stream=delivery_stream(due.delivery), version=NEXT, event=event, meta=meta)
