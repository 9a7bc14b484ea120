"""Official production calendars: transferred days from `holidays`, shortened days from our own data."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Protocol

import holidays
import msgspec
import yaml

WEEKEND = (5, 6)


class Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One year of one country: where it is written and what `holidays` does not know."""

    source: str
    shortened: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    days_off: frozenset[date] = frozenset()


class Official(Protocol):
    """What is asked of the `holidays` package."""

    def __contains__(self, day: date) -> bool: ...

    def is_working_day(self, day: date) -> bool:
        """Whether people work, transfers included."""
        ...


class ProductionCalendar:
    """The official working days of one country."""

    def __init__(self, official: Official, years: Mapping[int, Year]) -> None:
        self._official = official
        self._years = years

    def is_off(self, day: date) -> bool:
        """Whether it is a holiday or a day off moved here."""
        year = self._year(day)
        return day in year.days_off or (day in self._official and day not in year.working)

    def is_working_weekend(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday declared a working day."""
        if day.weekday() not in WEEKEND:
            return False
        return day in self._year(day).working or self._official.is_working_day(day)

    def is_shortened(self, day: date) -> bool:
        """Whether work ends one hour earlier."""
        return day in self._year(day).shortened

    def _year(self, day: date) -> Year:
        return self._years.get(day.year, Year(source=""))


@cache
def supplements() -> Mapping[str, Mapping[int, Year]]:
    """Our own data by country and year."""
    text = (files("regulation") / "production_calendars.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, dict[int, Year]])


@cache
def production_calendar(country: str) -> ProductionCalendar:
    """The production calendar of a country with an entry in our data; KeyError for any other."""
    years = supplements()[country]
    return ProductionCalendar(holidays.country_holidays(country), years)
