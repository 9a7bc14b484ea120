"""The one module that knows the eventsourcing library: verbs decide, participles marked `@event` evolve."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

import msgspec
from contracts import Event as Said
from contracts import Recorded
from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, MetaDomainEvent, event
from eventsourcing.utils import get_topic, resolve_topic

__all__ = ["Aggregate", "Decided", "event"]

_evolving: dict[type, dict[type[Said], type[Any]]] = defaultdict(dict)  # filled once, as classes are made


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a verb decided on, at the version it will have in its stream."""

    stream: str
    version: int
    event: Said


class Aggregate(BaseAggregate[str]):
    """One thing with a life: events in, events out. Verbs may refuse, participles never do."""

    @dataclass(frozen=True, kw_only=True)
    class Event(CanMutateAggregate[str], metaclass=MetaDomainEvent):
        """Place and payload, as the library wants them together."""

        originator_id: str
        originator_version: int
        timestamp: datetime
        said: Said

    class Opening(Event, CanInitAggregate[str]):
        """The first event of a stream; every aggregate begins with its stream's name and what was said."""

        originator_topic: str

        def mutate(self, aggregate: Any) -> Any:  # noqa: ANN401  # the library's own signature
            """Begin as the library does, which looks up each time which of the event's fields a beginning takes."""
            assert aggregate is None
            kind = resolve_topic(self.originator_topic)
            begun = kind.__new__(kind)
            begun.__base_init__(self.originator_id, self.originator_version, self.timestamp)
            begun.__init__(self.originator_id, self.said)
            return begun

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # the library's own signature
        super().__init_subclass__(**kwargs)
        # A life may be told in several chapters, one class each, the last of which is the aggregate.
        for chapter in (each for each in reversed(cls.__mro__) if issubclass(each, Aggregate)):
            for kind in vars(chapter).values():
                mine = chapter is not Aggregate and isinstance(kind, type) and issubclass(kind, Aggregate.Event)
                if mine and (name := kind.__annotations__.get("said")):
                    _evolving[cls][getattr(sys.modules[chapter.__module__], name)] = kind

    @classmethod
    def _create(cls, event_class: type[Any], *, id: str | None = None, **kwargs: Any) -> Self:  # noqa: A002, ANN401
        said: Said = kwargs["said"]
        opening = event_class(
            originator_id=id,
            originator_version=cls.INITIAL_VERSION,
            originator_topic=get_topic(cls),
            timestamp=said.at,
            said=said,
        )
        begun: Self = opening.mutate(None)
        begun.pending_events.append(opening)
        return begun

    @classmethod
    def begin(cls, stream: str, said: Said) -> Self:
        """A new aggregate, which this event opens."""
        return cls._create(_evolving[cls][type(said)], id=stream, said=said)

    def trigger_event(self, event_class: type[CanMutateAggregate[str]], **kwargs: Any) -> None:  # noqa: ANN401
        """Evolve by one event and keep it as new."""
        super().trigger_event(event_class, timestamp=kwargs["said"].at, **kwargs)

    def new_events(self) -> list[Decided]:
        """What was decided since loading; the caller appends it."""
        pending = cast("Iterable[Aggregate.Event]", self.collect_events())
        return [Decided(stream=e.originator_id, version=e.originator_version, event=e.said) for e in pending]

    @classmethod
    def replay(cls, history: Iterable[Recorded[Said]]) -> Self | None:
        """The aggregate these events make, or None if there are none; events it does not know leave it as it is."""
        state: Self | None = None
        for each in history:
            if kind := _evolving[cls].get(type(each.data)):
                state = cls._evolved(state, kind, each)
        return state

    @classmethod
    def _evolved(cls, state: Self | None, kind: type[Any], each: Recorded[Said]) -> Self | None:
        place = {"originator_id": each.stream, "originator_version": each.version}
        topic = {"originator_topic": get_topic(cls)} if state is None else {}
        evolved: Self | None = kind(**place, **topic, timestamp=each.data.at, said=each.data).mutate(state)
        return evolved
