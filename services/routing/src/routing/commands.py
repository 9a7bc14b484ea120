"""What people's commands have in common: who said it, and streams that begin with the command."""

from collections.abc import Callable
from typing import Generic

import uuid_utils
from contracts import Meta
from eventlog.change import A, By, change, numbered
from eventlog.errors import ConflictError, UnknownStreamError
from eventlog.store import EventLog
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from servicekit.auth import Actor


def said_by(actor: Actor) -> By:
    """A command of this person, in the trace of the request that carries it."""
    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    meta = Meta(
        actor=f"{actor.role}:{actor.name}",
        correlation=str(uuid_utils.uuid7()),
        traceparent=carrier.get("traceparent", ""),
    )
    return By(meta)


class Command(Generic[A]):
    """What a person wants of a thing that may not have been recorded yet: begin it, or let the verb decide on it."""

    def __init__(self, kind: type[A], stream: str, begin: Callable[[], A | None], verb: Callable[[A], None]) -> None:
        self._kind = kind
        self._stream = stream
        self._begin = begin
        self._verb = verb

    async def carry_out(self, log: EventLog, by: By) -> int:
        """The position the log reached by it; 0 when there was nothing to begin."""
        try:
            return await self._change(log, by)
        except UnknownStreamError:
            begun = self._begin()
        if begun is None:
            return 0
        try:
            return (await log.append(numbered(begun.new_events(), by))).last
        except ConflictError:
            return await self._change(log, by)

    async def _change(self, log: EventLog, by: By) -> int:
        return (await change(log, self._kind, self._stream, self._verb, by)).position
