"""Standard Webhooks: how the receiver knows that an alert is ours."""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode

PREFIX = "whsec_"
SHORTEST = 16
"""Bytes that a key needs at least."""


def key_of(secret: str) -> bytes:
    """The key in `whsec_<base64>`; raises ValueError for anything else."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or len(key) < SHORTEST:
        raise ValueError(f"The secret must be {PREFIX} and the base64 of {SHORTEST} bytes or more.")
    return key


def headers_of(message_id: str, moment: int, body: bytes, key: bytes | None) -> dict[str, str]:
    """The standard's headers at this Unix time in seconds; without a key there is no signature."""
    headers = {"webhook-id": message_id, "webhook-timestamp": str(moment)}
    if key is not None:
        mark = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{b64encode(mark).decode()}"
    return headers
