"""`reglament calendar FILE.ics`: holidays and special days of an iCalendar file as YAML for a regulation."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from regulation.calendar import check_timezone
from regulation.icalendar_days import Wanted, exceptions, pasted
from regulation.icalendar_events import ICalendarError

from reglament.screen import complain

YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
FIRST, LAST, MOST = 1970, 2199, 20


def convert(
    file: Annotated[Path, typer.Argument(help="the calendar, as .ics")],
    years: Annotated[
        str, typer.Option(help="a year or several, like 2026-2027; this one and the next if not given")
    ] = "",
    timezone: Annotated[str, typer.Option(help="whose wall time the hours are in")] = "Europe/Moscow",
    hours: Annotated[bool, typer.Option("--hours", help="events with hours are working time of their days")] = False,
    transparent: Annotated[
        bool, typer.Option("--transparent", help="days marked as free time are days off too")
    ] = False,
) -> None:
    """Print `holidays:` and `days:` to paste into a calendar of a regulation; exit code 2 for what cannot be read.

    Observances are no days off. What was left out, and why, stands below as comments.
    """
    try:
        check_timezone(timezone)
        wanted = Wanted(years=_years(years), timezone=timezone, hours=hours, transparent=transparent)
        typer.echo(pasted(exceptions(file.read_bytes(), wanted)), nl=False)
    except OSError as error:
        complain(f"{file} cannot be read: {error.strerror}.")
        raise typer.Exit(2) from None
    except ValueError as error:
        complain(f"{file}: {error}" if isinstance(error, ICalendarError) else str(error))
        raise typer.Exit(2) from None


def _years(written: str) -> range:
    if not written:
        now = datetime.now(UTC).year
        return range(now, now + 2)
    matched = YEARS.fullmatch(written)
    first, last = (int(matched[1]), int(matched[2] or matched[1])) if matched else (0, 0)
    if not FIRST <= first <= last <= LAST or last - first >= MOST:
        raise ValueError(f"--years: write a year or up to {MOST} of them, like 2026 or 2026-2027, not {written!r}")
    return range(first, last + 1)
