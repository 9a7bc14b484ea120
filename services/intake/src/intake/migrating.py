"""Moving open tickets to another version of their regulation: each by an event of its own, many in one append (D2)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import asyncpg
from contracts import Meta
from contracts.streams import ticket_stream
from eventlog.change import By, change, numbered
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from eventlog.store import New
from regulation.document import Regulation
from regulation.stage import ENDED

from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from intake.reaching import store_awaited
from intake.state import Version

PAGE = 200
"""Tickets that are moved by one append."""
OPEN = """
    select id, position from tickets
    where channel = any($1::text[]) and not stage = any($2::text[]) and position > $3 order by position limit $4
"""


class Refusal(NamedTuple):
    """A ticket that stays where it is, and why."""

    ticket: str
    number: str
    reason: str
    detail: str


class Migration(NamedTuple):
    """Where to, by whom and why; tickets that were `named` are answered for one by one, a `rehearsal` moves none."""

    hand: Hand
    reason: str
    meta: Meta
    named: bool = False
    rehearsal: bool = False

    def concerns(self, ticket: Ticket) -> bool:
        """Whether the ticket is one of those to be moved: open, and of this regulation."""
        name = ticket.regulation.partition("@")[0]
        return self.named or (ticket.standing is not Standing.closed and name == self.hand.regulation.name)


class Moved:
    """What became of the tickets; `position` is up to where the log says so (0: nothing was recorded)."""

    def __init__(self) -> None:
        self.moved = self.unchanged = self.position = 0
        self.refused: list[Refusal] = []

    def refuse(self, ticket: Ticket, error: RefusedError) -> None:
        """Note a ticket that cannot be moved."""
        self.refused.append(Refusal(ticket.ticket, ticket.number, error.reason, str(error)))


async def open_tickets(pool: asyncpg.Pool, versions: Sequence[Version]) -> AsyncIterator[list[str]]:
    """Page by page the tickets that came through the regulation's channels and are in none of its last stages."""
    channels = list({channel.id for each in versions for channel in each.regulation.channels})
    ended, after = list(_ended([each.regulation for each in versions])), 0
    while True:
        with store_awaited():
            rows = await pool.fetch(OPEN, channels, ended, after, PAGE)
        if not rows:
            return
        yield [row["id"] for row in rows]
        after = rows[-1]["position"]


async def migrate(log: PostgresLog, migration: Migration, tickets: Sequence[str], told: Moved) -> None:
    """Move these tickets, all of those that can be in one append; what was said about them meanwhile counts."""
    histories = await asyncio.gather(*(log.read(ticket_stream(each)) for each in tickets))
    found = [ticket for history in histories if (ticket := Ticket.replay(history)) and migration.concerns(ticket)]
    new = [decided for ticket in found for decided in _decided(ticket, migration, told)]
    if migration.rehearsal or not new:
        told.moved += len(new)
        return
    try:
        told.position = (await log.append(new)).last
        told.moved += len(new)
    except ConflictError:
        for each in new:
            await _alone(log, migration, each.stream, told)


def _decided(ticket: Ticket, migration: Migration, told: Moved) -> list[New]:
    try:
        ticket.migrate(migration.hand, migration.reason)
    except RefusedError as error:
        told.refuse(ticket, error)
        return []
    new = numbered(ticket.new_events(), By(migration.meta))
    told.unchanged += not new
    return new


async def _alone(log: PostgresLog, migration: Migration, stream: str, told: Moved) -> None:
    """One ticket that somebody changed in the same moment, or whose neighbour in the append was."""

    def verb(ticket: Ticket) -> None:
        seen.append((ticket, ticket.regulation))
        ticket.migrate(migration.hand, migration.reason)

    seen: list[tuple[Ticket, str]] = []
    try:
        changed = await change(log, Ticket, stream, verb, By(migration.meta))
    except RefusedError as error:
        told.refuse(seen[-1][0], error)
        return
    moved = seen[-1][1] != migration.hand.regulation.key
    told.moved, told.unchanged = told.moved + moved, told.unchanged + (not moved)
    told.position = max(told.position, changed.position)


def _ended(regulations: Sequence[Regulation]) -> set[str]:
    """Stages that end a ticket in every version that has them."""
    stages = [stage for each in regulations for stage in each.stages]
    return {each.id for each in stages if each.kind in ENDED} - {each.id for each in stages if each.kind not in ENDED}
