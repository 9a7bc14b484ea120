"""Which plan every ticket gets and how long its targets really are, for comparing them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import NamedTuple

from regulation.calendar import WEEKDAYS, Calendar, Windows
from regulation.document import Regulation
from regulation.duration import Target
from regulation.plan import Plan
from regulation.term import Title

WEEK = timedelta(days=7)
WHOLE_DAY = timedelta(days=1)


class Promise(NamedTuple):
    """What a plan's column limits: a stage or a metric."""

    column: str
    title: Title
    is_stage: bool


def promises(regulation: Regulation) -> list[Promise]:
    """Everything that a plan may limit."""
    stages = [Promise(each.target, each.title, is_stage=True) for each in regulation.stages if each.target]
    return stages + [Promise(each.target, each.title, is_stage=False) for each in regulation.metrics]


def ways_in(regulation: Regulation) -> list[tuple[str, str]]:
    """Channels and services between which the rules tell; empty for all others."""
    rules = regulation.plan_rules
    directions = {each for rule in rules for each in rule.directions}
    named = {each for rule in rules for each in rule.channels}
    channels = [each.id for each in regulation.channels if each.id in named or each.direction in directions]
    services = [each.id for each in regulation.services if any(each.id in rule.services for rule in rules)]
    return list(product(["", *channels], ["", *services]))


def plans_in_use(regulation: Regulation) -> Iterator[tuple[str, Plan]]:
    """Every priority with a plan that it can lead to."""
    cells = product(regulation.categories, regulation.priorities, ways_in(regulation))
    yield from ((at.id, regulation.plan_for(about.id, at.id, *way)) for about, at, way in cells)


def length(windows: Windows) -> timedelta:
    """The working time of one day's windows."""
    return sum((_between(*window) for window in windows), timedelta())


def days(calendar: Calendar) -> dict[str, timedelta]:
    """The working time of every weekday that has some."""
    return {day: length(calendar.hours.get(day, ())) for day in WEEKDAYS if calendar.hours.get(day)}


def week(calendar: Calendar) -> timedelta:
    """The working time of a week without holidays."""
    return sum(days(calendar).values(), timedelta())


def is_round_the_clock(calendar: Calendar) -> bool:
    """Whether it never closes."""
    return week(calendar) >= WEEK and not calendar.holidays and not calendar.days and not calendar.production_calendar


def elapsed(target: Target, calendar: Calendar) -> timedelta:
    """How long a target is on the wall clock, on average: 8 hours of 8/5 are longer than 8 hours of 24/7."""
    if target.in_days:
        return WEEK * target.value / max(len(days(calendar)), 1)
    return WEEK * (target.work() / max(week(calendar), timedelta(minutes=1)))


def _between(opens: str, closes: str) -> timedelta:
    start, end = (timedelta(hours=int(time[:2]), minutes=int(time[3:])) for time in (opens, closes))
    return end - start if end > start else end - start + WHOLE_DAY
