"""`reglament verify`: is the log still what was written? Names the first altered event (I23, D7)."""

import asyncio

import typer
from eventlog.sealer import Verified, verify
from rich.console import Console

from reglament.place import Place
from reglament.reading import log_opened, reading
from reglament.screen import counted, read_place


def check() -> None:
    """Check every seal of the log; exit code 1 where one was changed, removed or inserted, 3 if it cannot be read."""
    place = read_place()
    with reading(place):
        found = asyncio.run(_verified(place))
    console = Console(highlight=False, soft_wrap=True)
    console.print("\n".join(_said(found)))
    if found.findings:
        raise typer.Exit(1)


async def _verified(place: Place) -> Verified:
    async with log_opened(place) as pool:
        return await verify(pool)


def _said(found: Verified) -> list[str]:
    said = [f"[red]✗[/red] position {finding.position}: {finding.what}" for finding in found.findings]
    if not found.seals:
        waiting = f"{counted(found.unsealed, 'event')} not sealed yet"
        return [f"Nothing was checked: {waiting}; a running platform seals them within half a minute.", *said]
    checked = f"{counted(found.seals, 'seal')} over {counted(found.events, 'event')} checked"
    said = said or ["[green]✓[/green] The log is as it was written."]
    return [f"{checked}; {counted(found.unsealed, 'newer event')} not sealed yet.", *said]
