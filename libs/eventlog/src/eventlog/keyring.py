"""Keys at hand: used without a look at the store for a minute, since somebody may have been forgotten (I21)."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEPT = 20_000
"""Keys at hand at most; those go that were not used for longest."""
TRUSTED = 60.0
"""Seconds for which a key is used without a look whether it is still stored."""
ALONG = 500
"""Keys that are looked at with one that has to be, since one query for all of them costs little more."""

Fetch = Callable[[Sequence[str]], Awaitable[Mapping[str, bytes]]]
"""Gives the wrapped keys of these subjects, as far as they exist."""
Unwrap = Callable[[str, bytes], AESGCM]
"""A subject's key, out of what is stored of it."""


class Known(NamedTuple):
    """A key, and what is stored of it; b"" where that was not read yet."""

    key: AESGCM
    wrapped: bytes


class Keyring:
    """Subjects' keys, the one used last at the end; beside them when each was seen in the store, the last one last."""

    def __init__(self, unwrap: Unwrap) -> None:
        self._unwrap = unwrap
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def keys(self, subjects: Collection[str], fetch: Fetch) -> dict[str, AESGCM]:
        """The keys of these subjects, as far as they exist, or did TRUSTED seconds ago.

        What is at hand is taken before others' keys are waited for, since any of it may be evicted meanwhile.
        """
        since = time.monotonic() - TRUSTED
        found, missing = {}, []
        for subject in subjects:
            if self._seen.get(subject, since) > since:
                found[subject] = self._known[subject].key
                self._known.move_to_end(subject)
            else:
                missing.append(subject)
        return found | await self._fetched(missing, since, fetch) if missing else found

    def keep(self, subject: str, key: AESGCM, wrapped: bytes = b"") -> None:
        """The key is stored as of now."""
        self._known[subject] = Known(key, wrapped)
        self._known.move_to_end(subject)
        self._see(subject)
        if len(self._known) > KEPT:
            self.forget(next(iter(self._known)))

    def forget(self, subject: str) -> None:
        """The key is not stored any more, or not needed."""
        self._known.pop(subject, None)
        self._seen.pop(subject, None)

    async def _fetched(self, subjects: Sequence[str], since: float, fetch: Fetch) -> dict[str, AESGCM]:
        """These keys as they are stored; where one is looked at again, so are those that were not for longest."""
        again = not self._seen.keys().isdisjoint(subjects)
        along = [each for each in islice(self._seen, ALONG if again else 0) if self._seen[each] <= since]
        for subject in along:
            self._seen.move_to_end(subject)  # so that whoever looks at the same time takes others along
        there = await fetch([*{*subjects, *along}])
        for subject in along:
            self._look(subject, there.get(subject, b""))
        found = {subject: self._read(subject, there[subject]) for subject in subjects if subject in there}
        for subject, key in found.items():
            self.keep(subject, key, there[subject])
        return found

    def _look(self, subject: str, wrapped: bytes) -> None:
        """What the store says about a key at hand."""
        if not wrapped:
            self.forget(subject)
        elif subject in self._known:
            self._known[subject] = Known(self._read(subject, wrapped), wrapped)
            self._see(subject)

    def _read(self, subject: str, wrapped: bytes) -> AESGCM:
        known = self._known.get(subject)
        return known.key if known and known.wrapped == wrapped else self._unwrap(subject, wrapped)

    def _see(self, subject: str) -> None:
        self._seen[subject] = time.monotonic()
        self._seen.move_to_end(subject)
