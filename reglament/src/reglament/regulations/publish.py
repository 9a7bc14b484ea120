"""`reglament publish`: check a regulation, show what it changes, let it be in force."""

from pathlib import Path
from typing import Annotated

import typer
from regulation.diff import diff
from regulation.document import Regulation
from regulation.load import RegulationError, load
from regulation.wording import said
from rich.console import Console

from reglament.regulations.check import Spoken, checked, judged, tell
from reglament.regulations.compare import Key, Url
from reglament.regulations.published import Published, intake_at
from reglament.regulations.shown import show_diff
from reglament.regulations.words import FIRST, IN_FORCE, NOT_PUBLISHED, PUBLISHED, SAME, Lang, usual
from reglament.screen import complain

File = Annotated[Path, typer.Argument(help="A YAML file.", exists=True, dir_okay=False, readable=True)]


def publish(file: File, url: Url = "", key: Key = "", lang: Spoken = None) -> None:
    """Publish a regulation: its errors, or what it changes, then its version, hash and date."""
    console, spoken = Console(highlight=False), lang or usual()
    regulation = _right(console, file, spoken)
    intake = intake_at(url, key)
    before = intake.regulation(regulation.name)
    if before is None:
        console.print(said(FIRST, spoken.value))
    elif before == regulation:
        console.print(said(SAME, spoken.value))
    else:
        show_diff(console, diff(before, regulation), spoken)
    _tell(console, intake.publish(regulation), spoken)


def _right(console: Console, file: Path, lang: Lang) -> Regulation:
    """The file's regulation, told what is strange in it; ends the command where it has errors."""
    try:
        regulation = load(file)
    except RegulationError:
        tell(console, checked(file), lang)
        complain(said(NOT_PUBLISHED, lang.value))
        raise typer.Exit(1) from None
    found = judged(regulation, str(file))
    tell(console, found, lang, notes=False)
    if found.fails():
        complain(said(NOT_PUBLISHED, lang.value))
        raise typer.Exit(1)
    return regulation


def _tell(console: Console, published: Published, lang: Lang) -> None:
    name = f"{published.name}@{published.version}"
    console.print(f"\n[green]✓[/green] {said(PUBLISHED, lang.value)}: [bold]{name}[/bold]")
    console.print(f"  {said(IN_FORCE, lang.value)} {published.in_force_from:%Y-%m-%d %H:%M} UTC", soft_wrap=True)
    console.print(f"  sha256 {published.hash}", soft_wrap=True)
