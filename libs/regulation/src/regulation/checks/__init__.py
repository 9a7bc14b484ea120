"""Whether the parts of a document fit together, asked of its plain values so that everything wrong is said at once."""

from collections.abc import Callable, Iterator

from regulation.checks.calendars import calendars
from regulation.checks.cells import cells
from regulation.checks.lengths import lengths
from regulation.checks.names import names
from regulation.checks.order import order
from regulation.checks.references import references
from regulation.checks.stages import stages
from regulation.checks.transitions import transitions
from regulation.text import Fault, Plain

Document = dict[str, Plain]
CHECKS: tuple[Callable[[Document], Iterator[Fault]], ...] = (
    names,
    references,
    calendars,
    lengths,
    cells,
    stages,
    transitions,
    order,
)


def misfits(value: Plain) -> Iterator[Fault]:
    """Every name that leads nowhere or is given twice, every missing cell, every rule that contradicts another."""
    if not isinstance(value, dict):
        return
    for check in CHECKS:
        yield from check(value)
