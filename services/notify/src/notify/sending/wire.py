"""How a mail is written on the wire: short ASCII lines, whatever stands in them, and a last look at the headers."""

import re
from base64 import b64encode, encodebytes
from collections.abc import Iterable, Iterator
from email.utils import quote
from textwrap import wrap

FOLD = "\r\n "
WIDTH = 64
"""Characters of text in a line, so that with the header's name it stays below 78."""
CHUNK = 36
"""Bytes in one encoded word, which they make at most 60 characters long (RFC 2047 wants lines of 76)."""
TYPE, ENCODING = "Content-Type", "Content-Transfer-Encoding"
HEADER_LINE = re.compile(rb"(?:([!-9;-~]+):| [!-~])[ -~]*")


class InjectedHeaderError(ValueError):
    """The mail as written does not hold exactly the intended headers; it must not be sent (reliability §0.12)."""


def encoded(text: str) -> str:
    """One clean line of text folded at its spaces, or as encoded words where ASCII lines cannot hold it."""
    if not text.isascii() or "=?" in text:
        return words(text)
    lines = wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False) if len(text) > WIDTH else [text]
    return FOLD.join(lines) if all(len(line) <= WIDTH for line in lines) else words(text)


def words(text: str) -> str:
    """Text as RFC 2047 encoded words, one a line; spaces are inside them, where no reader drops them."""
    return FOLD.join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in cut(text.encode()))


def cut(octets: bytes) -> Iterator[bytes]:
    """UTF-8 in pieces of whole characters."""
    start = 0
    while start < len(octets):
        end = start + CHUNK
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        yield octets[start:end]
        start = end


def addressed(name: str, address: str) -> str:
    """A display name, if there is one, with an address."""
    if not name:
        return address
    quoted = f'"{quote(name)}"'
    fits = name.isascii() and "=?" not in name and len(quoted) <= WIDTH
    return f"{quoted if fits else words(name)}{FOLD}<{address}>"


def block(headers: Iterable[tuple[str, str]]) -> bytes:
    """Header lines, whose values have been folded already."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")


def entity(kind: str, text: str) -> bytes:
    """One text with its own headers; base64, so that no line of it is long, special or like a boundary."""
    lines = encodebytes(text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
    return block(((TYPE, f"text/{kind}; charset=utf-8"), (ENCODING, "base64"))) + b"\r\n" + lines


def alternatives(boundary: str, entities: Iterable[bytes]) -> bytes:
    """The same said in several forms, the best form last."""
    mark = boundary.encode("ascii")
    parts = b"".join(b"--%b\r\n%b\r\n" % (mark, each) for each in entities)
    return block(((TYPE, f'multipart/alternative;{FOLD}boundary="{boundary}"'),)) + b"\r\n%b--%b--\r\n" % (parts, mark)


def compare(raw: bytes, names: Iterable[str]) -> None:
    """InjectedHeaderError unless the bytes, read line by line, hold exactly these headers, each once."""
    head, _, _ = raw.partition(b"\r\n\r\n")
    lines = [HEADER_LINE.fullmatch(line) for line in head.split(b"\r\n")]
    if not all(lines):
        raise InjectedHeaderError("the mail would carry a line that is no header")
    read = sorted(line[1].decode().lower() for line in lines if line and line[1])
    if read != sorted(name.lower() for name in names):
        raise InjectedHeaderError("the mail would carry other headers than intended")
