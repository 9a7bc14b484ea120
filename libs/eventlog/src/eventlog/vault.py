"""Requesters' keys: minted with their first event, wrapped by the master key, destroyed to forget them (I21)."""

import hmac
import os
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import msgspec
from contracts import Event, Recorded
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.errors import ForgottenError
from eventlog.keyring import Fetch, Keyring
from eventlog.sealing import NONCE, blanked, nonces_for, seal, subject_of, unseal
from eventlog.store import New


class Sealed(msgspec.Struct, frozen=True):
    """Events ready to be stored, and the wrapped keys that must be stored with them."""

    events: tuple[New, ...]
    minted: tuple[tuple[str, bytes], ...] = ()
    fresh: dict[str, AESGCM] = {}


class Vault:
    """Seals what goes into the log and opens what comes out, keeping the latest keys at hand."""

    def __init__(self, master_key: str) -> None:
        master = b64decode(master_key)
        self._wrapping = AESGCM(_purpose(master, "wrapping"))
        self._aliasing = _purpose(master, "aliasing")
        self._filing = _purpose(master, "filing")
        self._keyring = Keyring(self._unwrap)

    def alias(self, kind: str, address: str) -> str:
        """The requester id behind this address: a keyed hash, the same every time, that names nobody."""
        return hmac.digest(self._aliasing, f"{kind}\n{address}".encode(), "sha256").hex()[:32]

    def blob_key(self, digest: str) -> AESGCM:
        """The key of one blob, following from the master key and the blob's hash."""
        return AESGCM(hmac.digest(self._filing, digest.encode(), "sha256"))

    async def seal(self, events: Sequence[New], mint: frozenset[str], fetch: Fetch) -> Sealed:
        """Encrypt the personal fields of these events; fresh keys for those in `mint`, stored ones for the rest."""
        if not events:
            raise ValueError("there is nothing to append")
        subjects = [subject_of(new.event) for new in events]
        stored = {*subjects} - {""} - mint
        keys: Mapping[str, AESGCM] = await self.keys(stored, fetch) if stored else {}
        if not mint:
            return Sealed(tuple(map(_sealed, events, subjects, repeat(keys))))
        drawn = {subject: AESGCM.generate_key(256) for subject in mint}
        fresh = {subject: AESGCM(key) for subject, key in drawn.items()}
        minted = tuple((subject, self._wrap(subject, key)) for subject, key in drawn.items())
        return Sealed(tuple(map(_sealed, events, subjects, repeat({**keys, **fresh}))), minted, fresh)

    async def seal_reactions(self, events: Sequence[New], fetch: Fetch) -> list[New]:
        """Encrypt what a follower decided; of those who were forgotten meanwhile nothing personal is kept (I21)."""
        subjects = [subject_of(new.event) for new in events]
        keys = await self.keys({*subjects} - {""}, fetch)
        return [
            msgspec.structs.replace(new, event=blanked(new.event))
            if subject and subject not in keys
            else _sealed(new, subject, keys)
            for new, subject in zip(events, subjects, strict=True)
        ]

    def keep(self, fresh: Mapping[str, AESGCM]) -> None:
        """Remember keys that have just been stored, so that the next use needs no look-up."""
        for subject, key in fresh.items():
            self._keyring.keep(subject, key)

    async def open(self, events: Iterable[Recorded[Event]], fetch: Fetch) -> list[Recorded[Event]]:
        """Decrypt the personal fields of these events."""
        events = list(events)
        keys = await self.keys({subject_of(each.data) for each in events} - {""}, fetch)
        return [_opened(each, keys) for each in events]

    async def keys(self, subjects: set[str], fetch: Fetch) -> dict[str, AESGCM]:
        """The keys of these subjects, as far as they exist, or did a minute ago."""
        return await self._keyring.keys(subjects, fetch)

    def forget(self, subject: str) -> None:
        """Drop a subject's key from memory at once, because its row was destroyed."""
        self._keyring.forget(subject)

    def _wrap(self, subject: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, subject.encode())

    def _unwrap(self, subject: str, wrapped: bytes) -> AESGCM:
        return AESGCM(self._wrapping.decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.encode()))


def _purpose(master: bytes, purpose: str) -> bytes:
    return hmac.digest(master, purpose.encode(), "sha256")


def _sealed(new: New, subject: str, keys: Mapping[str, AESGCM]) -> New:
    if not subject:
        return new
    if subject not in keys:
        raise ForgottenError(subject)
    nonces = os.urandom(nonces_for(new.event))
    return msgspec.structs.replace(new, event=seal(new.event, new.id, keys[subject], nonces))


def _opened(recorded: Recorded[Event], keys: Mapping[str, AESGCM]) -> Recorded[Event]:
    subject = subject_of(recorded.data)
    if not subject:
        return recorded
    return msgspec.structs.replace(recorded, data=unseal(recorded.data, recorded.id, keys.get(subject)))
