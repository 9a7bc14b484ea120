"""A long log of tickets that were opened, answered, resolved and closed: some real lives, copied under other ids."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import asyncpg
import uvloop
from embedded.waiting import holds
from eventlog.wire import Stored, field_of, stored_page

from tests.bench.installation import Installation
from tests.bench.pipelines import Platform, all_done

TICKETS = 30
SETTLED = 30.0
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
TAIL = 6
WORDS = {"text": "Мы нашли причину и исправляем её: раздел снова откроется в течение часа. Спасибо за терпение!"}
DEEDS: Sequence[tuple[str, Mapping[str, str]]] = (
    ("reply", WORDS),
    ("ask", WORDS),
    ("classify", {"category": "defect"}),
    ("resolve", WORDS),
    ("close", {"by": "requester"}),
)
Row = tuple[object, ...]
COLUMNS = ("position", "id", "stream", "version", "type", "data", "meta", "recorded_at")


def recorded(installation: Installation) -> tuple[str, str]:
    """The log before some tickets live, and what their lives add to it; both as JSON pages."""
    url = installation.owner_url
    before = uvloop.run(_page(url, 0))
    first = _last(before)
    platform = Platform(installation)
    platform.load("lives", TICKETS)
    all_done(platform, TICKETS)
    for ticket in uvloop.run(_tickets(url, first)):
        for verb, body in DEEDS:
            installation.call("intake", "POST", f"/tickets/{ticket}/{verb}", body)
    holds(lambda: _is_still(url), SETTLED)
    return before, uvloop.run(_page(url, first))


def copied(before: str, lives: str, count: int) -> Iterator[Row]:
    """Rows for log.events: what was before, then the lives again and again under other ids, `count` in all."""
    for position, event in enumerate(islice(_all(before, lives), count), 1):
        kind, at = field_of(event.data, "type"), event.recorded_at
        yield position, event.id, event.stream, event.version, kind, _text(event.data), _text(event.meta), at


def _all(before: str, lives: str) -> Iterator[Stored]:
    yield from stored_page(before)
    block = 0
    while True:
        block += 1
        tail = f"{block:0{TAIL}x}"
        yield from stored_page(IDS.sub(lambda found: found[0][:-TAIL] + tail, lives))  # noqa: B023  # used at once


def _text(raw: object) -> str:
    return bytes(raw).decode()  # type: ignore[call-overload,no-any-return]  # msgspec.Raw is a buffer


def _is_still(url: str) -> bool:
    """Whether nobody had anything to say for a second."""
    head = "select position from log.head"
    was = uvloop.run(_value(url, head))
    time.sleep(1)
    return bool(uvloop.run(_value(url, head)) == was)


def _last(page: str) -> int:
    return stored_page(page)[-1].position


async def _page(url: str, after: int) -> str:
    return str(await _value(url, "select log.page($1, 100000)", after))


async def _tickets(url: str, after: int) -> list[str]:
    query = "select json_agg(data->>'ticket')::text from log.events where type = 'ticket.opened.v1' and position > $1"
    return list(re.findall(r'"([^"]+)"', str(await _value(url, query, after))))


async def _value(url: str, query: str, *args: object) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query, *args)
    finally:
        await connection.close()
