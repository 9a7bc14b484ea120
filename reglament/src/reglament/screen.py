"""What the person at the terminal sees."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table

from reglament.credentials import CredentialsError
from reglament.place import Place, PlaceError, place_from

TRY = """\
KEY=$(sed -n 's/.*"adapter": *"\\([^"]*\\)".*/\\1/p' {keys})
curl -sS {intake}/messages -H "Authorization: Bearer $KEY" -H "Idempotency-Key: try-1" \\
  -H "Content-Type: application/json" \\
  -d '{body}'\
"""
BODY = """\
{"channel": "api", "author": {"id": "anna", "name": "Анна"}, "message": {"id": "try-1", \
"subject": "Не открывается сайт", "text": "Добрый день! Сайт не открывается с утра."}}"""
SHOWN = (
    ("intake", "intake: messages in, tickets", "/docs"),
    ("routing", "routing: who", "/docs"),
    ("sla", "sla: by when", "/docs"),
    ("notify", "notify: who was told what", "/docs"),
    ("csi", "csi: ratings", "/docs"),
    ("mail", "mails that were sent show up here", ""),
    ("telegram", "Telegram messages show up here", ""),
)


def complain(message: str) -> None:
    """Say on stderr what went wrong and what to do."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(message, style="red")


def read_place() -> Place:
    """The place the environment describes; ends the command with exit code 2 when it is wrong."""
    try:
        return place_from()
    except PlaceError as error:
        complain(str(error))
        raise typer.Exit(2) from None


@contextmanager
def using(place: Place, code: int = 2) -> Iterator[None]:
    """End the command in so many words, with this exit code, where its directory or its secrets cannot be used."""
    try:
        yield
    except CredentialsError as error:
        complain(str(error))
    except OSError as error:
        if error.filename is None or not place.holds(error.filename):
            raise
        complain(
            f"REGLAMENT_DATA={place.data} cannot be used: {error.filename}: {error.strerror}.\n"
            "Set it to a directory that is yours, or be the user who runs the platform there."
        )
    else:
        return
    raise SystemExit(code)


def counted(number: int, one: str, many: str = "") -> str:
    """So many of them: `1 seal`, `2 seals`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def show_addresses(place: Place) -> None:
    """Where everything is and what to try first."""
    table = Table(title="Reglament is up", title_justify="left", box=None, show_header=False)
    for name, what, path in SHOWN:
        table.add_row(what, f"{place.url(name)}{path}")
    table.add_row("demo keys, one per role", str(place.keys))
    table.add_row("logs", str(place.log("*")))
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(table)
    console.print("\nTry:\n" + TRY.format(keys=shlex.quote(str(place.keys)), intake=place.url("intake"), body=BODY))
