"""Header values with RFC 2047 encoded-words, as people's programs really write them."""

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from intake.reading.mime.charsets import decode

_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")


class _Run(NamedTuple):
    charset: str | None
    octets: bytes


def text_of(value: bytes, otherwise: str | None = None) -> str:
    """The text of a header value; `otherwise` is the likely charset of raw bytes above ASCII."""
    return "".join(decode(run.octets, run.charset, otherwise) for run in _joined(_runs(value)))


def _runs(value: bytes) -> Iterator[_Run]:
    place = 0
    for word in _WORD.finditer(value):
        between = value[place : word.start()]
        if between.strip() or place == 0:
            yield _Run(None, between)
        charset = word[1].split(b"*")[0].decode("ascii", "replace").lower()
        yield _Run(charset, _octets(word[2], word[3]))
        place = word.end()
    yield _Run(None, value[place:])


def _joined(runs: Iterator[_Run]) -> Iterator[_Run]:
    """Neighbours of one charset as one: a word may be cut inside a character."""
    charset: str | None = None
    octets: list[bytes] = []
    for run in runs:
        if run.charset != charset and octets:
            yield _Run(charset, b"".join(octets))
            octets = []
        charset = run.charset
        octets.append(run.octets)
    yield _Run(charset, b"".join(octets))


def _octets(encoding: bytes, content: bytes) -> bytes:
    if encoding in b"qQ":
        return _ESCAPE.sub(lambda code: bytes.fromhex(code[1].decode()), content.replace(b"_", b" "))
    return base64(content)


def base64(content: bytes) -> bytes:
    """The octets of base64, forgiving wrong padding and foreign characters."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", content)
        whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
