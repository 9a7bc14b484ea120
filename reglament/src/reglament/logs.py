"""`reglament log`: what has happened, event by event, read or followed; personal texts stay closed."""

import asyncio
from typing import Annotated

import asyncpg
import msgspec
import typer
from contracts import Event, Recorded, wire_type
from eventlog.wire import Unreadable, read_page
from rich.console import Console
from rich.text import Text

from reglament.reading import log_opened
from reglament.screen import complain, read_place

POLL = 0.3
"""Seconds between looks when following."""
PAGE = 500
CLOSED = "~"
QUIET = frozenset({"at", "ticket", "because", "document", "type"})
TINTS = {"ticket": "cyan", "assignment": "green", "clock": "yellow", "delivery": "blue", "survey": "magenta"}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to show: those of one ticket, or whose type or stream begins so."""

    ticket: str = ""
    type: str = ""
    stream: str = ""

    def fits(self, event: Recorded[Event]) -> bool:
        """Whether this event is to be shown."""
        return (
            (not self.ticket or self.ticket in (getattr(event.data, "ticket", ""), getattr(event.data, "number", "")))
            and _kind(event.data).startswith(self.type)
            and event.stream.startswith(self.stream)
        )


def show(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens next.")] = False,
    after: Annotated[int, typer.Option(help="Begin after this position; negative: that many before the end.")] = -50,
    ticket: Annotated[str, typer.Option(help="Only events of this ticket (its id).")] = "",
    type: Annotated[str, typer.Option(help="Only types that begin so, such as clock.")] = "",  # noqa: A002
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as stored.")] = False,
) -> None:
    """Show what stands in the log, in order."""
    wanted = Wanted(ticket=ticket, type=type)
    try:
        asyncio.run(_show(wanted, after, follow=follow, as_json=as_json))
    except OSError:
        complain("The log cannot be reached: start it with `make up`, or set REGLAMENT_OPS_URL.")
        raise typer.Exit(3) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


async def _show(wanted: Wanted, after: int, *, follow: bool, as_json: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    async with log_opened(read_place()) as pool:
        position = after if after >= 0 else await _from_the_end(pool, -after)
        while True:
            page = read_page(await pool.fetchval("select log.page($1, $2)", position, PAGE))
            for event in (event for event in page if wanted.fits(event)):
                console.print(_json(event) if as_json else _line(event))
            if page:
                position = page[-1].position
            elif not follow:
                return
            else:
                await asyncio.sleep(POLL)


async def _from_the_end(pool: asyncpg.Pool, many: int) -> int:
    head: int = await pool.fetchval("select position from log.head")
    return max(0, head - many)


def _json(event: Recorded[Event]) -> Text:
    return Text(msgspec.json.encode(event).decode())


def _line(event: Recorded[Event]) -> Text:
    family = event.stream.partition("-")[0]
    line = Text(f"{event.position:>7}  {event.recorded_at:%d.%m %H:%M:%S}  ", style="dim")
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
