"""What a log can do, whoever keeps it: append, read one stream, read on from a position."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from contracts import Event, Meta, Recorded

NEXT = 0
"""The version that means "whatever comes next": only for reactions, whose order is the log's own."""


class New(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way into a stream at exactly this version, or at the `NEXT` one."""

    id: str
    stream: str
    version: int
    event: Event
    meta: Meta


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request landed: its first and last position, and whether it had been there before."""

    first: int
    last: int
    known: bool
    recorded_at: datetime


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the log and the log's own time (UTC) at which it was so."""

    position: int
    at: datetime


class EventLog(Protocol):
    """The append-only log. Personal fields go in plain and come back as ciphertext until `opened`."""

    async def append(self, events: Sequence[New], mint: frozenset[str] = frozenset()) -> Appended:
        """Record all of these or none; `mint` names requesters who get their key with it.

        Raises ConflictError where a version is taken, LogUnavailableError where nothing can be accepted now.
        Events already recorded under the same ids in the same streams are success (I1).
        """
        ...

    async def read(self, stream: str, after: int = 0) -> list[Recorded[Event]]:
        """The stream's events beyond version `after`, in order; empty if there are none."""
        ...

    async def page(self, after: int, limit: int) -> list[Recorded[Event]]:
        """Up to `limit` events beyond position `after`, in order of position."""
        ...

    async def head(self) -> Head:
        """The end of the log as of now, by the log's clock."""
        ...

    async def opened(self, events: Sequence[Recorded[Event]]) -> list[Recorded[Event]]:
        """The same events with their personal fields readable, or "" where the key was destroyed (I21)."""
        ...
