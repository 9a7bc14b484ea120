"""When an event that repeats begins (RFC 5545): no rule, however it is written, takes long to follow."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrule, rrulestr
from icalendar import TimezoneDaylight, TimezoneStandard

Rule = Any  # Any: the library has no types for what it makes of an RRULE, which is lists of values by their names

DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 0, "YEARLY": 0}
"""What an event may repeat by, and how many days that is, where they are always as many."""
PARTS = frozenset(
    {
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYDAY",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYSETPOS",
    }
)
FIRST, LAST = 1900, 2199
FIRST_OF_ZONES = 1600
MOST_TIMES, MOST_VALUES = 10_000, 53
LAST_SECOND = time(23, 59, 59)
LATER = 7600
"""A rule that finds no day is followed to the year 9999: all are so many years nearer to it, since the calendar is the
same every 400 years."""


def starts(rule: Rule, first: date, since: datetime, until: datetime) -> Iterator[datetime]:
    """Beginnings from `since` to `until` in wall time, `first` among them or not; ValueError says what is wrong."""
    _check(rule)
    if not FIRST <= first.year <= LAST:
        raise ValueError(f"it repeats from its DTSTART on: write one between {FIRST} and {LAST}")
    begins = wall(first) if rule.get("COUNT") else _nearer(rule, wall(first), since)
    last = min([until, *(_until(each, first) for each in rule.get("UNTIL", []))])
    for found in _pattern(rule, begins).xafter(_shifted(since, LATER), inc=True):
        if found > _shifted(last, LATER):
            return
        yield _shifted(found, -LATER)


def check_zone(described: TimezoneStandard | TimezoneDaylight) -> None:
    """Refuse a part of a time zone's description that is no yearly change, with ValueError."""
    found = described.get("RRULE", [])
    for rule in found if isinstance(found, list) else [found]:
        _check(rule)
        if not _is_yearly_change(rule):
            raise ValueError(f"its RRULE {_written(rule)} is no change of the clocks in one month of every year")
        if described.DTSTART.year < FIRST_OF_ZONES:
            raise ValueError(f"it changes the clocks since its DTSTART: write one from {FIRST_OF_ZONES} on")
        _pattern(rule, wall(described.DTSTART))


def _is_yearly_change(rule: Rule) -> bool:
    """Whether it comes once a year or little more often: all changes are looked through for every event."""
    every_year = rule["FREQ"] == ["YEARLY"] and rule.get("INTERVAL", [1]) == [1]
    parts = {name for name in rule if name.startswith("BY")}
    in_a_month = not parts or ("BYMONTH" in parts and parts <= {"BYMONTH", "BYDAY", "BYMONTHDAY"})
    return every_year and in_a_month and len(rule.get("BYMONTH", [])) <= 1


def wall(at: date) -> datetime:
    """The time on the wall where it is so; a date begins at midnight."""
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _check(rule: Rule) -> None:
    if rule.get("FREQ", [""])[0] not in DAYS:
        raise ValueError("its RRULE has to repeat by days, weeks, months or years")
    if strange := sorted(set(rule) - PARTS):
        raise ValueError(f"its RRULE may not say {', '.join(strange)}: write one event for each time of the day")
    for name in ("INTERVAL", "COUNT"):
        if not all(1 <= value <= MOST_TIMES for value in rule.get(name, [])):
            raise ValueError(f"its RRULE {_written(rule)} needs {name} from 1 to {MOST_TIMES}")
    if any(len(values) > MOST_VALUES for values in rule.values()):
        raise ValueError(f"its RRULE has more than {MOST_VALUES} values in one part: write several events")


def _pattern(rule: Rule, begins: datetime) -> rrule:
    """What repeats, LATER and for ever; ValueError where that is never."""
    endless = ";".join(part for part in _written(rule).split(";") if not part.startswith("UNTIL="))
    pattern = rrulestr(endless, dtstart=_shifted(begins, LATER))
    assert isinstance(pattern, rrule), "one rule was given"
    if next(iter(pattern), None) is None:
        raise ValueError(f"its RRULE {_written(rule)} asks for a day that never comes")
    return pattern


def _nearer(rule: Rule, begins: datetime, since: datetime) -> datetime:
    """A beginning in step with the first one, not long before `since`: what lies between need not be counted."""
    step = timedelta(days=DAYS[rule["FREQ"][0]] * rule.get("INTERVAL", [1])[0])
    return begins + max((since - begins) // step - 1, 0) * step if step else begins


def _until(until: date, first: date) -> datetime:
    """The last moment in the event's own wall time; a date counts whole."""
    if not isinstance(until, datetime) or not isinstance(first, datetime):
        return datetime.combine(until, LAST_SECOND)
    return wall(until.astimezone(first.tzinfo) if until.tzinfo and first.tzinfo else until)


def _shifted(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)


def _written(rule: Rule) -> str:
    return str(rule.to_ical().decode())
