"""`reglament demo`: plays the morning against what runs here, then tells it from the log."""

import asyncio
import secrets
import time
from collections.abc import Callable

import asyncpg
import httpx
import typer
from contracts import Event, Recorded
from contracts.intake import TicketOpened
from eventlog.wire import read_page
from rich.console import Console

from reglament.demo.desk import Desk, StuckError
from reglament.demo.story import AGENTS, CHATS, HEAD, SCENES, Told
from reglament.demo.telling import ZONE, tell
from reglament.place import Place
from reglament.reading import LogError, log_opened
from reglament.running import is_ready, place_running
from reglament.screen import complain, read_place, show_addresses, using

SETTLING = 15.0
"""Seconds the demo waits at most until everything that was set off has come to rest."""
CALM = 0.6
PAGE = 5_000


def demo() -> None:
    """Play a morning of support and tell it ticket by ticket."""
    place = read_place()
    try:
        with using(place):
            _require_ready(place)
            asyncio.run(_play(place_running(place)))
    except (StuckError, LogError, httpx.HTTPError, OSError) as error:
        complain(f"The demo is stuck: {error}")
        raise typer.Exit(1) from None


def _require_ready(place: Place) -> None:
    if not is_ready(place):
        complain("Nothing runs here: start it with `make up`, or run `make demo`, which does so.")
        raise typer.Exit(3)


async def _play(place: Place) -> None:
    console, started = Console(highlight=False, soft_wrap=True), time.monotonic()
    async with log_opened(place) as pool, httpx.AsyncClient(timeout=20) as http:
        before = await _head(pool)
        with console.status("Two agents come to work …") as status:
            told = await _act(Desk(place, http), status.update)
            status.update("Letting everything come to rest …")
            await _rest(pool)
        events = await _events(pool, before)
    console.rule(f"A morning of support: {len(events)} events in {time.monotonic() - started:.0f} s")
    console.print(f"[dim]All times: {ZONE.key}[/dim]")
    _tell(console, told, events)
    console.print()
    show_addresses(place)


async def _act(desk: Desk, say: Callable[[str], None]) -> list[Told]:
    await desk.register_head(*HEAD)
    for agent, name in AGENTS.items():
        await desk.register(agent, name)
    first = secrets.randbelow(10**8) * 10
    for number, name, text in CHATS:
        say(f"{name} writes to the Telegram bot …")
        await desk.chat(first + number, name, text)
    told = []
    for scene in SCENES:
        say(f"{(scene.__doc__ or '').split(';')[0].rstrip('.')} …")
        told.append(await scene(desk))
    return told


async def _head(pool: asyncpg.Pool) -> int:
    head: int = await pool.fetchval("select position from log.head")
    return head


async def _rest(pool: asyncpg.Pool) -> None:
    """Until the log has not grown for a moment."""
    deadline = time.monotonic() + SETTLING
    head, since = await _head(pool), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - since < CALM:
        await asyncio.sleep(CALM / 6)
        if (now := await _head(pool)) != head:
            head, since = now, time.monotonic()


async def _events(pool: asyncpg.Pool, after: int) -> list[Recorded[Event]]:
    return read_page(await pool.fetchval("select log.page($1, $2)", after, PAGE))


def _tell(console: Console, told: list[Told], events: list[Recorded[Event]]) -> None:
    titles = {each.ticket: each.title for each in told}
    opened = [event.data for event in events if isinstance(event.data, TicketOpened)]
    for ticket in (each.ticket for each in opened):
        title = titles.get(ticket, "Somebody writes to the Telegram bot")
        tell(console, title, [event for event in events if getattr(event.data, "ticket", "") == ticket])
