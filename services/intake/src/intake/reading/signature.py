"""Standard Webhooks signatures (scheme v1, HMAC-SHA256), checked so that hostile headers are simply wrong."""

import binascii
import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import datetime

TOLERANCE_SECONDS = 300
SIGNATURES_LIMIT = 16
ID_LIMIT = 255


def standard_webhook_ok(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the `whsec_` secrets signed these raw bytes within 300 s of the aware moment `now`."""
    given = {name.lower(): value for name, value in headers.items()}
    name, sent = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not _names(name) or not _recent(sent, now):
        return False
    signed = f"{name}.{sent}.".encode("ascii") + body
    offered = [_octets(word[3:]) for word in given.get("webhook-signature", "").split()[:SIGNATURES_LIMIT] if _v1(word)]
    keys = (_octets(secret.removeprefix("whsec_")) for secret in secrets)
    expected = [hmac.digest(key, signed, hashlib.sha256) for key in keys if key]
    return any(hmac.compare_digest(mine, theirs) for mine in expected for theirs in offered)


def _names(name: str) -> bool:
    # A point would let the id, the time and the body be cut apart in another way.
    return 0 < len(name) <= ID_LIMIT and name.isascii() and name.isprintable() and "." not in name


def _recent(sent: str, now: datetime) -> bool:
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
        return False
    return abs(now.timestamp() - int(sent)) <= TOLERANCE_SECONDS


def _v1(word: str) -> bool:
    return word.startswith("v1,")


def _octets(text: str) -> bytes:
    try:
        return b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return b""
