"""Given some events, when a verb, then new events; and the plainest events to fill a log with."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import uuid_utils
from contracts import Event, Meta, Recorded
from contracts.intake import RequesterRegistered, TicketClosed, TicketOpened
from eventlog.aggregate import Aggregate
from eventlog.store import New
from msgspec.structs import replace

A = TypeVar("A", bound=Aggregate)

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def recorded(stream: str, *events: Event, after: int = 0) -> list[Recorded[Event]]:
    """These events as if they alone stood in the log, in one stream, beyond position `after`."""
    return [
        Recorded(
            position=after + n,
            id=f"00000000-0000-7000-8000-{after + n:012}",
            stream=stream,
            version=n,
            recorded_at=event.at,
            data=event,
            meta=Meta(),
        )
        for n, event in enumerate(events, 1)
    ]


def untraced(decided: Iterable[New]) -> list[New]:
    """What was decided, without the trace it was decided in: the only thing about a decision that chance may choose."""
    return [replace(new, meta=replace(new.meta, traceparent="")) for new in decided]


def given(kind: type[A], stream: str, *events: Event) -> A:
    """The aggregate that these events make."""
    aggregate = kind.replay(recorded(stream, *events))
    assert aggregate is not None, "an aggregate needs its first event"
    return aggregate


def new_events(aggregate: Aggregate) -> list[Event]:
    """What the aggregate decided since."""
    return [decided.event for decided in aggregate.new_events()]


def opened(ticket: str, *, requester: str = "", category: str = "general", text: str = "") -> TicketOpened:
    """A ticket as it begins; without text it holds nothing personal and needs no key."""
    return TicketOpened(
        at=NINE, ticket=ticket, number=ticket, requester=requester, channel="web", kind="request", section="requests",
        subject=text, text=text, category=category, priority="normal", stage="new", regulation="csn", reply_to="",
    )  # fmt: skip


def closed(ticket: str) -> TicketClosed:
    """A ticket as it ends."""
    return TicketClosed(at=NINE, ticket=ticket, by="agent", who="agent-1")


def registered(requester: str, name: str) -> RequesterRegistered:
    """A person as they are first heard of."""
    return RequesterRegistered(at=NINE, requester=requester, kind="email", address=f"{name}@example.ru", name=name)


def new(stream: str, version: int, event: Event, event_id: str = "") -> New:
    """An event on its way into the log, under a fresh id unless one is given."""
    return New(id=event_id or str(uuid_utils.uuid7()), stream=stream, version=version, event=event, meta=Meta())


def of_ticket(ticket: str, *events: Event) -> Sequence[New]:
    """The whole life of a ticket on its way into the log."""
    return [new(f"ticket-{ticket}", n, event) for n, event in enumerate(events, 1)]
