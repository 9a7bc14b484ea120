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
SCALE = ("1", "5")
"""The one scale by which ratings are taken and reckoned so far (A-24)."""
OTHER_SCALE = Title(
    ru="пока оценки собираются только от 1 до 5: напишите lowest: 1, highest: 5",
    en="ratings are taken from 1 to 5 only so far: write lowest: 1, highest: 5",
)
AT_LEAST_ONE = Title(ru="опишите хотя бы один: регламенту без них нечего обещать", en="describe at least one")
NEVER_EMPTY = ("ticket_types", "categories", "priorities")


def lengths(document: Document) -> Iterator[Fault]:
    """A working day in days, a rating scale that nobody could rate by, a list that must have something in it."""
    for pattern in BUSINESS_DAYS:
        yield from (Fault(path, IN_HOURS) for path, written in walk(document, pattern) if _in_days(written))
    if isinstance(csi := document.get("csi"), dict):
        ends = zip(("lowest", "highest"), SCALE, strict=True)
        yield from (Fault(("csi", key), OTHER_SCALE) for key, only in ends if csi.get(key, only) != only)
    yield from (Fault((key,), AT_LEAST_ONE) for key in NEVER_EMPTY if document.get(key) == [])


def _in_days(written: str) -> bool:
    return written_unit(written) is Unit.day
