"""The log in memory: the same promises as PostgreSQL's, for tests, replays and what-if runs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from contracts import Event, Recorded

from eventlog.appending import StolenIdError
from eventlog.errors import ConflictError
from eventlog.store import NEXT, Appended, Head, New
from eventlog.vault import Vault
from eventlog.wire import line, read_page, stamp, text_of


class MemoryLog:
    """An append-only log that lives as long as its object; `now` is the log's clock."""

    def __init__(self, vault: Vault, now: Callable[[], datetime]) -> None:
        self.vault = vault
        self._now = now
        self._events: list[Recorded[Event]] = []
        self._places: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._keys: dict[str, bytes] = {}

    async def append(self, events: Sequence[New], mint: frozenset[str] = frozenset()) -> Appended:
        """Record all of these or none."""
        sealed = await self.vault.seal(events, mint, self.wrapped_keys)
        if known := [self._events[self._places[new.id]] for new in events if new.id in self._places]:
            return self._known(events, known)
        self._check(events)
        if len({new.id for new in events}) < len(events) or mint & self._keys.keys():
            raise StolenIdError("an id of this request is there twice, or its requester has a key already")
        at = self._moment()
        first = len(self._events) + 1
        for new in sealed.events:
            self._record(new, at)
        self._keys.update(sealed.minted)
        return Appended(first=first, last=len(self._events), known=False, recorded_at=at)

    async def read(self, stream: str, after: int = 0) -> list[Recorded[Event]]:
        """The stream's events beyond version `after`, in order."""
        return [each for each in self._events if each.stream == stream and each.version > after]

    async def page(self, after: int, limit: int) -> list[Recorded[Event]]:
        """Up to `limit` events beyond position `after`."""
        return self._events[after : after + limit]

    async def head(self) -> Head:
        """The end of the log as of now."""
        return Head(position=len(self._events), at=self._moment())

    async def opened(self, events: Sequence[Recorded[Event]]) -> list[Recorded[Event]]:
        """The same events with their personal fields readable."""
        return await self.vault.open(events, self.wrapped_keys)

    async def wrapped_keys(self, subjects: Sequence[str]) -> Mapping[str, bytes]:
        """The stored keys of these subjects, wrapped."""
        return {subject: self._keys[subject] for subject in subjects if subject in self._keys}

    def _moment(self) -> datetime:
        return max([self._now(), *(each.recorded_at for each in self._events[-1:])])

    def _known(self, events: Sequence[New], known: Sequence[Recorded[Event]]) -> Appended:
        streams = {new.id: new.stream for new in events}
        if any(streams[each.id] != each.stream for each in known):
            raise StolenIdError(f"an id of {events[0].stream} is taken elsewhere")
        positions = [each.position for each in known]
        if len(known) < len(events) or max(positions) - min(positions) + 1 != len(events):
            stream = min(each.stream for each in known)
            raise ConflictError(stream, known[0].version - 1, max(each.version for each in known))
        return Appended(first=min(positions), last=max(positions), known=True, recorded_at=known[0].recorded_at)

    def _check(self, events: Sequence[New]) -> None:
        asked: dict[str, list[int]] = {}
        for new in events:
            asked.setdefault(new.stream, []).append(new.version)
        for stream, versions in sorted(asked.items()):
            current = self._versions.get(stream, 0)
            wanted = current + 1, current + len(versions)
            if max(versions) > NEXT and (min(versions), max(versions)) != wanted:
                raise ConflictError(stream, min(versions) - 1, current)

    def _record(self, new: New, at: datetime) -> None:
        position = len(self._events) + 1
        version = self._versions.get(new.stream, 0) + 1
        written = line(position, new, version, stamp(at), text_of(new))
        self._events += read_page(f"[{written}]")
        self._places[new.id] = position - 1
        self._versions[new.stream] = version
