"""The mails caught, newest last; bounded in number and in bytes, on disk where a directory is given."""

from collections import deque
from datetime import datetime
from functools import cached_property
from pathlib import Path

from msgspec import Struct
from msgspec.json import decode, encode

from reglament.doubles.mail.reading import read

MOST = 1000
MOST_BYTES = 256 * 1024 * 1024


class Headline(Struct, frozen=True):
    """What a list shows of a mail: its subject and its first words."""

    subject: str
    start: str


class Caught(Struct, frozen=True, dict=True):
    """One mail as it came over the wire."""

    id: int
    at: datetime
    sender: str
    to: tuple[str, ...]
    raw: bytes

    @cached_property
    def headline(self) -> Headline:
        """Read when somebody looks, and once: catching must cost the senders little."""
        mail = read(self.raw)
        return Headline(mail.subject, mail.start())


class Mailbox:
    """Keeps the last 1,000 mails, at most 256 MiB together."""

    def __init__(self, folder: Path | None = None, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        self._mails: deque[Caught] = deque()
        self._bytes = 0
        self._last = 0
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            self._load(folder)

    def add(self, at: datetime, sender: str, to: tuple[str, ...], raw: bytes) -> Caught:
        """Keep one mail, dropping the oldest where there is no room."""
        caught = Caught(self._last + 1, at, sender, to, raw)
        if self._folder:
            path(self._folder, caught.id).write_bytes(encode(caught))
        self._keep(caught)
        return caught

    def newest(self, to: str = "") -> list[Caught]:
        """The mails, newest first; with `to` only those whose envelope names exactly that address."""
        wanted = to.strip().lower()
        return [m for m in reversed(self._mails) if not wanted or wanted in (a.lower() for a in m.to)]

    def find(self, number: int) -> Caught | None:
        """One mail, or None if it is not here any more."""
        return next((m for m in self._mails if m.id == number), None)

    def clear(self) -> int:
        """Forget all mails; how many they were."""
        gone = len(self._mails)
        while self._mails:
            self._drop()
        return gone

    def _keep(self, caught: Caught) -> None:
        self._mails.append(caught)
        self._last = caught.id
        self._bytes += len(caught.raw)
        while len(self._mails) > self._most or self._bytes > MOST_BYTES:
            self._drop()

    def _drop(self) -> None:
        oldest = self._mails.popleft()
        self._bytes -= len(oldest.raw)
        if self._folder:
            path(self._folder, oldest.id).unlink(missing_ok=True)

    def _load(self, folder: Path) -> None:
        for file in sorted(folder.glob("*.mail.json")):
            self._keep(decode(file.read_bytes(), type=Caught))


def path(folder: Path, number: int) -> Path:
    """Where a mail lies; names sort by number."""
    return folder / f"{number:09}.mail.json"
