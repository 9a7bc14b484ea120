"""Mailboxes of an address header, read without recursion: comments nest, groups and nonsense occur."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from intake.reading.cleaning import one_line
from intake.reading.mime.headers import Headers

LIMIT = 50
ADDRESS_LIMIT = 320
NAME_LIMIT = 200
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|$)|<[^<>]*(?:>|$)|\\.|[(),;:]|[^"<\\(),;:]+|.', re.DOTALL)
_QUOTED_PAIR = re.compile(rb"\\(.)")


class Mailbox(NamedTuple):
    """An address in lower case, perhaps without a domain, and the name shown with it."""

    address: str
    name: str


def mailboxes(headers: Headers, *names: str) -> tuple[Mailbox, ...]:
    """The first 50 mailboxes of the named headers, in that order."""
    found: list[Mailbox] = []
    for name in names:
        for value in headers.every(name)[:LIMIT]:
            found += _of(value, headers, LIMIT - len(found))
    return tuple(found)


def _of(value: bytes, headers: Headers, limit: int) -> list[Mailbox]:
    found: list[Mailbox] = []
    for tokens in _entries(value):
        if len(found) >= limit:
            break
        mailbox = _mailbox(tokens, headers)
        found += [mailbox] if mailbox.address else []
    return found


def _entries(value: bytes) -> Iterator[list[bytes]]:
    """Tokens between separators; comments are dropped at any depth, a group's name too."""
    entry: list[bytes] = []
    comment = 0
    for match in _TOKEN.finditer(value):
        token = match[0]
        if token == b"(" or comment:
            comment += (token == b"(") - (token == b")")
        elif token in {b",", b";", b":"}:
            yield [] if token == b":" else entry
            entry = []
        else:
            entry.append(token)
    yield entry


def _mailbox(tokens: list[bytes], headers: Headers) -> Mailbox:
    angles = [token for token in tokens if token.startswith(b"<")]
    if not angles:
        return Mailbox(_address(b"".join(tokens), headers), "")
    angle = next((token for token in angles if b"@" in token), angles[0])
    name = b"".join(_plain(token) for token in tokens[: tokens.index(angle)])
    return Mailbox(_address(angle.strip(b"<>").rpartition(b":")[2], headers), one_line(headers.words(name), NAME_LIMIT))


def _plain(token: bytes) -> bytes:
    return _QUOTED_PAIR.sub(rb"\1", token[1:].removesuffix(b'"')) if token.startswith(b'"') else token


def _address(raw: bytes, headers: Headers) -> str:
    text = one_line(headers.words(raw) if not raw.isascii() else raw.decode("ascii"), ADDRESS_LIMIT + 1)
    joined = text.replace(" ", "").strip("<>'\"").lower()
    return joined if len(joined) <= ADDRESS_LIMIT else ""
