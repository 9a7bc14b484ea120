"""Which versions of the regulations are in force (R0-38, D2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from regulation.document import Regulation

M = TypeVar("M", datetime, int)
"""A moment, as a time or in seconds."""


def in_force(begins: Iterable[tuple[M, Regulation]], at: M) -> dict[str, Regulation]:
    """By name the version that came into force last by then; of two that did so together, the one named later."""
    came = sorted((one for one in begins if one[0] <= at), key=lambda one: one[0])
    return {each.name: each for _, each in came}
