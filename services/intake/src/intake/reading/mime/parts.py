"""The tree of parts of a message: at most 100 leaves, at most 20 deep, the rest stays uncut in the last one."""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from intake.reading.mime import parameters
from intake.reading.mime.headers import PART_BLOCK_LIMIT, Headers, split
from intake.reading.mime.parameters import Value
from intake.reading.mime.words import base64

PARTS_LIMIT = 100
DEPTH_LIMIT = 20
CANDIDATES = 10_000
DELIMITER_TAIL = 200
UUENCODED_LIMIT = 2 * 1024 * 1024
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


@dataclass(frozen=True)
class Part:
    """One part: its headers, its body as sent, and its own parts where it is a multipart."""

    headers: Headers
    body: bytes
    otherwise: str = "text/plain"
    parts: tuple["Part", ...] = field(default=())

    @cached_property
    def type(self) -> Value:
        """Content-Type; nonsense and absence read as the default of the place."""
        value = parameters.read(self.headers, "content-type")
        return value if _MEDIA_TYPE.fullmatch(value.main) else value._replace(main=self.otherwise)

    @cached_property
    def disposition(self) -> Value:
        """Content-Disposition."""
        return parameters.read(self.headers, "content-disposition")

    @property
    def name(self) -> str:
        """The file name as given, or nothing."""
        return self.disposition.parameters.get("filename") or self.type.parameters.get("name") or ""

    def content(self) -> bytes:
        """The body without its transfer encoding."""
        return _DECODERS.get(self.headers.text("content-transfer-encoding").lower(), bytes)(self.body)

    def leaves(self) -> Iterator["Part"]:
        """The parts that hold something, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def tree(headers: Headers, body: bytes) -> Part:
    """The message as a tree of parts."""
    return _grown(Part(headers, body), PARTS_LIMIT, DEPTH_LIMIT)


def _grown(part: Part, room: int, depth: int) -> Part:
    boundary = part.type.parameters.get("boundary", "")
    if depth == 0 or room < 2 or not boundary or not part.type.main.startswith("multipart/"):
        return part
    otherwise = "message/rfc822" if part.type.main == "multipart/digest" else "text/plain"
    parts: list[Part] = []
    pieces = _pieces(part.body, boundary.encode("utf-8", "surrogateescape"), room)
    for number, piece in enumerate(pieces):
        head = split(piece, PART_BLOCK_LIMIT)
        left = room - sum(1 for done in parts for _ in done.leaves()) - (len(pieces) - number - 1)
        parts.append(_grown(Part(head.headers, head.body, otherwise), left, depth - 1))
    return Part(part.headers, part.body, part.otherwise, tuple(parts))


class _Delimiter(NamedTuple):
    start: int
    end: int
    closes: bool


def _pieces(body: bytes, boundary: bytes, limit: int) -> list[bytes]:
    """What stands between the delimiter lines; the last piece takes the rest when there are too many."""
    text = b"\n" + body
    pieces: list[bytes] = []
    begin = -1
    for found in _delimiters(text, b"\n--" + boundary):
        if begin >= 0 and len(pieces) + 1 < limit:
            pieces.append(text[begin : found.start].removesuffix(b"\r"))
        elif begin >= 0:
            break
        begin = -1 if found.closes else found.end + 1
        if found.closes:
            break
    return [*pieces, text[begin:]] if begin >= 0 else pieces


def _delimiters(text: bytes, mark: bytes) -> Iterator[_Delimiter]:
    place = text.find(mark)
    for _ in range(CANDIDATES):
        if place < 0:
            return
        after = place + len(mark)
        line = text[after : after + DELIMITER_TAIL].partition(b"\n")[0]
        if line.strip() in {b"", b"--"}:
            yield _Delimiter(place, after + len(line), line.strip() == b"--")
        place = text.find(mark, after + len(line))


def _quoted_printable(body: bytes) -> bytes:
    return binascii.a2b_qp(body)


def _uuencoded(body: bytes) -> bytes:
    """The octets, or the body as it is when over 2 MiB: line by line is slow, and few send this any more."""
    if len(body) > UUENCODED_LIMIT:
        return body
    lines = iter(body.splitlines())
    if not any(line.startswith(b"begin ") for line in lines):
        return body
    octets: list[bytes] = []
    for line in lines:
        if line.strip() in {b"end", b""}:
            break
        octets.append(_uuline(line))
    return b"".join(octets)


def _uuline(line: bytes) -> bytes:
    # Some programs pad lines; only the announced number of characters counts.
    announced = (((line[0] - 32) & 63) * 4 + 5) // 3
    for content in (line, line[:announced]):
        with suppress(binascii.Error):
            return binascii.a2b_uu(content)
    return b""


_DECODERS = {
    "base64": base64,
    "quoted-printable": _quoted_printable,
    "x-uuencode": _uuencoded,
    "x-uue": _uuencoded,
    "uuencode": _uuencoded,
    "uue": _uuencoded,
}
