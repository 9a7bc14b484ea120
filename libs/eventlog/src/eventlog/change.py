"""One command on one aggregate: load, let the verb decide, append; start over when somebody else was first."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

import uuid_utils
from contracts import Event, Meta, Recorded
from contracts.streams import derived_id

from eventlog.aggregate import Aggregate, Decided
from eventlog.errors import ConflictError, UnknownStreamError
from eventlog.store import EventLog, New

A = TypeVar("A", bound=Aggregate)
T = TypeVar("T")

ATTEMPTS = 5


class Changed(NamedTuple, Generic[A]):
    """The aggregate as it is now, and the position up to which the log says so (0: nothing was decided)."""

    aggregate: A
    position: int


class UsedCauseError(ValueError):
    """Something else was recorded under this cause: only the very same command may come again under it."""


class By(NamedTuple):
    """Who wants a change: the meta of what will be recorded and, for repeatable commands, the id they follow from.

    A command that comes again under its cause comes with the same correlation; by another one it is another command.
    """

    meta: Meta
    cause: str = ""


async def change(log: EventLog, kind: type[A], stream: str, verb: Callable[[A], None], by: By) -> Changed[A]:
    """Let `verb` decide on the stream's aggregate and record what it decided.

    With a cause the new events' ids follow from it, so that the same command twice is recorded once (I6): the second
    time it decides nothing, and the aggregate is what it has become since. Raises UnknownStreamError where nothing is
    recorded, UsedCauseError, ConflictError after five lost races, and what the verb raises.
    """

    async def attempt() -> Changed[A]:
        changed, new = await decided(log, kind, stream, verb, by)
        return changed._replace(position=await landed(log, new, by)) if new else changed

    return await repeated(attempt)


async def landed(log: EventLog, new: Sequence[New], by: By) -> int:
    """Record these and give the last one's position; raises ConflictError where the same command was first."""
    appended = await log.append(new)
    if appended.known and by.cause:
        raise ConflictError(new[0].stream, new[0].version - 1, new[0].version)
    return appended.last


async def repeated(attempt: Callable[[], Awaitable[T]]) -> T:
    """Start over, from reading on, when somebody else was first; raises ConflictError after five lost races."""
    for _ in range(ATTEMPTS - 1):
        with suppress(ConflictError):
            return await attempt()
    return await attempt()


async def decided(
    log: EventLog, kind: type[A], stream: str, verb: Callable[[A], None], by: By
) -> tuple[Changed[A], list[New]]:
    """What `verb` decides on the stream's aggregate as it is now, not yet recorded; nothing where `by` was here before.

    Raises UnknownStreamError, UsedCauseError.
    """
    history = await log.read(stream)
    aggregate = kind.replay(history)
    if aggregate is None:
        raise UnknownStreamError(stream)
    if not done_before(history, by):
        verb(aggregate)
    return Changed(aggregate, history[-1].position), numbered(aggregate.new_events(), by)


def done_before(history: Sequence[Recorded[Event]], by: By) -> bool:
    """Whether this command has changed the stream already; UsedCauseError where another one has, under its cause."""
    first = derived_id(by.cause, history[0].stream) if by.cause else ""
    found = next((each for each in history if each.id == first), None)
    if found and found.meta.correlation != by.meta.correlation:
        raise UsedCauseError(by.cause)
    return found is not None


def numbered(decisions: Sequence[Decided], by: By) -> list[New]:
    """These decisions as new events; ids follow from the cause, or are UUIDv7 where there is none."""
    return [
        New(id=_id(by.cause, each, n), stream=each.stream, version=each.version, event=each.event, meta=by.meta)
        for n, each in enumerate(decisions)
    ]


def _id(cause: str, decided: Decided, n: int) -> str:
    return derived_id(cause, decided.stream, n) if cause else str(uuid_utils.uuid7())
