"""Lengths of time as a regulation writes them, "30 мин" or "2 дня" (R1-34)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from regulation.calendar import Calendar
from regulation.workday import due_in_days
from regulation.worktime import Slice, between, due


class Unit(StrEnum):
    """Units of the source, never converted into one another on input."""

    minute = "мин"
    hour = "час"
    day = "день"


class DayMode(StrEnum):
    """What a "день" is (A-1): working hours, or a working day at the same time of the day."""

    hours = "hours"
    d_plus_n = "d_plus_n"


SPELLINGS = {
    Unit.minute: r"мин(?:\.|ут[аы]?)?|m(?:in(?:utes?)?)?",
    Unit.hour: r"ч(?:\.|ас(?:а|ов)?)?|h(?:ours?)?",
    Unit.day: r"д(?:н\.|ень|ня|ней)|d(?:ays?)?",
}
PATTERN = r"^(?P<value>[1-9]\d{0,4}) ?(?:" + "|".join(f"(?P<{u.name}>{s})" for u, s in SPELLINGS.items()) + ")$"
Written = Annotated[
    str, msgspec.Meta(pattern=PATTERN, description='a whole number and мин, час or день, e.g. "30 мин"')
]

NOT_SUPPLIED = "not supplied"
"""Written where the source refers to a number that it does not contain: nothing is promised, and the lint says so."""
Supplied = Annotated[
    str,
    msgspec.Meta(
        pattern=f"(?:{PATTERN})|^{NOT_SUPPLIED}$",
        description=f'a whole number and мин, час or день, e.g. "30 мин", or "{NOT_SUPPLIED}"',
    ),
]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A length of working time as written, with the policy that says what its days are."""

    written: str
    value: int
    unit: Unit
    business_day: timedelta
    day_mode: DayMode

    def work(self) -> timedelta:
        """The working time it is worth when a day is so many working hours; exact unless `day_mode` is `d_plus_n`."""
        unit = {Unit.minute: timedelta(minutes=1), Unit.hour: timedelta(hours=1), Unit.day: self.business_day}
        return self.value * unit[self.unit]

    def due(self, calendar: Calendar, since: datetime, pauses: Sequence[Slice] = ()) -> datetime:
        """When it is over, counted from `since`; raises WorkingTimeError.

        Pauses put off a deadline at the same time of the day by their working time.
        """
        if not self.in_days:
            return due(calendar, since, self.work(), pauses)
        whole = due_in_days(calendar, since, self.value)
        return _put_off(calendar, since, whole, pauses) if pauses else whole

    def budget(self, calendar: Calendar, since: datetime) -> timedelta:
        """The working time it allows from `since` on, in either day mode; raises WorkingTimeError."""
        return between(calendar, since, self.due(calendar, since)) if self.in_days else self.work()

    @property
    def in_days(self) -> bool:
        """Whether its days are dates, so that its working time depends on where it begins (A-1)."""
        return self.unit is Unit.day and self.day_mode is DayMode.d_plus_n


def _put_off(calendar: Calendar, since: datetime, whole: datetime, pauses: Sequence[Slice]) -> datetime:
    """As much work later as was paused; what fell on an opening falls on one again, not on the closing before it."""
    work = between(calendar, since, whole)
    end = due(calendar, since, work, pauses)
    return due(calendar, end, timedelta(), pauses) if due(calendar, since, work) < whole else end


def parse_target(written: str, business_day: str, day_mode: DayMode) -> Target:
    """A target from its text; ValueError when it is none."""
    value, unit = _parse(written)
    hours, per = _parse(business_day)
    if per is Unit.day:
        raise ValueError(f'write a working day in hours, e.g. "8h", not {business_day!r}')
    day = hours * (timedelta(hours=1) if per is Unit.hour else timedelta(minutes=1))
    return Target(written=written, value=value, unit=unit, business_day=day, day_mode=day_mode)


def written_unit(written: str) -> Unit | None:
    """The unit of a length as written, None when it is none."""
    return _parse(written)[1] if re.match(PATTERN, written) else None


def _parse(written: str) -> tuple[int, Unit]:
    found = re.match(PATTERN, written)
    if found is None:
        raise ValueError(f'write a whole number and мин, час or день, e.g. "30 мин", not {written!r}')
    unit = next(unit for unit in Unit if found[unit.name])
    return int(found["value"]), unit
