"""A calendar: when work is done, as it is written down (design.md §5, requirements.md §1.8)."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from regulation.localtime import DAY, instant, steady_midnight
from regulation.production import ProductionCalendar, production_calendar, supplements
from regulation.timeline import Stretch, Timelines

SHORTER_BY = 60
WHOLE_DAY = 24 * 60

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TimeOfDay = Annotated[
    str,
    msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", description='a time like "09:00" or "24:00"'),
]
Window = tuple[TimeOfDay, TimeOfDay]
Windows = Annotated[tuple[Window, ...], msgspec.Meta(max_length=12, description="when it is open, at most 12 windows")]


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """Opening hours of one time zone; a decoded value is valid, and equal to any other of the same definition.

    A window that does not end later than it opens crosses midnight and belongs to the day on which it opens.
    `days` overrides single dates and wins over holidays and the production calendar.
    """

    timezone: str
    hours: dict[Weekday, Windows]
    holidays: frozenset[date] = frozenset()
    days: dict[date, Windows] = msgspec.field(default_factory=dict)
    production_calendar: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no clock could run on; ValueError says what to write instead."""
        check_timezone(self.timezone)
        for written in (*self.hours.items(), *self.days.items()):
            _check_windows(*written)
        if self.production_calendar:
            _check_country(self.production_calendar)

    def __hash__(self) -> int:
        return hash((self.timezone, self.holidays, *self.hours.values(), *self.days))

    def windows(self, day: date) -> Windows:
        """What opens on this local date, as it is written."""
        if day in self.days:
            return self.days[day]
        if day in self.holidays:
            return ()
        return self._ordinary(day) if self._production is None else self._official(day, self._production)

    @cached_property
    def timelines(self) -> Timelines:
        """The same as instants: computed when first asked, a year at a time."""
        return Timelines(self._year)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def _production(self) -> ProductionCalendar | None:
        return production_calendar(self.production_calendar) if self.production_calendar else None

    def _ordinary(self, day: date) -> Windows:
        return self.hours.get(_name(day), ())

    def _official(self, day: date, official: ProductionCalendar) -> Windows:
        if official.is_off(day):
            return ()
        windows = self._ordinary(day)
        if not windows and official.is_working_weekend(day):
            windows = self._last_weekday(day)
        return _shortened(windows) if official.is_shortened(day) else windows

    def _last_weekday(self, day: date) -> Windows:
        """A working Saturday without hours of its own is worked like the nearest earlier day that has some."""
        earlier = (self._ordinary(day - back * DAY) for back in range(1, 7))
        return next((windows for windows in earlier if windows), ())

    def _year(self, year: int) -> Iterator[Stretch]:
        first = date(year, 1, 1)
        for number in range((date(year + 1, 1, 1) - first).days):
            yield from self.opening(first + number * DAY)

    def opening(self, day: date) -> Iterator[Stretch]:
        """The windows that open on a local date, as instants."""
        midnight = steady_midnight(self.zone, day)
        for opens, closes in map(_minutes, self.windows(day)):
            if midnight is None:
                yield instant(self.zone, day, opens), instant(self.zone, day, closes)
            else:
                yield midnight + opens * 60, midnight + closes * 60


class CalendarError(ValueError):
    """An inline calendar that cannot be used; the message says where and what to write."""


def parse_calendar(inline: object) -> Calendar:
    """The calendar of an inline definition decoded from JSON (design.md §5); CalendarError for anything else."""
    try:
        return msgspec.convert(inline, Calendar)
    except msgspec.ValidationError as error:
        raise CalendarError(str(error)) from error


def check_timezone(name: str) -> None:
    """Refuse a zone that nobody knows, with ValueError."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"timezone: write an IANA name like Europe/Moscow, not {name!r}") from error


def _check_country(country: str) -> None:
    """Also loads the country, which takes half a second the first time: better here than at a deadline."""
    try:
        production_calendar(country)
    except KeyError as error:
        known = ", ".join(supplements())
        raise ValueError(f"production_calendar: write one of {known}, not {country!r}") from error


def _check_windows(day: str | date, windows: Windows) -> None:
    for opens, closes in windows:
        if opens in (closes, "24:00"):
            raise ValueError(
                f'{day}: ["{opens}","{closes}"] never opens; write ["00:00","24:00"] for a whole day, [] for none'
            )


def _name(day: date) -> Weekday:
    return WEEKDAYS[day.weekday()]


@lru_cache(maxsize=4096)
def _minutes(window: Window) -> tuple[int, int]:
    """Opening and closing in minutes from the midnight that begins the day."""
    opens, closes = (int(time[:2]) * 60 + int(time[3:]) for time in window)
    return opens, closes if closes > opens else closes + WHOLE_DAY


def _shortened(windows: Windows) -> Windows:
    """The same day without its last hour of work."""
    left, kept = SHORTER_BY, list(windows)
    while kept and left:
        opens, closes = _minutes(kept.pop())
        cut = min(left, closes - opens)
        left -= cut
        if closes - cut > opens:
            kept.append((_time(opens), _time((closes - cut) % WHOLE_DAY)))
    return tuple(kept)


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
