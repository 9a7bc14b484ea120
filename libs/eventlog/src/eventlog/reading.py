"""The log read from end to end, where wanted only some kinds; the next page is on its way while this one is used."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from typing import NamedTuple

from contracts import Event, Recorded, wire_type
from contracts.upcasts import UPCASTS

from eventlog.grouping import in_time
from eventlog.postgres import PostgresLog
from eventlog.wire import read_page

PAGE = 500
"""Events a page has at most: longer texts cost the server twice as much an event, in memory taken and given back."""
REACH = 20_000
"""Positions a page spans at most, so that one answer stays a short one where wanted events are rare."""
EVERY = """
    with page as (
        select * from log.events where position > $1 and position <= least($1 + $2, $3) order by position limit $4
    )
    select convert_to('[' || coalesce(string_agg(log.line(page), ',' order by position), '') || ']', 'UTF8') as text,
        case when count(*) = $4 then max(position) else least($1 + $2, $3) end as reached
    from page
"""
SOME = EVERY.replace(" order by position limit", " and type = any($5) order by position limit")


class Page(NamedTuple):
    """Wanted events in order, and the position up to which there are no others."""

    events: Sequence[Recorded[Event]]
    reached: int


class Text(NamedTuple):
    """A page as it comes: bytes, since making a string of them first would cost half as much as decoding them."""

    text: bytes
    reached: int


async def pages(
    log: PostgresLog, after: int, upto: int, kinds: Collection[type[Event]] | None = None
) -> AsyncGenerator[Page, None]:
    """The events beyond `after` up to `upto`, page by page; of these kinds, and of those that read as them today.

    What cannot be read comes as `Unreadable` where it says that it is of one of these kinds.
    """
    types = None if kinds is None else [wire_type(kind) for kind in (*kinds, *UPCASTS)]
    reached = after
    ahead = asyncio.ensure_future(_page(log, reached, upto, types))
    try:
        while reached < upto:
            text, reached = await ahead
            if reached < upto:
                ahead = asyncio.ensure_future(_page(log, reached, upto, types))
                await _sent()
            yield Page(read_page(text), reached)
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)


async def _page(log: PostgresLog, after: int, upto: int, types: Sequence[str] | None) -> Text:
    query, wanted = (EVERY, ()) if types is None else (SOME, (types,))
    row = await in_time(log.pool.fetchrow(query, after, REACH, upto, PAGE, *wanted))
    assert row is not None, "an aggregate has one row"
    return Text(row["text"], row["reached"])


async def _sent() -> None:
    """Let the query go out before this page takes the processor, so that the server is at work meanwhile.

    One round starts the task, one the query within it, one sends it.
    """
    for _ in range(3):
        await asyncio.sleep(0)
