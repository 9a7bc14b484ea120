"""Notify's tables: the ledger of deliveries, the outbox of what is still to be sent, the cabinet's entries."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts import Recorded
from contracts.notify import (
    CabinetPublished,
    DeliveryFailed,
    DeliveryIntended,
    DeliveryRetried,
    DeliverySent,
    DeliverySuppressed,
)
from eventlog.tables import Statement, Table, Views

DDL = """
    create table deliveries (
        delivery uuid primary key, ticket text not null, medium text not null, audience text not null,
        template text not null, language text not null, requester text not null, staff text not null,
        cause uuid not null, state text not null default 'intended', why text not null default '',
        reference text not null default '', attempts int not null default 0,
        intended_at timestamptz not null, settled_at timestamptz
    );
    create table outbox (
        delivery uuid primary key, medium text not null, epoch int not null,
        due timestamptz not null, since timestamptz not null,
        attempts int not null default 0, note text not null default ''
    );
    create index outbox_due on outbox (medium, due);
    create table cabinet (
        delivery uuid primary key, requester text not null, ticket text not null, template text not null,
        cause uuid not null, at timestamptz not null
    );
"""
INDEXES = """
    create index deliveries_ticket on deliveries (ticket, intended_at);
    create index deliveries_unsettled on deliveries (intended_at) where state = 'failed';
    create index cabinet_requester on cabinet (requester, at desc);
"""


class Delivery(msgspec.Struct, frozen=True):
    """A message meant for somebody; `state` is intended, sent, failed or suppressed."""

    delivery: str
    ticket: str
    medium: str
    audience: str
    template: str
    language: str
    requester: str
    staff: str
    cause: str
    intended_at: datetime
    state: str = "intended"
    why: str = ""
    reference: str = ""
    attempts: int = 0
    settled_at: datetime | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A message to be sent; once it is here, `due`, which may be 'infinity', and the attempts are the sender's."""

    delivery: str
    medium: str
    epoch: int
    due: str
    since: str


class Entry(msgspec.Struct, frozen=True):
    """What a requester sees in his cabinet (R1-04)."""

    delivery: str
    requester: str
    ticket: str
    template: str
    cause: str
    at: datetime


DELIVERIES = Table("deliveries", Delivery, "delivery")
OUTBOX = Table("outbox", Waiting, "delivery")
CABINET = Table("cabinet", Entry, "delivery")


def _intended(event: Recorded[DeliveryIntended]) -> Iterator[Statement]:
    said, at = event.data, event.recorded_at
    whom = (said.audience, said.template, said.language, said.requester, said.staff)
    yield DELIVERIES.begin(Delivery(said.delivery, said.ticket, said.medium, *whom, said.cause, at))
    yield OUTBOX.begin(_waiting(event, said.medium))


def _sent(event: Recorded[DeliverySent]) -> Iterator[Statement]:
    yield from _settled(event, "sent", reference=event.data.reference, attempts=event.data.attempts)


def _failed(event: Recorded[DeliveryFailed]) -> Iterator[Statement]:
    yield from _settled(event, "failed", why=event.data.reason, attempts=event.data.attempts)


def _suppressed(event: Recorded[DeliverySuppressed]) -> Iterator[Statement]:
    yield from _settled(event, "suppressed", why=event.data.rule)


def _retried(event: Recorded[DeliveryRetried]) -> Iterator[Statement]:
    delivery = event.data.delivery
    yield DELIVERIES.set(delivery, state="intended", why="", settled_at=None)
    yield OUTBOX.begin_from(DELIVERIES, delivery, lambda row: _waiting(event, row.medium))


def _published(event: Recorded[CabinetPublished]) -> Iterator[Statement]:
    said = event.data
    yield CABINET.begin(Entry(said.delivery, said.requester, said.ticket, said.template, said.cause, said.at))


def _settled(
    event: Recorded[DeliverySent | DeliveryFailed | DeliverySuppressed],
    state: str,
    why: str = "",
    reference: str = "",
    attempts: int = 0,
) -> Iterator[Statement]:
    delivery, at = event.data.delivery, event.recorded_at
    outcome = {"state": state, "why": why, "reference": reference, "attempts": attempts}
    yield DELIVERIES.set(delivery, settled_at=at, **outcome)
    yield OUTBOX.end(delivery)


def _waiting(event: Recorded[DeliveryIntended] | Recorded[DeliveryRetried], medium: str) -> Waiting:
    at = event.recorded_at.isoformat()
    return Waiting(event.data.delivery, medium, event.version, due=at, since=at)


VIEWS = Views(
    tables=[DELIVERIES, OUTBOX, CABINET],
    ddl=DDL,
    indexes=INDEXES,
    rules={
        DeliveryIntended: _intended,
        DeliverySent: _sent,
        DeliveryFailed: _failed,
        DeliverySuppressed: _suppressed,
        DeliveryRetried: _retried,
        CabinetPublished: _published,
    },
)
