"""Whether calendars can be kept: zones that exist, windows in order."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from regulation.calendar import check_timezone
from regulation.checks.plain import Document, walk
from regulation.production import supplements
from regulation.term import Title
from regulation.text import Fault, Path, Plain
from regulation.wording import guess, write_one_of

NEVER_OPENS = Title(
    ru='такое время никогда не наступает: напишите ["00:00","24:00"] для целого дня или [] для выходного',
    en='this never opens: write ["00:00","24:00"] for a whole day, [] for none',
)
OVERLAP = Title(
    ru="начинается раньше, чем кончилось предыдущее: напишите время по порядку и без наложений",
    en="this begins before the one above has ended: write windows in order and without overlap",
)


def calendars(document: Document) -> Iterator[Fault]:
    """Zones and countries nobody knows, windows that never open, overlap or are out of order."""
    for path, zone in walk(document, "calendars.*.timezone"):
        if not _exists(zone):
            near = guess(zone, sorted(available_timezones()))
            ru = f"напишите часовой пояс вида Europe/Moscow, а не «{zone}»{near.ru}"
            yield Fault(path, Title(ru=ru, en=f"write an IANA name like Europe/Moscow, not {zone!r}{near.en}"))
    for path, country in walk(document, "calendars.*.production_calendar"):
        if country not in supplements():
            yield Fault(path, write_one_of(sorted(supplements())))
    found = document.get("calendars")
    for name, calendar in found.items() if isinstance(found, dict) else ():
        yield from _days(("calendars", name), calendar)


def _exists(zone: str) -> bool:
    try:
        check_timezone(zone)
    except ValueError:
        return False
    return True


def _days(path: Path, calendar: Plain) -> Iterator[Fault]:
    for key in ("hours", "days"):
        days = calendar.get(key) if isinstance(calendar, dict) else None
        for day, windows in days.items() if isinstance(days, dict) else ():
            yield from _windows((*path, key, day), windows)


def _windows(path: Path, windows: Plain) -> Iterator[Fault]:
    closed = ""
    for index, window in enumerate(windows if isinstance(windows, list) else []):
        opens, closes = _times(window)
        if not opens or not closes:
            continue
        if opens in (closes, "24:00"):
            yield Fault((*path, index), NEVER_OPENS)
        elif opens < closed:
            yield Fault((*path, index), OVERLAP)
        # a window past midnight is the last one of its day
        closed = max(closed, closes if closes > opens else "24:01")


def _times(window: Plain) -> tuple[str, str]:
    match window:
        case [str(opens), str(closes)]:
            return opens, closes
    return "", ""
