"""The one text of an event: what is stored, published, hashed and read back is this."""

from datetime import UTC, datetime
from functools import lru_cache

import msgspec
from contracts import CATALOGUE, Event, Meta, Recorded, UnreadableEventError, wire_type
from contracts.catalogue import Catalogue

from eventlog.store import New

_encode = msgspec.json.Encoder().encode


class Unreadable(Event, frozen=True, kw_only=True, tag="log.unreadable.v1"):
    """Stands where the log holds an event this program cannot read: whoever meets it parks it (I16)."""

    kind: str
    reason: str
    ticket: str = ""


class Text(msgspec.Struct, frozen=True):
    """An event as text, ready to be stored: its type, its data and its meta."""

    kind: str
    data: str
    meta: str


class Stored(msgspec.Struct, frozen=True):
    """An event at its place as the very text that is stored, whether or not this program can read it."""

    position: int
    id: str
    stream: str
    version: int
    recorded_at: datetime
    data: msgspec.Raw
    meta: msgspec.Raw


stored_page = msgspec.json.Decoder(list[Stored]).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def text_of(new: New) -> Text:
    """This event as it will be stored; lone surrogates raise ValueError here, the doors take them out before."""
    return Text(wire_type(type(new.event)), _encode(new.event).decode(), _encode(new.meta).decode())


@lru_cache(maxsize=8)
def stamp(at: datetime) -> str:
    """A time of record as the log's pages have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def line(position: int, new: New, version: int, at: str, text: Text) -> str:
    """One event at its place, in the very form in which the log's pages have it."""
    return (
        f'{{"position":{position},"id":"{new.id}","stream":"{new.stream}","version":{version},'
        f'"recorded_at":"{at}","data":{text.data},"meta":{text.meta}}}'
    )


def read_page(text: str | bytes, catalogue: Catalogue = CATALOGUE) -> list[Recorded[Event]]:
    """The events of a page; those that cannot be read come as `Unreadable`, none is dropped."""
    try:
        return catalogue.decode_page(text)
    except UnreadableEventError:
        return [_read_one(each, catalogue) for each in stored_page(text)]


def _read_one(stored: Stored, catalogue: Catalogue) -> Recorded[Event]:
    try:
        data = catalogue.decode(bytes(stored.data))
    except UnreadableEventError as error:
        kind, ticket = field_of(stored.data, "type") or "?", field_of(stored.data, "ticket")
        data = Unreadable(at=stored.recorded_at, kind=kind, reason=str(error), ticket=ticket)
    return Recorded(
        position=stored.position,
        id=stored.id,
        stream=stored.stream,
        version=stored.version,
        recorded_at=stored.recorded_at,
        data=data,
        meta=meta_of(stored.meta),
    )


def field_of(data: msgspec.Raw, name: str) -> str:
    """A text field of a stored event's data, or "" where there is none."""
    try:
        return msgspec.json.decode(_fields.decode(data)[name], type=str)
    except (msgspec.DecodeError, KeyError):
        return ""


def meta_of(meta: msgspec.Raw) -> Meta:
    """The meta of a stored event, or an empty one where it cannot be read."""
    try:
        return msgspec.json.decode(meta, type=Meta)
    except msgspec.DecodeError:
        return Meta()
