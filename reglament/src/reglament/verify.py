"""`reglament verify`: is the log still what was written? Names the first altered event (I23, D7)."""

import asyncio

import typer
from eventlog.sealer import Verified, verify
from rich.console import Console

from reglament.place import Place
from reglament.reading import log_opened
from reglament.screen import complain, read_place


def check() -> None:
    """Check every seal of the log; exit code 1 where something was changed, removed or inserted, 3 if nothing runs."""
    try:
        found = asyncio.run(_verified(read_place()))
    except OSError:
        complain("The log cannot be reached: start it with `make up`, or set REGLAMENT_OPS_URL.")
        raise typer.Exit(3) from None
    _show(found)
    if found.findings:
        raise typer.Exit(1)


async def _verified(place: Place) -> Verified:
    async with log_opened(place) as pool:
        return await verify(pool)


def _show(found: Verified) -> None:
    console = Console(highlight=False)
    console.print(
        f"{found.seals} seals over {found.events} events checked; {found.unsealed} newer events wait for one."
    )
    for finding in found.findings:
        console.print(f"[red]✗[/red] position {finding.position}: {finding.what}")
    if not found.findings:
        console.print("[green]✓[/green] The log is as it was written.")
