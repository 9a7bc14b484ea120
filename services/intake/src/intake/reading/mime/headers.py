"""The header block of a message or of a part, as bytes, within bounds."""

import re
from collections import defaultdict
from typing import NamedTuple

from intake.reading.mime.words import text_of

BLOCK_LIMIT = 64 * 1024
PART_BLOCK_LIMIT = 8 * 1024
VALUE_LIMIT = 8 * 1024
_BLANK = re.compile(rb"\n\r?\n")
_LINE = re.compile(rb"[^\n]*\n?")
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*")
_PREAMBLE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*(?:>?From [^\n]*\n)?")


class Headers:
    """Header fields by lower-cased name, each cut at 8 KB; `charset` reads their raw bytes above ASCII."""

    def __init__(self, fields: dict[str, list[bytes]], charset: str | None = None) -> None:
        self._fields = fields
        self._charset = charset

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def raw(self, name: str) -> bytes:
        """The first field of that name, unfolded, or nothing."""
        return self._fields.get(name, [b""])[0]

    def every(self, name: str) -> tuple[bytes, ...]:
        """Every field of that name in order."""
        return tuple(self._fields.get(name, ()))

    def text(self, name: str) -> str:
        """The first field of that name as text."""
        return self.words(self.raw(name))

    def words(self, value: bytes) -> str:
        """Any piece of these headers as text."""
        return text_of(value, self._charset).strip()

    def above_ascii(self) -> bytes:
        """All values that are not ASCII, for guessing their charset."""
        return b"\n".join(value for values in self._fields.values() for value in values if not value.isascii())

    def read_as(self, charset: str | None) -> "Headers":
        """The same headers with another charset for raw bytes."""
        return Headers(self._fields, charset)


class Split(NamedTuple):
    """A header block and what follows it."""

    headers: Headers
    body: bytes


def split(raw: bytes, limit: int = BLOCK_LIMIT) -> Split:
    """Headers up to the first blank line, or up to the first line that cannot be a header; `limit` in bytes."""
    start = _preamble(raw)
    fields: defaultdict[str, list[bytes]] = defaultdict(list)
    place, pending = start, b""
    while place < min(len(raw), start + limit):
        line = _line(raw, place)
        if not line.strip(b"\r\n") or not _goes_on(line, pending):
            break
        if line[:1] in b" \t":
            pending += line[:VALUE_LIMIT] if len(pending) < VALUE_LIMIT else b""
        else:
            _keep(fields, pending)
            pending = line[:VALUE_LIMIT]
        place += len(line)
    _keep(fields, pending)
    return Split(Headers(dict(fields)), _body(raw, place, start + limit))


def _preamble(raw: bytes) -> int:
    found = _PREAMBLE.match(raw, 0, BLOCK_LIMIT)
    return found.end() if found else 0


def _line(raw: bytes, place: int) -> bytes:
    found = _LINE.match(raw, place)
    return found[0] if found else b""


def _goes_on(line: bytes, pending: bytes) -> bool:
    return bool(pending) if line[:1] in b" \t" else _FIELD.match(line) is not None


def _keep(fields: dict[str, list[bytes]], line: bytes) -> None:
    found = _FIELD.match(line)
    if found:
        value = line[found.end() : VALUE_LIMIT].replace(b"\r", b"").replace(b"\n", b"").strip()
        fields[found[1].decode("ascii").lower()].append(value)


def _body(raw: bytes, place: int, limit: int) -> bytes:
    if place >= limit:
        blank = _BLANK.search(raw, place - 1)
        return raw[blank.end() :] if blank else b""
    line = _line(raw, place)
    return raw[place + len(line) :] if not line.strip(b"\r\n") else raw[place:]
