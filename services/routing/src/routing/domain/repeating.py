"""Aggregates whose first event may be said again: an agent registered twice, a ticket assigned twice."""

from __future__ import annotations

from typing import Any, Self

from contracts import Event as Said
from contracts import Recorded
from eventlog.aggregate import Aggregate


class Repeating(Aggregate):
    """Tells the first saying of an event, which makes the aggregate, from a later one, which a participle takes."""

    @classmethod
    def _evolved(cls, state: Self | None, kind: type[Any], each: Recorded[Said]) -> Self | None:
        return super()._evolved(state, _kind(cls, type(each.data).__name__, state is None) or kind, each)


def _kind(cls: type[Aggregate], said: str, first: bool) -> type[Any] | None:
    kinds = (kind for kind in vars(cls).values() if isinstance(kind, type) and issubclass(kind, Aggregate.Event))
    mine = (kind for kind in kinds if kind.__annotations__.get("said") == said)
    return next((kind for kind in mine if issubclass(kind, Aggregate.Opening) is first), None)
