"""Whether calendars have working time, days as long as the plans count them, and data for the years to come."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from regulation.document import Regulation
from regulation.duration import DayMode, Target, Unit, parse_target
from regulation.lint.finding import Finding, Severity, quoted
from regulation.lint.promises import days
from regulation.plan import AutoClose, MissedCalls, Reopening
from regulation.production import supplements
from regulation.term import Title

AHEAD = timedelta(days=60)
"""How long before a year begins its official calendar should be known: it comes by a decree each autumn."""
HOUR = timedelta(hours=1)
DAYS = {"mon": "пн", "tue": "вт", "wed": "ср", "thu": "чт", "fri": "пт", "sat": "сб", "sun": "вс"}


def without_working_time(regulation: Regulation) -> Iterator[Finding]:
    """Calendars that never open: no clock could ever end."""
    for name, calendar in regulation.calendars.items():
        if not days(calendar) and not any(calendar.days.values()):
            said = Title(ru=f"в календаре {name} нет рабочего времени", en=f"the calendar {name} has no working time")
            place = f"calendars.{name}.hours"
            yield Finding(
                code="no-working-time", severity=Severity.error, place=place, message=said, requirements=("D8",)
            )


class Days(NamedTuple):
    """Something that promises days of working hours: a plan, or a rule of the document."""

    title: Title
    calendar: str
    business_day: str


def other_days(regulation: Regulation) -> Iterator[Finding]:
    """Calendars whose working days are not as long as the `business_day` of what promises days in them (A-2)."""
    found: dict[tuple[str, str], list[Title]] = defaultdict(list)
    for each in _days(regulation):
        found[each.calendar, each.business_day].append(each.title)
    for (name, written), titles in found.items():
        day = parse_target(written, written, DayMode.hours).work()
        other = {each: worked for each, worked in days(regulation.calendar(name)).items() if worked != day}
        if other:
            yield _other_day(name, written, other, titles)


def _days(regulation: Regulation) -> Iterator[Days]:
    for plan in regulation.plans:
        if any(_in_hours(target) for target in map(plan.target, plan.targets) if target):
            yield Days(plan.title, plan.calendar, plan.business_day)
    for name in ("auto_close", "reopening", "missed_calls"):
        rule: AutoClose | Reopening | MissedCalls | None = getattr(regulation, name)
        if rule and _in_hours(rule.target):
            yield Days(Title(ru=name, en=name), rule.calendar, rule.business_day)


def _in_hours(target: Target) -> bool:
    return target.unit is Unit.day and target.day_mode is DayMode.hours


def _other_day(name: str, written: str, other: dict[str, timedelta], titles: list[Title]) -> Finding:
    many = quoted(titles)
    ru = ", ".join(f"{DAYS[day]} {worked / HOUR:g} ч" for day, worked in other.items())
    en = ", ".join(f"{day} {worked / HOUR:g} h" for day, worked in other.items())
    return Finding(
        code="day-of-another-length",
        severity=Severity.warning,
        place=f"calendars.{name}.hours",
        message=Title(
            ru=f"день в сроках равен {written}, а в календаре {name} рабочий день другой: {ru}; сроки: {many.ru}",
            en=f"a day of the targets is {written}, the calendar {name} has others: {en}; promised by {many.en}",
        ),
        requirements=("A-1", "A-2"),
    )


def without_official_days(regulation: Regulation, on: date | None) -> Iterator[Finding]:
    """Production calendars without data for this year, or for the next one shortly before it begins (X-05)."""
    used = {each.production_calendar: name for name, each in regulation.calendars.items() if each.production_calendar}
    for country, name in used.items():
        for year in sorted({on.year, (on + AHEAD).year}) if on else ():
            if year not in supplements()[country]:
                ru = f"производственный календарь {country} на {year} год не внесён: переносы и короткие дни неизвестны"
                en = f"the production calendar {country} has no data for {year}: moved and short days are not known"
                place, said = f"calendars.{name}.production_calendar", Title(ru=ru, en=en)
                yield Finding(
                    code="year-not-known", severity=Severity.note, place=place, message=said, requirements=("X-05",)
                )
