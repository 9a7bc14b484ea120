"""The one text of an event: what is stored, published, hashed and read back is this."""

from datetime import UTC, datetime

import msgspec
from contracts import CATALOGUE, Event, Meta, Recorded, UnreadableEventError, wire_type
from contracts.catalogue import Catalogue

from eventlog.store import New

_encode = msgspec.json.Encoder().encode


class Unreadable(Event, frozen=True, kw_only=True, tag="log.unreadable.v1"):
    """Stands where the log holds an event this program cannot read: whoever meets it parks it (I16)."""

    kind: str
    reason: str


class Text(msgspec.Struct, frozen=True):
    """An event as text, ready to be stored: its type, its data and its meta."""

    kind: str
    data: str
    meta: str


class _Stored(msgspec.Struct, frozen=True):
    position: int
    id: str
    stream: str
    version: int
    recorded_at: datetime
    data: msgspec.Raw
    meta: msgspec.Raw


_stored = msgspec.json.Decoder(list[_Stored])
_kind = msgspec.json.Decoder(dict[str, msgspec.Raw])


def text_of(new: New) -> Text:
    """This event as it will be stored; lone surrogates raise ValueError here, the doors take them out before."""
    return Text(wire_type(type(new.event)), _encode(new.event).decode(), _encode(new.meta).decode())


def line(position: int, new: New, version: int, at: datetime, text: Text) -> str:
    """One event at its place, in the very form in which the log's pages have it."""
    return (
        f'{{"position":{position},"id":"{new.id}","stream":"{new.stream}","version":{version},'
        f'"recorded_at":"{at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}","data":{text.data},"meta":{text.meta}}}'
    )


def read_page(text: str | bytes, catalogue: Catalogue = CATALOGUE) -> list[Recorded[Event]]:
    """The events of a page; those that cannot be read come as `Unreadable`, none is dropped."""
    try:
        return catalogue.decode_page(text)
    except UnreadableEventError:
        return [_read_one(each, catalogue) for each in _stored.decode(text)]


def _read_one(stored: _Stored, catalogue: Catalogue) -> Recorded[Event]:
    try:
        data = catalogue.decode(bytes(stored.data))
    except UnreadableEventError as error:
        data = Unreadable(at=stored.recorded_at, kind=_kind_of(stored.data), reason=str(error))
    return Recorded(
        position=stored.position,
        id=stored.id,
        stream=stored.stream,
        version=stored.version,
        recorded_at=stored.recorded_at,
        data=data,
        meta=_meta_of(stored.meta),
    )


def _kind_of(data: msgspec.Raw) -> str:
    try:
        return bytes(_kind.decode(data).get("type", msgspec.Raw(b'"?"'))).decode().strip('"')
    except msgspec.DecodeError:
        return "?"


def _meta_of(meta: msgspec.Raw) -> Meta:
    try:
        return msgspec.json.decode(meta, type=Meta)
    except msgspec.DecodeError:
        return Meta()
