"""Statements that differ between two regulations."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from regulation.diff.tree import ORDER, Tree, shown, tree
from regulation.document import Regulation
from regulation.lint.promises import elapsed
from regulation.plan import AutoClose, MissedCalls, Reopening

Direction = Literal["shorter", "longer", ""]


SHORT = 60
"""Letters up to which a list is shown whole."""
LENGTHS = ("after", "within", "call_within", "calendar", "business_day", "day_mode")
"""What says how long a rule of the document waits."""


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement: `before` is None for a new one, `after` for one that is gone; lengths get shorter or longer."""

    section: str
    place: str
    before: str | None = None
    after: str | None = None
    direction: Direction = ""


def changes(before: Regulation, after: Regulation) -> Iterator[Change]:
    """All of them, section by section in order of the document."""
    old, new = tree(before), tree(after)
    for section in dict.fromkeys([*before.__struct_fields__, *old, *new]):
        for path, was, becomes in _differences(old.get(section), new.get(section), ()):
            yield Change(
                section=section,
                place=".".join(path),
                before=shown(was) if was else None,
                after=shown(becomes) if becomes else None,
                direction=_direction(before, after, (section, *path)),
            )


Difference = tuple[tuple[str, ...], Tree | None, Tree | None]


def _differences(was: Tree | None, becomes: Tree | None, path: tuple[str, ...]) -> Iterator[Difference]:
    if was == becomes:
        return
    if isinstance(was, Mapping) or isinstance(becomes, Mapping):
        yield from _inside(was, becomes, path)
    elif isinstance(was, tuple) and isinstance(becomes, tuple) and _told_apart(was, becomes):
        yield from ((path, each, None) for each in was if each not in becomes)
        yield from ((path, None, each) for each in becomes if each not in was)
    else:
        yield path, was, becomes


def _told_apart(was: tuple[str, ...], becomes: tuple[str, ...]) -> bool:
    """Whether two lists are told item by item."""
    return set(was) != set(becomes) and max(len(shown(was)), len(shown(becomes))) > SHORT


def _inside(was: Tree | None, becomes: Tree | None, path: tuple[str, ...]) -> Iterator[Difference]:
    """What differs inside of a mapping; a term that comes or goes is one difference."""
    if path and not (isinstance(was, Mapping) and isinstance(becomes, Mapping)):
        yield path, was, becomes
        return
    old, new = (each if isinstance(each, Mapping) else {} for each in (was, becomes))
    for key in dict.fromkeys([*old, *new]):
        if key != ORDER or _same_in_other_order(old, new):
            yield from _differences(old.get(key), new.get(key), (*path, key))


def _same_in_other_order(old: Mapping[str, Tree], new: Mapping[str, Tree]) -> bool:
    return set(old) == set(new) and ORDER in old


def _direction(before: Regulation, after: Regulation, path: tuple[str, ...]) -> Direction:
    match path:
        case ("plans", plan, "targets", column):
            return compared(before, after, (plan, plan), column)
        case ("plans", plan, "calendar" | "business_day" | "day_mode"):
            columns = before.plan(plan).targets.keys() & after.plan(plan).targets.keys()
            found = {compared(before, after, (plan, plan), column) for column in columns} - {""}
            return found.pop() if len(found) == 1 else ""
        case ("auto_close" | "reopening" | "missed_calls" as rule, key) if key in LENGTHS:
            old, new = (_lasting(each, rule) for each in (before, after))
            return _which(old, new) if old is not None and new is not None else ""
        case _:
            return ""


def _lasting(regulation: Regulation, name: str) -> timedelta | None:
    """How long a rule of the document waits on the wall clock."""
    rule: AutoClose | Reopening | MissedCalls | None = getattr(regulation, name)
    return elapsed(rule.target, regulation.calendar(rule.calendar)) if rule else None


def compared(before: Regulation, after: Regulation, plans: tuple[str, str], column: str) -> Direction:
    """Which of two plans gives less time on the wall clock, one in each regulation."""
    old, new = before.plan(plans[0]), after.plan(plans[1])
    was, becomes = old.target(column), new.target(column)
    if was is None or becomes is None:
        return ""
    return _which(elapsed(was, before.calendar(old.calendar)), elapsed(becomes, after.calendar(new.calendar)))


def _which(was: timedelta, becomes: timedelta) -> Direction:
    return "" if was == becomes else "shorter" if becomes < was else "longer"
