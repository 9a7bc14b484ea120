"""What a service brings to its follower: a fold, its reactions, its views. All of it pure but for `act`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec
from contracts import Event, Meta, Recorded
from contracts.streams import derived_id

from eventlog.store import NEXT, New
from eventlog.tables import Statement as Statement  # noqa: PLC0414  # whoever brings a reactor brings its views
from eventlog.tables import Views as Views  # noqa: PLC0414

S = TypeVar("S")


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What a reaction answers: an event, or the event that set the timer which now rings."""

    id: str
    correlation: str
    traceparent: str = ""
    channel: str = ""


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """An event that follows from another by the rule `name`; `n` tells several of one rule and cause apart."""

    name: str
    stream: str
    event: Event
    n: int = 0
    regulation: str = ""
    cause: Cause | None = None
    """Set by timers only; a reaction to an event is caused by that event."""


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """A timer that could not be answered: in the place of what would follow, so that the others are (I15)."""

    subject: str
    """What it is about: its ticket, else its stream."""
    cause: Cause
    error: Exception


class Reactor(Protocol, Generic[S]):
    """One service's decisions as a follower runs them.

    `evolve` sees every event of the kinds it hears once, a service's own reactions at the moment they are decided: it
    may use what those say, never their position or time of record. `react` and `ring` read the state and change
    nothing.
    """

    name: str
    code: str
    """Changes whenever stored states must not be used any more; see `eventlog.fingerprint`."""
    views: Views

    @property
    def hears(self) -> Collection[type[Event]] | None:
        """The kinds of events that `evolve` makes anything of, None where it may be any; it is shown no others."""
        ...

    @property
    def urgent(self) -> Collection[type[Event]] | None:
        """The kinds of events that `react` or `act` may answer, or that a door goes by; None where it may be any.

        They are taken in at once, others with them or a moment later; `react` is asked about no others.
        """
        ...

    def fresh(self) -> S:
        """The state before the first event."""
        ...

    def restored(self, snapshot: bytes) -> S:
        """The state as it was stored."""
        ...

    def stored(self, state: S) -> bytes:
        """The state as bytes."""
        ...

    def evolve(self, state: S, event: Recorded[Event]) -> None:
        """Take one event into the state."""
        ...

    def react(self, state: S, event: Recorded[Event]) -> Iterable[Reaction]:
        """What follows from this event, which the state already holds."""
        ...

    def next_ring(self, state: S) -> datetime | None:
        """When the next timer rings (UTC), if any is set."""
        ...

    def ring(self, state: S, now: datetime, limit: int) -> Iterable[Reaction | Unanswered]:
        """What follows from the timers due by `now`, in due order, at most `limit` timers.

        Where a bug keeps one of them from being answered, that is said in its place; raising would stop all of them.
        """
        ...

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """How the rows of the views change by these events, in their order."""
        ...

    async def act(self, event: Recorded[Event]) -> None:
        """Commands on the service's own aggregates that this event demands; repeatable, since it may run twice."""
        ...


def cause_of(event: Recorded[Event]) -> Cause:
    """The event as the cause of what follows from it."""
    meta = event.meta
    correlation = meta.correlation or event.id
    return Cause(id=event.id, correlation=correlation, traceparent=meta.traceparent, channel=meta.channel)


def as_new(reaction: Reaction, cause: Cause, actor: str) -> New:
    """The reaction as a new event: its id follows from its cause, so that it can only be recorded once (I6)."""
    meta = Meta(
        actor=actor,
        correlation=cause.correlation,
        causation=cause.id,
        reaction=reaction.name,
        traceparent=cause.traceparent,
        regulation=reaction.regulation,
        channel=cause.channel,
    )
    event_id = derived_id(cause.id, reaction.name, reaction.n)
    return New(id=event_id, stream=reaction.stream, version=NEXT, event=reaction.event, meta=meta)


def provisional(new: New, at: datetime) -> Recorded[Event]:
    """A reaction as the state sees it before the log has it: without a place of its own."""
    return Recorded(position=0, id=new.id, stream=new.stream, version=0, recorded_at=at, data=new.event, meta=new.meta)
