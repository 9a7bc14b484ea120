"""A document as a tree whose branches are names: terms by their ids, transitions by their ends, windows as text."""

from collections.abc import Mapping, Sequence

import msgspec

from regulation.calendar import Calendar, Windows
from regulation.document import Regulation
from regulation.stage import Transition
from regulation.term import Term

Tree = str | tuple[str, ...] | Mapping[str, "Tree"]
ORDER = "(order)"
"""The branch that tells in which order terms stand: priorities rise, queues follow the categories."""


class Usual(str):
    """A value that holds where nothing is written; equal to the same value written out."""

    __slots__ = ()


def tree(regulation: Regulation) -> Mapping[str, Tree]:
    """All statements, those that hold by default too."""
    return _fields(regulation)


def shown(value: Tree) -> str:
    """A statement on one line, without what is usual."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(value) or "—"
    inside = {key: each for key, each in value.items() if key not in ("id", ORDER)}
    if set(inside) == {"ru", "en"}:
        return f"«{inside['ru']}» / “{inside['en']}”"
    written = {key: each for key, each in inside.items() if each and not isinstance(each, Usual)}
    return "; ".join(f"{key}: {shown(each)}" for key, each in written.items())


def _fields(value: msgspec.Struct) -> dict[str, Tree]:
    grown: dict[str, Tree] = {}
    for field in msgspec.structs.fields(value):
        each = getattr(value, field.name)
        if each is not None:
            branch = _branch(each)
            grown[field.encode_name] = Usual(branch) if each == field.default and isinstance(branch, str) else branch
    return grown


def _branch(value: object) -> Tree:
    if isinstance(value, Calendar):
        return _calendar(value)
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(key): _branch(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Sequence[object]) -> Tree:
    terms = [each for each in value if isinstance(each, Term)]
    ways = [each for each in value if isinstance(each, Transition)]
    if terms:
        return {**{each.id: _fields(each) for each in terms}, ORDER: tuple(each.id for each in terms)}
    if ways:
        return {f"{each.source} → {each.to}": tuple(each.by) for each in ways}
    return tuple(shown(_branch(each)) for each in value)


def _calendar(value: Calendar) -> Tree:
    """Hours and single days as people read them: 09:00–13:00, 14:00–18:00."""
    read: dict[str, Tree] = {
        "timezone": value.timezone,
        "hours": {day: _windows(windows) for day, windows in value.hours.items()},
        "holidays": tuple(sorted(map(str, value.holidays))),
        "days": {str(day): _windows(windows) for day, windows in value.days.items()},
    }
    return read | ({"production_calendar": value.production_calendar} if value.production_calendar else {})


def _windows(windows: Windows) -> tuple[str, ...]:
    return tuple("–".join(window) for window in windows)
