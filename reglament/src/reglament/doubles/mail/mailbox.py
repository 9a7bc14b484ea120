"""The mails caught, newest last; bounded in number and in bytes, on disk where a directory is given."""

import logging
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path

from msgspec import DecodeError, Struct
from msgspec.json import decode, encode

from reglament.doubles.mail.reading import read

MOST = 1000
MOST_BYTES = 256 * 1024 * 1024
SUFFIX = ".mail.json"
LAST = "last"
"""The file with the number of the last mail that was deleted: numbers are never given out again."""
LONGEST_NUMBER = 19
LOG = logging.getLogger("mail.double")


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
    """Keeps the last 1,000 mails, at most 256 MiB together.

    What cannot be read is left out, what cannot be written is only not there after a restart: both are logged.
    """

    def __init__(self, folder: Path | None = None, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        self._mails: deque[Caught] = deque()
        self._bytes = 0
        self._last = 0
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._load(folder)

    def add(self, at: datetime, sender: str, to: tuple[str, ...], raw: bytes) -> Caught:
        """Keep one mail, dropping the oldest where there is no room."""
        caught = Caught(self._last + 1, at, sender, to, raw)
        if self._folder:
            _write(path(self._folder, caught.id), encode(caught))
        self._keep(caught)
        return caught

    def newest(self, to: str = "") -> list[Caught]:
        """The mails, newest first; with `to` only those whose envelope names exactly that address."""
        wanted = to.strip().lower()
        return [m for m in self._now()[::-1] if not wanted or wanted in (a.lower() for a in m.to)]

    def find(self, number: int) -> Caught | None:
        """One mail, or None if it is not here any more."""
        return next((m for m in self._now() if m.id == number), None)

    def clear(self) -> int:
        """Forget all mails; how many they were."""
        gone, self._bytes = len(self._mails), 0
        self._mails.clear()
        if self._folder:
            _write(self._folder / LAST, str(self._last).encode())
            _remove(_files(self._folder))
        return gone

    def _now(self) -> tuple[Caught, ...]:
        # Pages are made in threads, while the event loop goes on catching.
        return tuple(self._mails)

    def _keep(self, caught: Caught) -> None:
        self._mails.append(caught)
        self._last = max(self._last, caught.id)
        self._bytes += len(caught.raw)
        while len(self._mails) > self._most or self._bytes > MOST_BYTES:
            self._drop()

    def _drop(self) -> None:
        oldest = self._mails.popleft()
        self._bytes -= len(oldest.raw)
        if self._folder:
            path(self._folder, oldest.id).unlink(missing_ok=True)

    def _load(self, folder: Path) -> None:
        self._last = _number((_read(folder / LAST) or b"").decode("ascii", "replace"))
        files = _files(folder)
        _remove(files[: -self._most])
        for file in files[-self._most :]:
            number = _number(file.name.removesuffix(SUFFIX))
            self._last = max(self._last, number)
            if (caught := _caught(file)) and caught.id == number:
                self._keep(caught)


def path(folder: Path, number: int) -> Path:
    """Where a mail lies; names sort by number."""
    return folder / f"{number:09}{SUFFIX}"


def _files(folder: Path) -> list[Path]:
    """The files of all mails, damaged ones too, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < LONGEST_NUMBER else 0


def _caught(file: Path) -> Caught | None:
    """The mail in the file, None where that is damaged."""
    try:
        return decode(_read(file) or b"", type=Caught)
    except (DecodeError, UnicodeDecodeError) as error:
        LOG.warning("%s: left out: %s", file, error)
        return None


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _write(file: Path, content: bytes) -> None:
    # A full disk must not make the catcher refuse mail: what it holds in memory is there to be read all the same.
    try:
        file.write_bytes(content)
    except OSError as error:
        LOG.warning("%s: not kept over a restart: %s", file, error)
