"""What people's commands have in common: a stream may begin with one."""

from collections.abc import Callable
from typing import Generic

from eventlog.change import A, By, change, numbered
from eventlog.errors import ConflictError, UnknownStreamError
from eventlog.store import EventLog


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
