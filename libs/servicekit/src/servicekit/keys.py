"""Who holds which key: a ring of digests in a file, read again when the file changes."""

import logging
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_bytes, token_hex
from time import monotonic
from typing import Annotated

import msgspec

RECHECK_SECONDS = 1.0
KEY = re.compile(r"dk_([0-9A-Za-z]{1,32})_([0-9A-Za-z_-]{43})")
log = logging.getLogger(__name__)


class Role(StrEnum):
    """What a key's holder may do; an admin may do everything."""

    adapter = "adapter"
    agent = "agent"
    lead = "lead"
    ops = "ops"
    analyst = "analyst"
    admin = "admin"


class Actor(msgspec.Struct, frozen=True):
    """Who asks; `channels` bounds an adapter to the channels it serves, `*` meaning all."""

    id: str
    name: str
    role: Role
    channels: tuple[str, ...] = ("*",)

    def may_use(self, channel: str) -> bool:
        """Whether the key's scope holds the channel."""
        return channel in self.channels or "*" in self.channels


class KeyEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A key as the file keeps it: the SHA-256 of its secret in hex, never the secret."""

    id: str
    name: str
    role: Role
    sha256: str
    channels: tuple[str, ...] = ("*",)
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    @property
    def actor(self) -> Actor:
        """Who the holder of this key is."""
        return Actor(self.id, self.name, self.role, self.channels)


class KeyFile(msgspec.Struct, frozen=True):
    """The file of the key ring."""

    keys: tuple[KeyEntry, ...]


def issue(name: str, role: Role, channels: Iterable[str] = ("*",)) -> tuple[str, KeyEntry]:
    """A new key's text, which is shown once, and the entry to put into the file."""
    key_id, secret = token_hex(6), urlsafe_b64encode(token_bytes(32)).rstrip(b"=").decode()
    return f"dk_{key_id}_{secret}", KeyEntry(key_id, name, role, _digest(secret), tuple(channels))


def write(path: Path, entries: Iterable[KeyEntry]) -> None:
    """Put a whole ring in the place of the file, so that no reader sees half of it."""
    new = path.with_name(f".{path.name}.{token_hex(4)}")
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.format(msgspec.json.encode(KeyFile(tuple(entries)))))
    new.replace(path)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _read(path: Path) -> dict[str, KeyEntry]:
    entries = msgspec.json.decode(path.read_bytes(), type=KeyFile).keys
    ring = {entry.id: entry for entry in entries}
    if len(ring) < len(entries):
        raise ValueError("a key id is there twice")
    return ring


class KeyRing:
    """The keys in force; a revoked one stops working within a second of the file's change.

    The first reading raises when the file is missing or broken; later a broken file changes nothing and is logged.
    """

    def __init__(self, path: Path | None, ticks: Callable[[], float] = monotonic) -> None:
        self._path = path
        self._ticks = ticks
        self._checked_at = ticks()
        self._seen = self._stamp()
        self._ring: Mapping[str, KeyEntry] = _read(path) if path else {}
        self._known: dict[str, KeyEntry] = {}

    def entry(self, key: str) -> KeyEntry | None:
        """The entry of a valid key, whose expiry the caller must still look at; None for any other text."""
        if self._ticks() - self._checked_at >= RECHECK_SECONDS:
            self._reload_when_changed()
        return self._known.get(key) or self._verified(key)

    def _verified(self, key: str) -> KeyEntry | None:
        parts = KEY.fullmatch(key)
        if parts is None:
            return None
        entry = self._ring.get(parts[1])
        right = compare_digest(_digest(parts[2]), entry.sha256 if entry else "")
        if entry is None or not right:
            return None
        # Only valid keys are remembered, so that the ring's size bounds the memory.
        self._known[key] = entry
        return entry

    def _reload_when_changed(self) -> None:
        self._checked_at = self._ticks()
        stamp = self._stamp()
        if stamp == self._seen or self._path is None:
            return
        self._seen = stamp
        try:
            self._ring, self._known = _read(self._path), {}
        except (OSError, ValueError):
            log.exception("the key ring is broken, the old one stays in force")

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None
