"""Notify's tables: the ledger of deliveries, the outbox of what is still to be sent, the cabinet's entries."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts import Event, Recorded
from contracts.notify import (
    CabinetPublished,
    DeliveryFailed,
    DeliveryIntended,
    DeliveryRetried,
    DeliverySent,
    DeliverySuppressed,
)
from eventlog.reactor import Statement, Views

DDL = """
    create table if not exists deliveries (
        delivery uuid primary key, ticket text not null, medium text not null, audience text not null,
        template text not null, language text not null, requester text not null, staff text not null,
        cause uuid not null, state text not null, why text not null default '', reference text not null default '',
        attempts int not null default 0, intended_at timestamptz not null, settled_at timestamptz
    );
    create index if not exists deliveries_ticket on deliveries (ticket, intended_at);
    create index if not exists deliveries_unsettled on deliveries (intended_at) where state = 'failed';
    create table if not exists outbox (
        delivery uuid primary key, medium text not null, epoch int not null,
        due timestamptz not null, since timestamptz not null,
        attempts int not null default 0, note text not null default ''
    );
    create index if not exists outbox_due on outbox (medium, due);
    create table if not exists cabinet (
        delivery uuid primary key, requester text not null, ticket text not null, template text not null,
        cause uuid not null, at timestamptz not null
    );
    create index if not exists cabinet_requester on cabinet (requester, at desc);
"""
VIEWS = Views(tables=("deliveries", "outbox", "cabinet"), ddl=DDL)

INTEND = """
    insert into deliveries (delivery, ticket, medium, audience, template, language, requester, staff, cause, state,
        intended_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'intended', $10) on conflict do nothing
"""
QUEUE = "insert into outbox (delivery, medium, epoch, due, since) values ($1, $2, $3, $4, $4) on conflict do nothing"
SETTLE = (
    "update deliveries set state = $2, why = $3, reference = $4, attempts = $5, settled_at = $6 where delivery = $1"
)
UNQUEUE = "delete from outbox where delivery = $1"
RETRY = "update deliveries set state = 'intended', why = '', settled_at = null where delivery = $1"
REQUEUE = """
    insert into outbox (delivery, medium, epoch, due, since) select delivery, medium, $2, $3, $3 from deliveries
    where delivery = $1 on conflict do nothing
"""
SHOW = "insert into cabinet values ($1, $2, $3, $4, $5, $6) on conflict do nothing"


def project(events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
    """How the tables change, event by event, runs of the same kind in one statement."""
    for event in events:
        match event.data:
            case DeliveryIntended() as said:
                yield Statement(INTEND, [_intended(said, event.recorded_at)])
                yield Statement(QUEUE, [(said.delivery, said.medium, event.version, event.recorded_at)])
            case DeliverySent(delivery=delivery, reference=reference, attempts=attempts):
                yield from _settled(delivery, ("sent", "", reference, attempts), event.recorded_at)
            case DeliveryFailed(delivery=delivery, reason=reason, attempts=attempts):
                yield from _settled(delivery, ("failed", reason, "", attempts), event.recorded_at)
            case DeliverySuppressed(delivery=delivery, rule=rule):
                yield from _settled(delivery, ("suppressed", rule, "", 0), event.recorded_at)
            case DeliveryRetried(delivery=delivery):
                yield Statement(RETRY, [(delivery,)])
                yield Statement(REQUEUE, [(delivery, event.version, event.recorded_at)])
            case CabinetPublished() as said:
                row = (said.delivery, said.requester, said.ticket, said.template, said.cause, said.at)
                yield Statement(SHOW, [row])


def _intended(said: DeliveryIntended, at: datetime) -> tuple[object, ...]:
    who = (said.audience, said.template, said.language, said.requester, said.staff)
    return (said.delivery, said.ticket, said.medium, *who, said.cause, at)


def _settled(delivery: str, outcome: tuple[str, str, str, int], at: datetime) -> Iterable[Statement]:
    yield Statement(SETTLE, [(delivery, *outcome, at)])
    yield Statement(UNQUEUE, [(delivery,)])
