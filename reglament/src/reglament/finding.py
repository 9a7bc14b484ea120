"""Which events of the log are wanted: told apart in the database, so that what is old is found too."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from contracts import Event, Recorded
from contracts.intake import TicketOpened
from eventlog.wire import read_page

SPAN = 50_000
"""Positions that one question looks through at most: each is answered within its time, however long the log is."""
MOST = 500
"""Events in one answer at most."""

# The ticket is looked for in the text and told apart afterwards: `->>` raises for texts that PostgreSQL cannot hold.
FOUND = """
    select (select coalesce(max(position), 0) from log.events) as head, (
        select '[' || coalesce(string_agg(log.line(each), ',' order by position), '') || ']' from (
            select * from log.events
            where position > $1 and position <= $1 + $2 and starts_with(type, $3)
                and (cardinality($4::text[]) = 0 or exists (select from unnest($4) id where strpos(data::text, id) > 0))
            order by position limit $5
        ) each
    ) as page
"""
NUMBERED = """
    select '[' || coalesce(string_agg(log.line(e), ',' order by position), '') || ']' from log.events e
    where starts_with(type, 'ticket.opened.') and strpos(lower(data::text), lower($1)) > 0
"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one of these tickets, by id, whose stored type begins so; empty: all."""

    tickets: Sequence[str] = ()
    type: str = ""

    def fits(self, event: Recorded[Event]) -> bool:
        """Whether this event of a page is of a wanted ticket."""
        return not self.tickets or getattr(event.data, "ticket", "") in self.tickets


class Page(NamedTuple):
    """Wanted events in order, the position up to which the log was looked through, and where it ended then."""

    events: list[Recorded[Event]]
    position: int
    head: int


async def page_after(pool: asyncpg.Pool, wanted: Wanted, after: int) -> Page:
    """The next wanted events after a position; none of them need not be the end of the log."""
    [row] = await pool.fetch(FOUND, after, SPAN, wanted.type, list(wanted.tickets), MOST)
    events = read_page(row["page"])
    end = max(after, min(after + SPAN, row["head"]))
    position = events[-1].position if len(events) == MOST else end
    return Page([event for event in events if wanted.fits(event)], position, row["head"])


async def tickets_called(pool: asyncpg.Pool, called: str) -> list[str]:
    """The ids of the tickets with this number, in any case; the text itself where none has it: it may be an id."""
    if not called or _is_id(called):
        return [called] if called else []
    opened = [event.data for event in read_page(await pool.fetchval(NUMBERED, called))]
    numbered = [data for data in opened if isinstance(data, TicketOpened) and data.number.lower() == called.lower()]
    return [data.ticket for data in numbered] or [called]


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
