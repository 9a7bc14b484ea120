"""Personal fields of events as ciphertext, one key a requester (D18); pure: nonces and keys are handed in."""

from base64 import b64decode
from binascii import b2a_base64
from functools import cache
from typing import TypeVar

import msgspec
from contracts import Event
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec.inspect import Field, Metadata, StructType, Type, VarTupleType, type_info

S = TypeVar("S", bound=msgspec.Struct)

MARK = "~"
NONCE = 12


@cache
def personal_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The names of this struct's fields that are marked Personal."""
    return tuple(each.name for each in _fields(kind) if _is_personal(each.type))


@cache
def nested_fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, type[msgspec.Struct]], ...]:
    """The fields that are lists of structs with Personal fields of their own, such as attachments with their names."""
    lists = ((each.name, each.type.item_type) for each in _fields(kind) if isinstance(each.type, VarTupleType))
    structs = ((name, item.cls) for name, item in lists if isinstance(item, StructType))
    return tuple((name, item) for name, item in structs if personal_fields(item))


@cache
def _telling(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that hold personal text, or may in what they list."""
    return *personal_fields(kind), *(name for name, _ in nested_fields(kind))


def _fields(kind: type[msgspec.Struct]) -> tuple[Field, ...]:
    info = type_info(kind)
    assert isinstance(info, StructType)
    return info.fields


def _is_personal(kind: Type) -> bool:
    return isinstance(kind, Metadata) and bool((kind.extra or {}).get("personal"))


def subject_of(event: Event) -> str:
    """Whose key this event's personal fields are under, or "" if it has none with text in them."""
    kind = type(event)
    for name in _telling(kind):
        if getattr(event, name):
            break
    else:
        return ""
    if not (requester := getattr(event, "requester", "")):
        raise ValueError(f"{kind.__name__} has personal text but names no requester to keep it for")
    return str(requester)


def nonces_for(said: msgspec.Struct) -> int:
    """How many random bytes sealing this takes: 12 for every field, filled or not."""
    own = NONCE * len(personal_fields(type(said)))
    if not (nested := nested_fields(type(said))):
        return own
    return own + sum(nonces_for(item) for name, _ in nested for item in getattr(said, name))


def seal(said: S, place: str, key: AESGCM, nonces: bytes) -> S:
    """The struct with its personal fields encrypted for this place (an event's id); see `nonces_for`."""
    sealed: dict[str, object] = {}
    used = 0
    for name in personal_fields(type(said)):
        if text := getattr(said, name):
            nonce = nonces[used : used + NONCE]
            box = key.encrypt(nonce, text.encode(), f"{place}/{name}".encode())
            sealed[name] = MARK + b2a_base64(nonce + box, newline=False).decode()
        used += NONCE
    for name, _ in nested_fields(type(said)):
        items = []
        for n, item in enumerate(getattr(said, name)):
            items.append(seal(item, f"{place}/{name}/{n}", key, nonces[used:]))
            used += nonces_for(item)
        sealed[name] = tuple(items)
    return msgspec.structs.replace(said, **sealed)


def blanked(said: S) -> S:
    """The struct without its personal fields' text."""
    lists = {name: tuple(map(blanked, getattr(said, name))) for name, _ in nested_fields(type(said))}
    return msgspec.structs.replace(said, **dict.fromkeys(personal_fields(type(said)), ""), **lists)


def unseal(said: S, place: str, key: AESGCM | None) -> S:
    """The struct with its personal fields readable; "" for each where there is no key any more."""
    opened: dict[str, object] = {}
    for name in personal_fields(type(said)):
        text = getattr(said, name)
        if text.startswith(MARK):
            opened[name] = _open(text, f"{place}/{name}", key)
    for name, _ in nested_fields(type(said)):
        if items := getattr(said, name):
            opened[name] = tuple(unseal(item, f"{place}/{name}/{n}", key) for n, item in enumerate(items))
    return msgspec.structs.replace(said, **opened) if opened else said


def _open(text: str, place: str, key: AESGCM | None) -> str:
    if key is None:
        return ""
    try:
        box = b64decode(text[len(MARK) :])
        return key.decrypt(box[:NONCE], box[NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError):
        return ""
