"""What an alert says: ids, numbers and times of one event, never a person's words."""

import re
from datetime import datetime

import msgspec
from contracts import Event, Recorded, wire_type
from eventlog.sealing import personal_fields

Value = str | int | float | bool
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
"""The form of an id, a term of the regulation or a time."""
OWN_WORDS = frozenset({("delivery.failed.v1", "reason")})
"""Sentences that the platform itself composes, of its own words and reply codes."""
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One alert as CloudEvents 1.0 structured JSON; `id` is the event's and so tells repetitions apart."""

    specversion: str = msgspec.field(default_factory=lambda: "1.0")
    id: str
    source: str = msgspec.field(default_factory=lambda: "/reglament/log")
    type: str
    time: datetime
    subject: str = ""
    datacontenttype: str = msgspec.field(default_factory=lambda: "application/json")
    sequence: str
    traceparent: str = ""
    data: dict[str, Value]


def alert_of(event: Recorded[Event]) -> Alert:
    """The alert that this event is; `time` is the business time, `sequence` the position in the log."""
    kind = wire_type(type(event.data))
    return Alert(
        id=event.id,
        type=kind,
        time=event.data.at,
        subject=str(getattr(event.data, "ticket", "")),
        sequence=str(event.position),
        traceparent=event.meta.traceparent,
        data=_plain(kind, event.data),
    )


def body_of(alert: Alert) -> bytes:
    """The alert as it is posted; the same bytes at every attempt."""
    return msgspec.json.encode(alert)


def _plain(kind: str, data: Event) -> dict[str, Value]:
    said: dict[str, object] = msgspec.to_builtins(data)
    closed = {"type", *personal_fields(type(data))}
    return {
        name: value
        for name, value in said.items()
        if name not in closed and isinstance(value, Value) and _may_go_out(kind, name, value)
    }


def _may_go_out(kind: str, name: str, value: Value) -> bool:
    return not isinstance(value, str) or (kind, name) in OWN_WORDS or WORD.fullmatch(value) is not None
