"""Missed calls as people see them: how old, whose, and what to do next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import asyncpg
from contracts import Event, Recorded
from contracts.intake import CallMissed
from eventlog.postgres import PostgresLog
from eventlog.wire import read_page
from pydantic import BaseModel, Field
from servicekit.text import Text

from intake.calls.tracing import Found, found
from intake.domain.aging import Advice, Traces, advise, working_days
from intake.house import House
from intake.reaching import store_awaited

Term = Annotated[Text | None, Field(default=None, max_length=255)]
LIST = """
    select c.*, t.number, t.agent as holder from calls c join tickets t on t.id = c.ticket
    where {state} and ($1::text is null or $1 in (c.agent, t.agent)) and ($2::text is null or c.direction = $2)
      and ($3::text is null or t.number = $3 or c.ticket = $3) and ($4::bigint is null or c.position > $4)
    order by c.position limit $5
"""
STATES = {"open": "c.how = ''", "settled": "c.how <> ''", "all": "true"}
"""Written out, so that the index of open calls serves however many were settled before."""
LISTED = ("number", "holder", "tries", "settled_at", "settled_by", "topic")
EVENTS = """
    select '[' || coalesce(string_agg(log.line(e), ',' order by position), '') || ']'
    from log.events e where position = any($1::bigint[])
"""


class Wanted(BaseModel, extra="forbid"):
    """Which calls a list shows; `agent` is whom they were meant for or who holds their ticket."""

    state: Annotated[Literal["open", "settled", "all"], Field(default="open")]
    agent: Term
    direction: Term
    ticket: Term
    cursor: Annotated[int | None, Field(default=None, ge=1, lt=2**63)]
    limit: Annotated[int, Field(default=50, ge=1, le=200)]


class ContactShown(BaseModel):
    """Where an agent wrote to the caller after the call."""

    ticket: str
    number: str
    agent: str
    at: datetime


class CallShown(BaseModel):
    """A missed call; `settled` is how it was settled, null while it is open."""

    call: str
    ticket: str
    number: str
    channel: str
    caller: str = Field(description="The number to call, empty where the person was forgotten.")
    called_at: datetime
    age_working_days: float
    meant_for: str = Field(description='The agent it was meant for, "" for anybody (R4-08).')
    holder: str = Field(description="Who has its ticket.")
    direction: str
    tries: int = Field(description="How often somebody called back.")
    advice: str = Field(
        description='"call" or "write", else how it was answered: "already contacted in TIC-12", "talked", "written"'
    )
    call_until: datetime = Field(description="Until when a call is the answer; later it is a letter (A-26).")
    contact: ContactShown | None = None
    settled: str | None = None
    settled_at: datetime | None = None
    settled_by: str = ""
    contact_ticket: str = ""
    topic: str = ""


class Calls(BaseModel):
    """Missed calls, the oldest first; `next` goes into `cursor` for the page after."""

    calls: list[CallShown]
    next: int | None = None


async def listed(house: House, wanted: Wanted, at: datetime) -> Calls:
    """One page of the list, with everything known of contact."""
    terms = (wanted.agent, wanted.direction, wanted.ticket, wanted.cursor)
    with store_awaited():
        rows = await house.log.pool.fetch(LIST.format(state=STATES[wanted.state]), *terms, wanted.limit + 1)
    page = rows[: wanted.limit]
    told = await _told(house.log, [row["position"] for row in page])
    traces = await found(house.log.pool, [told[row["call"]] for row in page if not row["how"]])
    last = page[-1]["position"] if len(rows) > wanted.limit else None
    return Calls(calls=[_shown(house, row, told[row["call"]], traces, at) for row in page], next=last)


async def _told(log: PostgresLog, positions: Sequence[int]) -> dict[str, CallMissed]:
    """What the log says about these calls, with the numbers to call."""
    with store_awaited():
        page: list[Recorded[Event]] = read_page(await log.pool.fetchval(EVENTS, positions))
    said = [each.data for each in await log.opened(page)]
    return {each.call: each for each in said if isinstance(each, CallMissed)}


def _shown(house: House, row: asyncpg.Record, missed: CallMissed, traces: Found, at: datetime) -> CallShown:
    regulation = house.regulation_of(missed.regulation)
    after = traces.after(missed)
    advice = advise(regulation, missed.called_at, at, after)
    contact = after.contact
    where = contact and ContactShown(**contact._asdict(), number=traces.number(contact.ticket))
    until = row["settled_at"] or at
    return CallShown(
        **{name: row[name] for name in LISTED},
        call=missed.call,
        ticket=missed.ticket,
        channel=missed.channel,
        caller=missed.caller,
        called_at=missed.called_at,
        age_working_days=round(working_days(regulation, missed.called_at, max(until, missed.called_at)), 2),
        meant_for=missed.agent,
        direction=missed.direction,
        advice="" if row["how"] else _worded(advice, where, after),
        call_until=advice.until,
        contact=where,
        settled=row["how"] or None,
        contact_ticket=row["contact"],
    )


def _worded(advice: Advice, where: ContactShown | None, after: Traces) -> str:
    if advice.do != "settle":
        return advice.do
    if where:
        return f"already contacted in {where.number}"
    return "talked" if after.talk else "written"
