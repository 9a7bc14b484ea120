"""What a change of regulation does to tickets: whose targets become other ones."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import msgspec

from regulation.diff.change import Direction, compared
from regulation.document import Regulation
from regulation.lint.promises import Promise, promises, ways_in
from regulation.plan import Plan


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stage's or metric's target that changes for some tickets, `category × priority`, of a channel if it matters."""

    column: str
    before: str
    after: str
    direction: Direction
    tickets: tuple[str, ...]


Case = tuple[str, str, str, Direction]


def effects(before: Regulation, after: Regulation) -> Iterator[Effect]:
    """Every target that tickets known to both regulations would get otherwise."""
    found: dict[Case, dict[str, None]] = defaultdict(dict)
    for ticket, plans in _tickets(before, after):
        for promise in _both(before, after):
            if case := _changed(before, after, plans, promise):
                found[case][ticket] = None
    for (column, was, becomes, direction), tickets in found.items():
        yield Effect(column=column, before=was, after=becomes, direction=direction, tickets=tuple(tickets))


def _tickets(before: Regulation, after: Regulation) -> Iterator[tuple[str, tuple[Plan, Plan]]]:
    categories, priorities = (
        [each.id for each in getattr(before, key) if each.id in {other.id for other in getattr(after, key)}]
        for key in ("categories", "priorities")
    )
    for category, priority in product(categories, priorities):
        usual = _plans(before, after, (category, priority, "", ""))
        yield f"{category} × {priority}", usual
        for channel, service in _ways(before, after):
            plans = _plans(before, after, (category, priority, channel, service))
            if [plan.id for plan in plans] != [plan.id for plan in usual]:
                yield f"{category} × {priority} ({', '.join(filter(None, (channel, service)))})", plans


def _plans(before: Regulation, after: Regulation, ticket: tuple[str, str, str, str]) -> tuple[Plan, Plan]:
    return before.plan_for(*ticket), after.plan_for(*ticket)


def _ways(before: Regulation, after: Regulation) -> Iterator[tuple[str, str]]:
    channels, services = (
        {each.id for each in getattr(before, key)} & {each.id for each in getattr(after, key)}
        for key in ("channels", "services")
    )
    for channel, service in dict.fromkeys([*ways_in(before), *ways_in(after)]):
        if (channel or service) and channel in {"", *channels} and service in {"", *services}:
            yield channel, service


def _both(before: Regulation, after: Regulation) -> list[Promise]:
    return list({promise.column: promise for promise in (*promises(before), *promises(after))}.values())


def _changed(before: Regulation, after: Regulation, plans: tuple[Plan, Plan], promise: Promise) -> Case | None:
    column = promise.column
    was, becomes = (plan.targets.get(column, "—") for plan in plans)
    direction = compared(before, after, (plans[0].id, plans[1].id), column)
    if was == becomes:
        terms = list(_meant_otherwise(plans, column, direction))
        if not terms:
            return None  # that a calendar's own hours change is said once, of the calendar
        was, becomes = (f"{was} ({', '.join(getattr(plan, term) for term in terms)})" for plan in plans)
    return column, was, becomes, direction


def _meant_otherwise(plans: tuple[Plan, Plan], column: str, direction: Direction) -> Iterator[str]:
    """What of two plans gives the same words another meaning."""
    old, new = plans
    if direction and old.calendar != new.calendar:
        yield "calendar"
    if _days(old, column) != _days(new, column):
        yield from (term for term in ("business_day", "day_mode") if getattr(old, term) != getattr(new, term))


def _days(plan: Plan, column: str) -> tuple[timedelta, bool] | None:
    """What a target is worth, and whether its days are dates (A-1)."""
    target = plan.target(column)
    return (target.work(), target.in_days) if target else None
