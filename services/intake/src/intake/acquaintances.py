"""Requesters who wrote lately, at hand so that their next message needs no look-up."""

import asyncio
from collections import OrderedDict
from weakref import WeakValueDictionary

from intake.domain.requester import Requester

KEPT = 10_000


class Acquaintances:
    """The latest requesters as the log had them; an old picture is harmless, since appends check versions."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Requester] = OrderedDict()
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def get(self, requester: str) -> Requester | None:
        """The requester to look at; `fork` it to decide with."""
        found = self._known.get(requester)
        if found is not None:
            self._known.move_to_end(requester)
        return found

    def keep(self, requester: str, known: Requester) -> None:
        """Remember how a requester stands in the log."""
        self._known[requester] = known
        self._known.move_to_end(requester)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)

    def forget(self, requester: str) -> None:
        """Drop a picture that proved wrong."""
        self._known.pop(requester, None)

    def queue(self, requester: str) -> asyncio.Lock:
        """Where messages of one requester that met each other line up."""
        queue = self._queues.get(requester)
        if queue is None:
            queue = self._queues[requester] = asyncio.Lock()
        return queue
