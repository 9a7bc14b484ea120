"""`reglament log`: what has happened, event by event, read or followed; personal texts stay closed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, NamedTuple

import asyncpg
import msgspec
import typer
from contracts import Event, Recorded, wire_type
from eventlog.wire import Unreadable
from rich.console import Console
from rich.text import Text

from reglament.finding import Wanted, page_after, tickets_called
from reglament.place import Place
from reglament.reading import log_opened, reading
from reglament.screen import complain, read_place

POLL = 0.3
"""Seconds between looks when following."""
LAST = -50
"""Where to begin where nothing is looked for: so many positions before the end."""
CLOSED = "~"
QUIET = frozenset({"at", "ticket", "because", "document", "type"})
TINTS = {"ticket": "cyan", "assignment": "green", "clock": "yellow", "delivery": "blue", "survey": "magenta"}


def show(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens next.")] = False,
    after: Annotated[
        int | None,
        typer.Option(
            help="Begin after this position; negative: that many before the end. "
            "Not given: 50 before the end, with --ticket or --type at the beginning."
        ),
    ] = None,
    ticket: Annotated[str, typer.Option(help="Only events of this ticket: its id or its number.")] = "",
    type: Annotated[str, typer.Option(help="Only types that begin so, such as clock.")] = "",  # noqa: A002
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as stored.")] = False,
) -> None:
    """Show what stands in the log, in order; exit code 3 where it cannot be read."""
    place = read_place()
    begin = after if after is not None else 0 if ticket or type else LAST
    try:
        with reading(place):
            asyncio.run(_show(place, Asked(ticket, type, begin, follow), _json if as_json else _line))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


class Asked(NamedTuple):
    """What is to be shown: of which ticket and type, from where on, and whether to go on with what happens next."""

    ticket: str
    type: str
    after: int
    follow: bool


async def _show(place: Place, asked: Asked, shown: Callable[[Recorded[Event]], Text]) -> None:
    console, found = Console(highlight=False, soft_wrap=True), False
    async with log_opened(place) as pool:
        async for event in _events(pool, asked):
            console.print(shown(event))
            found = True
    if not found:
        complain("No such events.")


async def _events(pool: asyncpg.Pool, asked: Asked) -> AsyncIterator[Recorded[Event]]:
    wanted = Wanted(tickets=await tickets_called(pool, asked.ticket), type=asked.type)
    position = asked.after if asked.after >= 0 else await _from_the_end(pool, -asked.after)
    while True:
        page = await page_after(pool, wanted, position)
        for event in page.events:
            yield event
        position = page.position
        if position >= page.head and not asked.follow:
            return
        await asyncio.sleep(POLL if position >= page.head else 0)


async def _from_the_end(pool: asyncpg.Pool, many: int) -> int:
    head: int = await pool.fetchval("select coalesce(max(position), 0) from log.events")
    return max(0, head - many)


def _json(event: Recorded[Event]) -> Text:
    return Text(msgspec.json.encode(event).decode())


def _line(event: Recorded[Event]) -> Text:
    family = event.stream.partition("-")[0]
    line = Text(f"{event.position:>7}  {event.recorded_at:%d.%m %H:%M:%S} UTC  ", style="dim")
    line.append(f"{_kind(event.data):<34}", style=TINTS.get(family, "default"))
    for name, value in _said(event.data):
        line.append(f" {name}=", style="dim")
        line.append(value)
    return line


def _said(data: Event) -> list[tuple[str, str]]:
    fields = [(name, getattr(data, name)) for name in data.__struct_fields__ if name not in QUIET]
    return [(name, _shown(value)) for name, value in fields if value not in ("", (), None, False)]


def _shown(value: object) -> str:
    text = str(value)
    return "•••" if text.startswith(CLOSED) else text if len(text) <= 40 else f"{text[:39]}…"


def _kind(data: Event) -> str:
    return data.kind if isinstance(data, Unreadable) else wire_type(type(data))
