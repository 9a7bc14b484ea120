"""Notify's tables: the ledger of deliveries, the outbox of what is still to be sent, the cabinet's entries."""

from collections.abc import Iterable
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
        template text not null, language text not null, staff text, cause uuid not null,
        epoch int not null, state text not null, why text, reference text, attempts int,
        intended_at timestamptz not null, retried_at timestamptz, settled_at timestamptz
    );
    create table outbox (
        delivery uuid primary key, medium text not null, epoch int not null,
        due timestamptz not null, since timestamptz not null,
        attempts int not null default 0, doubts int not null default 0, note text not null default ''
    );
    create index outbox_due on outbox (medium, due);
    create table cabinet (
        delivery uuid primary key, ticket text not null, template text not null, at timestamptz not null
    );

    -- The outbox follows from the ledger: what is suppressed as soon as it is intended never passes through it, and
    -- whoever writes the ledger leaves the lease and the attempts of what waits to the sender.
    create or replace function wait_or_not() returns trigger language plpgsql as $$
    begin
        if tg_op = 'UPDATE' then
            delete from outbox where delivery = new.delivery;
        end if;
        if new.state = 'intended' then
            insert into outbox (delivery, medium, epoch, due, since) values (
                new.delivery, new.medium, new.epoch,
                coalesce(new.retried_at, new.intended_at), coalesce(new.retried_at, new.intended_at)
            );
        end if;
        return null;
    end $$;
    create trigger waits after insert on deliveries for each row
        when (new.state = 'intended') execute function wait_or_not();
    create trigger waits_or_is_settled after update on deliveries for each row
        when ((old.state = 'intended' or new.state = 'intended') and (old.state, old.epoch) <> (new.state, new.epoch))
        execute function wait_or_not();
"""
INDEXES = """
    create index deliveries_ticket on deliveries (ticket, intended_at);
    create index deliveries_unsettled on deliveries (intended_at) where state = 'failed';
    create index cabinet_ticket on cabinet (ticket, at);
"""


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message meant for somebody; `state` is intended, sent, failed or suppressed.

    `epoch` is the version of the event by which it is to be sent: that it is intended, or tried again.
    """

    delivery: str
    ticket: str
    medium: str
    audience: str
    template: str
    language: str
    cause: str
    epoch: int
    state: str
    intended_at: datetime
    staff: str | None = None
    why: str | None = None
    reference: str | None = None
    attempts: int | None = None
    retried_at: datetime | None = None
    settled_at: datetime | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A message to be sent, once the ledger says so; `due`, which may be later, and the attempts are the sender's."""

    delivery: str


class Entry(msgspec.Struct, frozen=True):
    """What a requester sees in his cabinet (R1-04)."""

    delivery: str
    ticket: str
    template: str
    at: datetime


DELIVERIES = Table("deliveries", Delivery, "delivery")
OUTBOX = Table("outbox", Waiting, "delivery")
CABINET = Table("cabinet", Entry, "delivery")


def _intended(event: Recorded[DeliveryIntended]) -> Iterable[Statement]:
    said = event.data
    row = Delivery(
        said.delivery,
        said.ticket,
        said.medium,
        said.audience,
        said.template,
        said.language,
        said.cause,
        event.version,
        "intended",
        event.recorded_at,
        said.staff or None,
    )
    yield DELIVERIES.begin(row)


def _sent(event: Recorded[DeliverySent]) -> Iterable[Statement]:
    said, at = event.data, event.recorded_at
    yield DELIVERIES.set(said.delivery, state="sent", settled_at=at, reference=said.reference, attempts=said.attempts)


def _failed(event: Recorded[DeliveryFailed]) -> Iterable[Statement]:
    said, at = event.data, event.recorded_at
    yield DELIVERIES.set(said.delivery, state="failed", settled_at=at, why=said.reason, attempts=said.attempts)


def _suppressed(event: Recorded[DeliverySuppressed]) -> Iterable[Statement]:
    said, at = event.data, event.recorded_at
    yield DELIVERIES.set(said.delivery, state="suppressed", settled_at=at, why=said.rule)


def _retried(event: Recorded[DeliveryRetried]) -> Iterable[Statement]:
    """What waits already goes on waiting as it does."""
    again = {"state": "intended", "epoch": event.version, "retried_at": event.recorded_at}

    def retried(was: Delivery) -> Delivery:
        settled = was.state != "intended"
        return msgspec.structs.replace(was, why=None, settled_at=None, **again) if settled else was

    yield DELIVERIES.change(event.data.delivery, retried)


def _published(event: Recorded[CabinetPublished]) -> Iterable[Statement]:
    said = event.data
    yield CABINET.begin(Entry(said.delivery, said.ticket, said.template, said.at))


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
