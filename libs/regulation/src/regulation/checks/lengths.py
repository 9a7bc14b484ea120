"""Whether lengths of time and scales make sense."""

from collections.abc import Iterator

from regulation.checks.plain import Document, walk
from regulation.duration import Unit, written_unit
from regulation.term import Title
from regulation.text import Fault

BUSINESS_DAYS = (
    *("plans.*.business_day", "auto_close.business_day", "reopening.business_day", "missed_calls.business_day"),
)
IN_HOURS = Title(
    ru='рабочий день пишется в часах или минутах, например "8h"', en='write a working day in hours, e.g. "8h"'
)
SCALE = Title(ru="наибольшая оценка должна быть больше наименьшей", en="the highest rating must be above the lowest")
AT_LEAST_ONE = Title(ru="опишите хотя бы один: регламенту без них нечего обещать", en="describe at least one")
NEVER_EMPTY = ("ticket_types", "categories", "priorities")


def lengths(document: Document) -> Iterator[Fault]:
    """A working day in days, a rating scale upside down, a list that must have something in it."""
    for pattern in BUSINESS_DAYS:
        yield from (Fault(path, IN_HOURS) for path, written in walk(document, pattern) if _in_days(written))
    csi = document.get("csi")
    ends = [csi.get("lowest"), csi.get("highest")] if isinstance(csi, dict) else []
    numbers = [int(end) for end in ends if isinstance(end, str) and end.removeprefix("-").isdecimal()]
    if len(numbers) == len(("lowest", "highest")) and numbers[0] >= numbers[1]:
        yield Fault(("csi", "highest"), SCALE)
    yield from (Fault((key,), AT_LEAST_ONE) for key in NEVER_EMPTY if document.get(key) == [])


def _in_days(written: str) -> bool:
    return written_unit(written) is Unit.day
