"""How far the alerts are, in a small file: JetStream's own memory is lost together with JetStream's directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from reglament.credentials import write_private


class TakenError(Exception):
    """Another process holds this bookmark."""


class Mark(msgspec.Struct, frozen=True):
    """Everything up to `position` is done but for what is `open`: positions of the log."""

    position: int
    open: tuple[int, ...] = ()


class Bookmark:
    """Which positions are done: begun ones are on disk before the work, finished ones before they are acknowledged."""

    def __init__(self, file: Path) -> None:
        self._file = file
        found = msgspec.json.decode(file.read_bytes(), type=Mark) if file.exists() else None
        self.begun = found is not None
        self._position = found.position if found else 0
        self._open = set(found.open) if found else set()
        self._taken: set[int] = set()

    def begin(self, position: int) -> None:
        """Everything up to this position is of no interest."""
        self._position, self.begun = position, True
        self._write()

    def is_done(self, position: int) -> bool:
        """Whether this position needs no more work."""
        return position <= self._position and position not in self._open

    def take(self, position: int) -> bool:
        """Work on this position begins; says whether for the first time in this process."""
        if position in self._taken:
            return False
        self._taken.add(position)
        self._open.add(position)
        self._position = max(self._position, position)
        self._write()
        return True

    def finish(self, position: int) -> None:
        """This position is done, also after a crash."""
        self._taken.discard(position)
        self._open.discard(position)
        self._write()

    def _write(self) -> None:
        write_private(self._file, msgspec.json.encode(Mark(self._position, tuple(sorted(self._open)))))


@contextmanager
def bookmark_in(file: Path) -> Iterator[Bookmark]:
    """The bookmark, for one process at a time; raises TakenError, and msgspec.DecodeError for a spoilt file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield Bookmark(file)
    except BlockingIOError:
        raise TakenError(f"{file} is in use by another `reglament alerts`: choose another --name.") from None
    finally:
        os.close(lock)
