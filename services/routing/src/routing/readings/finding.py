"""What a file of shifts says, and what is wrong with it."""

from typing import NamedTuple

from routing.domain.roster import Shift

MOST = 5_000
"""Rows and shifts that a file may have."""


class Fault(NamedTuple):
    """Something wrong in a row (a line of the file, or an event, counted from 1), and what belongs there."""

    row: int
    detail: str
    column: str = ""


class Finding(NamedTuple):
    """The shifts of a file, what is wrong with it, and what was left out on purpose with the reason."""

    shifts: frozenset[Shift] = frozenset()
    faults: tuple[Fault, ...] = ()
    left_out: tuple[str, ...] = ()
