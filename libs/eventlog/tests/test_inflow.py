"""What comes in from the broker: read together, taken in at once where something follows from it, in order, whole."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.example import example
from contracts.intake import TicketClosed, TicketOpened
from eventlog import inflow as inflows
from eventlog.bell import Bell
from eventlog.inflow import Inflow

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG = 30.0


def told(position: int, kind: type[Event]) -> Recorded[Event]:
    event_id = f"0197f3c2-0000-7000-8000-{position:012}"
    return Recorded(
        position=position,
        id=event_id,
        stream="ticket-1",
        version=position,
        recorded_at=NOON,
        data=example(kind),
        meta=Meta(),
    )


def batch(*positions: int, kind: type[Event] = TicketClosed) -> bytes:
    return msgspec.json.encode([told(each, kind) for each in positions])


class Store:
    """A log that remembers how often it was read."""

    def __init__(self, *events: Recorded[Event]) -> None:
        self.events = events
        self.read = 0

    async def page(self, after: int, limit: int) -> list[Recorded[Event]]:
        self.read += 1
        return [each for each in self.events if each.position > after][:limit]


def positions(events: Sequence[Recorded[Event]]) -> list[int]:
    return [each.position for each in events]


async def everything_ran() -> None:
    """Whatever could go on without the clock has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not urgent, or has been overtaken, waits for longer than any test."""
    monkeypatch.setattr(inflows, "GATHER", LONG)
    monkeypatch.setattr(inflows, "STRAGGLING", LONG)


@pytest.mark.usefixtures("patient")
async def test_what_something_follows_from_is_taken_in_at_once_and_with_it_what_waited() -> None:
    inflow = Inflow(Store(), [TicketOpened])
    inflow.hear(0)
    waiting = asyncio.ensure_future(inflow.after(0, LONG))
    await everything_ran()
    inflow.take(batch(1, 2))
    await everything_ran()
    assert not waiting.done()
    inflow.take(batch(3, kind=TicketOpened))
    assert positions(await waiting) == [1, 2, 3]


@pytest.mark.usefixtures("patient")
async def test_what_somebody_waits_for_is_taken_in_at_once() -> None:
    inflow = Inflow(Store(), [TicketOpened])
    with inflow.hurrying(2):
        assert positions(await inflow.after(0, LONG)) == []
        waiting = asyncio.ensure_future(inflow.after(0, LONG))
        inflow.take(batch(1, 2))
        await everything_ran()
    assert waiting.done()
    assert positions(waiting.result()) == [1, 2]


@pytest.mark.usefixtures("patient")
async def test_once_nobody_waits_for_a_position_that_never_came_batches_wait_for_company_again() -> None:
    inflow = Inflow(Store(), [TicketOpened])
    with inflow.hurrying(7), inflow.hurrying(2**63 - 1):
        assert inflow.wanted == 2**63 - 1
    assert inflow.wanted == 0
    await inflow.after(0, LONG)  # it was woken by who waited
    waiting = asyncio.ensure_future(inflow.after(0, LONG))
    inflow.take(batch(1))
    await everything_ran()
    assert not waiting.done()
    waiting.cancel()


@pytest.mark.usefixtures("patient")
async def test_a_head_that_the_store_does_not_know_is_believed_once() -> None:
    store = Store()
    inflow = Inflow(store)
    inflow.hear(1_000)
    inflow.take(batch(500))
    assert positions(await inflow.after(0, LONG / 1_000)) == []
    assert (inflow.head, store.read) == (0, 1)
    waiting = asyncio.ensure_future(inflow.after(0, LONG))
    await everything_ran()
    assert (waiting.done(), store.read) == (False, 1)
    inflow.take(batch(1))
    assert positions(await waiting) == [1]


async def test_a_head_that_is_heard_of_while_the_store_is_asked_is_not_forgotten() -> None:
    store = Store()
    inflow = Inflow(store)
    page = store.page

    async def growing(after: int, limit: int) -> list[Recorded[Event]]:
        found = await page(after, limit)
        store.events = (told(1, TicketClosed),)
        inflow.hear(1)
        return found

    store.page = growing  # type: ignore[method-assign]  # the log grows while it is read
    assert positions(await inflow.after(0, 0.0)) == []
    assert inflow.head == 1


async def test_what_nothing_follows_from_waits_for_a_moment_only() -> None:
    inflow = Inflow(Store(), [TicketOpened])
    inflow.take(batch(1))
    assert positions(await inflow.after(0, LONG)) == [1]


@pytest.mark.usefixtures("patient")
async def test_any_event_is_urgent_to_whoever_names_none() -> None:
    inflow = Inflow(Store())
    inflow.take(batch(1))
    assert positions(await inflow.after(0, LONG)) == [1]


@pytest.mark.usefixtures("patient")
async def test_batches_that_overtake_each_other_come_out_in_order_without_a_look_into_the_store() -> None:
    store = Store()
    inflow = Inflow(store, [TicketOpened])
    inflow.take(batch(2, kind=TicketOpened))
    waiting = asyncio.ensure_future(inflow.after(0, LONG))
    await everything_ran()
    inflow.take(batch(1))
    await everything_ran()
    assert waiting.done()
    assert (positions(waiting.result()), store.read) == ([1, 2], 0)


async def test_a_batch_that_cannot_be_read_leaves_the_others_readable_and_is_read_from_the_store() -> None:
    inflow = Inflow(Store(told(2, TicketClosed)))
    for each in (batch(1), b"[{not json}]", batch(3)):
        inflow.take(each)
    assert positions(await inflow.after(0, LONG)) == [1]
    assert positions(await inflow.after(1, LONG)) == [2]
    assert positions(await inflow.after(2, LONG)) == [3]


async def test_more_than_is_kept_is_read_from_the_store_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflows, "PACKED", 0)
    monkeypatch.setattr(inflows, "KEPT", 2)
    inflow = Inflow(Store(told(3, TicketClosed)))
    inflow.take(batch(1, 2, 3))
    assert inflow.head == 3
    assert positions(await inflow.after(0, LONG)) == [1, 2]
    assert positions(await inflow.after(2, LONG)) == [3]


async def test_what_has_come_in_and_was_not_read_yet_is_known() -> None:
    inflow = Inflow(Store())
    inflow.take(batch(1, 2))
    inflow.take(batch(3, 4))
    assert (inflow.head, inflow.known) == (0, 4)


async def test_a_ring_that_nobody_waited_for_is_not_lost() -> None:
    bell = Bell()
    bell.ring()
    await asyncio.wait_for(bell.wait(LONG), LONG / 10)
    waiting = asyncio.ensure_future(bell.wait(LONG))
    await everything_ran()
    assert not waiting.done()
    bell.ring_within(0.0)
    await waiting
