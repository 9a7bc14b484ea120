"""What messages are about: the tickets' openings and the events that caused the messages, for a batch at a time."""

from collections.abc import Mapping, Sequence

import msgspec
from contracts import Event
from contracts.intake import TicketOpened
from contracts.streams import ticket_stream
from eventlog.grouping import in_time
from eventlog.postgres import PostgresLog
from eventlog.scribe import TRANSIENT
from eventlog.wire import read_page

from notify.due import Due

BEGINNINGS_AND = """
    select '[' || coalesce(string_agg(log.line(e), ',' order by position), '') || ']'
    from log.events e where (stream = any($1) and version = 1) or id = any($2::uuid[])
"""


class Matter(msgspec.Struct, frozen=True):
    """What a message is about, readable: the ticket's opening, where it is about one, and the event that caused it."""

    opened: TicketOpened | None
    cause: Event

    @property
    def number(self) -> str:
        """What people call the ticket."""
        return self.opened.number if self.opened else ""

    @property
    def ticket(self) -> str:
        """The ticket's id."""
        return self.opened.ticket if self.opened else ""

    @property
    def subject(self) -> str:
        """What the ticket is called."""
        return self.opened.subject if self.opened else ""

    @property
    def priority(self) -> str:
        """The priority with which the ticket was opened."""
        return self.opened.priority if self.opened else ""

    @property
    def regulation(self) -> str:
        """The version under which the ticket was opened."""
        return self.opened.regulation if self.opened else ""

    @property
    def reply_to(self) -> str:
        """Where its requester is answered."""
        return self.opened.reply_to if self.opened else ""

    @property
    def answers(self) -> str:
        """The message that an answer goes to: the one that caused it, else the first one."""
        return getattr(self.cause, "answers", "") or (self.opened.answers if self.opened else "")


Matters = Mapping[str, Matter | None]
"""By delivery; None where there is nothing to tell any more."""


async def matters(log: PostgresLog, dues: Sequence[Due]) -> Matters:
    """What these messages are about; nothing at all if one of them cannot be read, so that none suffers for it."""
    try:
        return await found(log, dues)
    except TRANSIENT:
        raise
    except Exception:  # noqa: BLE001  # whatever it is: looked up alone, each meets only what is its own
        return {}


async def found(log: PostgresLog, dues: Sequence[Due]) -> Matters:
    """One query; the personal fields of those who are forgotten are empty, since they are gone with the key."""
    streams, causes = [ticket_stream(due.ticket) for due in dues], [due.cause for due in dues]
    page = read_page(await in_time(log.pool.fetchval(BEGINNINGS_AND, streams, causes)))
    events = await log.opened(page)
    openings = {each.stream: each.data for each in events if isinstance(each.data, TicketOpened)}
    by_id = {each.id: each.data for each in events}
    return {due.delivery: _matter(due, openings.get(ticket_stream(due.ticket)), by_id.get(due.cause)) for due in dues}


def _matter(due: Due, opened: TicketOpened | None, cause: Event | None) -> Matter | None:
    return Matter(opened, cause) if cause and (opened or not due.ticket) else None
