"""What a follower keeps in its service's schema: cursor, parked events, snapshot.

The role's search path says which schema that is, so that no name has to be put together.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from eventlog.appending import Querying


class Executing(Querying, Protocol):
    """What can run statements: a connection inside a transaction."""

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        """Run a statement once a row."""
        ...


class FencedError(Exception):
    """Another replica has moved the cursor: this one must not go on (I12)."""


TIMER = 0
"""The place of timers, which have none; in the books they stand below it, by the event that set them."""


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a follower could not apply, or that set a timer it could not answer; what it is about, and why."""

    id: str
    subject: str
    reason: str
    position: int = TIMER


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A state as it was at `position`; `pending` are own reactions it already holds though they come later."""

    position: int
    pending: tuple[str, ...]
    state: bytes


class Waiting(NamedTuple):
    """A parked event that a person wants replayed now."""

    position: int
    subject: str


class Books:
    """The follower's own few rows."""

    moving = "update cursor set position = $3 where follower = $1 and position = $2 returning 1"

    def __init__(self, follower: str) -> None:
        self.follower = follower

    async def cursor(self, connection: Querying) -> int:
        """The position up to which everything is done."""
        sql = """
            with new as (insert into cursor values ($1, 0) on conflict do nothing)
            select coalesce((select position from cursor where follower = $1), 0) as position
        """
        return int((await connection.fetch(sql, self.follower))[0]["position"])

    async def hold(self, connection: Querying) -> int:
        """The position, which nobody can move until this transaction ends."""
        await self.cursor(connection)
        sql = "select position from cursor where follower = $1 for update"
        return int((await connection.fetch(sql, self.follower))[0]["position"])

    async def move(self, connection: Querying, old: int, new: int) -> None:
        """Move the cursor, and so lock out whoever else believes to lead; raises FencedError."""
        if not await connection.fetch(self.moving, self.follower, old, new):
            raise FencedError(f"{self.follower} is not at {old} any more")

    async def park(self, connection: Executing, parked: Sequence[Parked]) -> None:
        """Set these events and timers aside with their reasons.

        A timer's place is its event's with a minus before it, since that event itself was applied.
        """
        sql = """
            insert into parked (follower, position, id, subject, reason)
            values ($1, coalesce(nullif($2, 0), (select -position from log.events where id = $3), 0), $3, $4, $5)
            on conflict (follower, position) do update set reason = excluded.reason, replay = false
        """
        rows = [(self.follower, each.position, each.id, each.subject, each.reason) for each in parked]
        await connection.executemany(sql, rows)

    async def parked(self, connection: Querying) -> dict[int, str]:
        """What is set aside: position → subject, timers below TIMER."""
        sql = "select position, subject from parked where follower = $1"
        return {row["position"]: row["subject"] for row in await connection.fetch(sql, self.follower)}

    async def wanted(self, connection: Querying) -> list[Waiting]:
        """Parked events that are to be replayed, in order: all of a ticket's, since one follows from the other (I7)."""
        sql = """
            select position, subject from parked where follower = $1
            and subject in (select subject from parked where follower = $1 and replay) order by position
        """
        return [Waiting(row["position"], row["subject"]) for row in await connection.fetch(sql, self.follower)]

    async def unpark(self, connection: Querying, positions: Sequence[int]) -> int:
        """These events are applied after all; how many of them were still parked."""
        sql = "delete from parked where follower = $1 and position = any($2) returning 1"
        return len(await connection.fetch(sql, self.follower, positions))

    async def refuse(self, connection: Querying, positions: Sequence[int], reason: str) -> None:
        """These events stay parked: replaying them failed."""
        sql = "update parked set replay = false, reason = $3 where follower = $1 and position = any($2)"
        await connection.fetch(sql, self.follower, positions, reason)

    async def snapshot(self, connection: Querying, code: str) -> Snapshot | None:
        """The stored state, if this program may use it."""
        sql = "select state from snapshot where follower = $1 and code = $2"
        rows = await connection.fetch(sql, self.follower, code)
        return msgspec.msgpack.decode(rows[0]["state"], type=Snapshot) if rows else None

    async def keep(self, connection: Querying, code: str, snapshot: Snapshot) -> None:
        """Store a state; it may be dropped at any time."""
        sql = """
            insert into snapshot values ($1, $2, $3, $4) on conflict (follower) do update
            set position = excluded.position, code = excluded.code, state = excluded.state
        """
        await connection.fetch(sql, self.follower, snapshot.position, code, msgspec.msgpack.encode(snapshot))

    async def views_code(self, connection: Querying) -> str:
        """Which program the views were made by, or "" if none."""
        rows = await connection.fetch("select code from view_state where follower = $1", self.follower)
        return str(rows[0]["code"]) if rows else ""

    async def views_made(self, connection: Executing, code: str) -> None:
        """The views are now as this program makes them."""
        sql = "insert into view_state values ($1, $2) on conflict (follower) do update set code = excluded.code"
        await connection.execute(sql, self.follower, code)
