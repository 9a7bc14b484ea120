"""`reglament diff`: what one regulation says otherwise than another."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from regulation.diff import diff
from regulation.document import Regulation
from regulation.load import RegulationError, load
from rich.console import Console

from reglament.regulations.check import AsJson, Spoken, checked, tell
from reglament.regulations.published import intake_at
from reglament.regulations.shown import show_diff
from reglament.regulations.words import Lang, usual
from reglament.screen import complain

Url = Annotated[str, typer.Option("--url", help="Intake's address; this installation's if left out.")]
Key = Annotated[str, typer.Option("--key", envvar="REGLAMENT_KEY", help="A key for it; the demo key if left out.")]
Source = Annotated[str, typer.Argument(help="A file, or what is published: csn, csn@1.")]


def compare(  # noqa: PLR0913 each is an option of the command
    a: Source, b: Source, url: Url = "", key: Key = "", as_json: AsJson = False, lang: Spoken = None
) -> None:
    """Compare two regulations: exit code 0 if they say the same, 1 if not, 2 if one cannot be read."""
    spoken = lang or usual()
    found = diff(_read(a, url, key, spoken), _read(b, url, key, spoken))
    if as_json:
        typer.echo(msgspec.json.encode(found))
    else:
        show_diff(Console(highlight=False), found, spoken)
    if found:
        raise typer.Exit(1)


def _read(source: str, url: str, key: str, lang: Lang) -> Regulation:
    file = Path(source)
    if file.is_file():
        return _loaded(file, lang)
    if "/" in source or source.endswith((".yaml", ".yml", ".json")):
        complain(f"There is no file {source}.")
        raise typer.Exit(2)
    published = intake_at(url, key).regulation(source)
    if published is None:
        complain(f"{source} is neither a file nor a published regulation.")
        raise typer.Exit(2)
    return published


def _loaded(file: Path, lang: Lang) -> Regulation:
    try:
        return load(file)
    except RegulationError:
        tell(Console(highlight=False, stderr=True), checked(file), lang)
        raise typer.Exit(2) from None
