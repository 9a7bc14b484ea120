"""Personal fields of events as ciphertext, one key a requester (D18); pure: nonces and keys are handed in."""

from base64 import b64decode, b64encode
from functools import cache

import msgspec
from contracts import Event
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = "~"
NONCE = 12


@cache
def personal_fields(kind: type[Event]) -> tuple[str, ...]:
    """The names of this event's fields that are marked Personal."""
    fields = msgspec.inspect.type_info(kind)
    assert isinstance(fields, msgspec.inspect.StructType)
    return tuple(each.name for each in fields.fields if _is_personal(each.type))


def _is_personal(kind: msgspec.inspect.Type) -> bool:
    return isinstance(kind, msgspec.inspect.Metadata) and bool((kind.extra or {}).get("personal"))


def subject_of(event: Event) -> str:
    """Whose key this event's personal fields are under, or "" if it has none with text in them."""
    fields = personal_fields(type(event))
    if not any(getattr(event, name) for name in fields):
        return ""
    if not (requester := getattr(event, "requester", "")):
        raise ValueError(f"{type(event).__name__} has personal text but names no requester to keep it for")
    return str(requester)


def seal(event: Event, event_id: str, key: AESGCM, nonces: bytes) -> Event:
    """The event with its personal fields encrypted; `nonces` holds 12 random bytes for each of them."""
    sealed = {}
    for n, name in enumerate(personal_fields(type(event))):
        if text := getattr(event, name):
            nonce = nonces[n * NONCE : (n + 1) * NONCE]
            box = nonce + key.encrypt(nonce, text.encode(), f"{event_id}/{name}".encode())
            sealed[name] = MARK + b64encode(box).decode()
    return msgspec.structs.replace(event, **sealed)


def blanked(event: Event) -> Event:
    """The event without its personal fields' text."""
    return msgspec.structs.replace(event, **dict.fromkeys(personal_fields(type(event)), ""))


def unseal(event: Event, event_id: str, key: AESGCM | None) -> Event:
    """The event with its personal fields readable; "" for each where there is no key any more."""
    opened = {}
    for name in personal_fields(type(event)):
        text = getattr(event, name)
        if text.startswith(MARK):
            opened[name] = _open(text, f"{event_id}/{name}", key)
    return msgspec.structs.replace(event, **opened) if opened else event


def _open(text: str, place: str, key: AESGCM | None) -> str:
    if key is None:
        return ""
    try:
        box = b64decode(text[len(MARK) :])
        return key.decrypt(box[:NONCE], box[NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError):
        return ""
