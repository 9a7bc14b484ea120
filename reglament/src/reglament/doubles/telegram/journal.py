"""What the Telegram double knows again after a restart: a file to which every change is appended, of bounded size."""

import logging
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, encode

from reglament.doubles.telegram.conversation import Line

MOST_BYTES = 32 * 1024 * 1024
LOG = logging.getLogger("telegram.double")


class Numbers(Struct, tag="numbers"):
    """The highest ids given out so far."""

    person: int
    message: int
    update: int


class Person(Struct, frozen=True, tag="person"):
    """An invented person, as of now."""

    id: int
    name: str
    language: str
    blocked: bool = False


class Said(Struct, frozen=True, tag="said"):
    """A message in a person's chat, as of now; a later one of the same id replaces it."""

    chat: int
    line: Line


Record = Numbers | Person | Said
RECORDS: Decoder[Record] = Decoder(Record)


class Journal:
    """One record a line in `file`; it is due to be written anew once it holds `most` bytes.

    What cannot be read is left out, what cannot be written is only not there after a restart: both are logged.
    """

    def __init__(self, file: Path, most: int = MOST_BYTES) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        self._file, self._most = file, most
        self._size = file.stat().st_size

    @property
    def is_full(self) -> bool:
        """Whether it is time to write it anew."""
        return self._size > self._most

    def read(self) -> Iterator[Record]:
        """All records that can be read, in their order."""
        damaged = 0
        with self._file.open("rb") as lines:
            for line in filter(None, map(bytes.strip, lines)):
                try:
                    yield RECORDS.decode(line)
                except (DecodeError, UnicodeDecodeError):
                    damaged += 1
        if damaged:
            LOG.warning("%s: %d lines could not be read and were left out", self._file, damaged)

    def add(self, record: Record) -> None:
        """Append one record."""
        # The line break comes first: a record torn by the end of its process spoils only itself.
        try:
            with FileIO(self._file, "a") as out:
                self._size += out.write(b"\n" + encode(record))
        except OSError as error:
            LOG.warning("%s: not remembered: %s", self._file, error)

    def write_anew(self, heads: Iterable[Record], newest_first: Iterable[Said]) -> None:
        """Only the heads and, as far as half the room reaches, the newest messages."""
        whole = b"".join(b"\n" + encoded for encoded in (*map(encode, heads), *self._fitting(newest_first)))
        fresh = self._file.with_suffix(".new")
        try:
            fresh.touch(mode=0o600)
            fresh.write_bytes(whole)
            fresh.replace(self._file)
        except OSError as error:
            LOG.warning("%s: not written anew: %s", self._file, error)
        self._size = len(whole)

    def _fitting(self, newest_first: Iterable[Said]) -> list[bytes]:
        kept, room = list[bytes](), self._most // 2
        for encoded in map(encode, newest_first):
            room -= len(encoded)
            if room < 0:
                break
            kept.append(encoded)
        return kept[::-1]
