"""An iCalendar file as the `holidays:` and `days:` of a regulation's calendar, to paste and to read over."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from regulation.calendar import WHOLE_DAY, Window
from regulation.icalendar_events import Happening, happenings

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OBSERVED = ("observance", "not a public holiday")
OFF = ("public holiday", "bank holiday", "national holiday")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a file.

    With `hours` events of less than a day become working time of their dates, in the wall time of `timezone`; otherwise
    they are left out. With `transparent` even days marked as free time are days off, but observances never are.
    """

    years: range
    timezone: str = "Europe/Moscow"
    hours: bool = False
    transparent: bool = False


class Exceptions(msgspec.Struct, kw_only=True):
    """Days off and days with hours of their own, each with its name; and what was left out, with the reason."""

    holidays: dict[date, str] = {}
    days: dict[date, list[tuple[Window, str]]] = {}
    left_out: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)


def exceptions(content: bytes, wanted: Wanted) -> Exceptions:
    """What the file says about the days of these years; raises ICalendarError."""
    found = Exceptions()
    for event in happenings(content, wanted.years):
        if why := _reason(event, wanted):
            found.left_out[event.name, why] += 1
        elif event.whole_days:
            _take_days_off(found, event, wanted.years)
        else:
            _take_hours(found, event, wanted)
    return found


def pasted(found: Exceptions) -> str:
    """YAML for a calendar of a regulation; names are comments, and so is what was left out."""
    lines = ["holidays:" if found.holidays else "holidays: []"]
    lines += [f'  - "{day}"  # {_comment(name)}' for day, name in sorted(found.holidays.items())]
    lines += ["days:" if found.days else "days: {}"]
    lines += [f'  "{day}": {_windows(day, found.days)}' for day in sorted(found.days)]
    return "\n".join([*lines, *_told(found.left_out)]) + "\n"


def _reason(event: Happening, wanted: Wanted) -> str:
    """Why an event changes no working time, if so: days that are only observed are worked (zammad#390)."""
    if any(word.startswith(OBSERVED) for word in event.words):
        return "an observance"
    called_off = any(word.startswith(OFF) for word in event.words)
    if event.transparent and not (wanted.transparent or called_off):
        return "marked as free time: --transparent counts it"
    if not event.whole_days and not wanted.hours:
        return "has hours: --hours makes them working time"
    if not event.whole_days and not timedelta() < event.ends - event.begins <= DAY:
        return "lasts longer than a day" if event.ends > event.begins else "has no length"
    return ""


def _take_days_off(found: Exceptions, event: Happening, years: range) -> None:
    for number in range((event.ends - event.begins) // DAY):
        day = event.begins.date() + number * DAY
        if day.year in years:
            known = found.holidays.get(day)
            found.holidays[day] = f"{known}, {event.name}" if known not in (None, event.name) else event.name


def _take_hours(found: Exceptions, event: Happening, wanted: Wanted) -> None:
    begins, ends = (_local(at, ZoneInfo(wanted.timezone)) for at in (event.begins, event.ends))
    midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    window = _clock((begins - midnight) // MINUTE), _clock((ends - midnight) // MINUTE)
    if window[0] == window[1]:
        found.left_out[event.name, "is not a part of one day"] += 1
    elif begins.year in wanted.years:
        found.days.setdefault(begins.date(), []).append((window, event.name))


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return (at.astimezone(zone) if at.tzinfo else at).replace(tzinfo=None)


def _clock(minute: int) -> str:
    """A minute of the day; the next midnight is 24:00, what lies beyond it a time of the next day."""
    shown = minute if minute <= WHOLE_DAY else minute - WHOLE_DAY
    return f"{shown // 60:02}:{shown % 60:02}"


def _windows(day: date, days: Mapping[date, list[tuple[Window, str]]]) -> str:
    windows = sorted({window for window, _ in days[day]})
    names = dict.fromkeys(name for _, name in days[day])
    return f"{json.dumps(windows)}  # {_comment(', '.join(names))}"


def _told(left_out: Counter[tuple[str, str]]) -> Iterator[str]:
    if left_out:
        yield "# Left out:"
    for (name, why), times in sorted(left_out.items()):
        yield f"#   {_comment(name)}: {why}" + (f", {times} times" if times > 1 else "")


def _comment(text: str) -> str:
    """One line that YAML reads over, whatever the file calls its events."""
    return "".join(letter for letter in text if letter.isprintable())
