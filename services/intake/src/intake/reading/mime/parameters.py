"""A header value with parameters (Content-Type, Content-Disposition), RFC 2231 included."""

import re
from collections import defaultdict
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from intake.reading.mime.charsets import decode
from intake.reading.mime.headers import Headers

LIMIT = 2 * 1024
_PARAMETER = re.compile(rb';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*(?:"|$)|[^;]*)')
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_QUOTED_PAIR = re.compile(rb"\\(.)")


class Value(NamedTuple):
    """The lower-cased word before the first semicolon and the parameters by lower-cased name."""

    main: str
    parameters: dict[str, str]


class _Piece(NamedTuple):
    order: int
    extended: bool
    octets: bytes


def read(headers: Headers, name: str) -> Value:
    """The named header, cut at 2 KB, with its parameters decoded."""
    value = headers.raw(name)[:LIMIT]
    main = value.split(b";")[0].strip().decode("ascii", "replace").lower()
    pieces: defaultdict[str, list[_Piece]] = defaultdict(list)
    for found in _PARAMETER.finditer(value):
        named = _NAME.fullmatch(found[1].decode("ascii", "replace").lower())
        if named:
            piece = _Piece(int(named[2] or 0), bool(named[3]), _unquoted(found[2].strip()))
            pieces[named[1]].append(piece)
    return Value(main, {name: _assembled(sorted(those), headers) for name, those in pieces.items()})


def _unquoted(value: bytes) -> bytes:
    if not value.startswith(b'"'):
        return value
    # Windows paths are written with bare backslashes; an escape before a quote or a backslash is meant as one.
    return _QUOTED_PAIR.sub(lambda pair: pair[1] if pair[1] in b'"\\' else pair[0], value[1:].removesuffix(b'"'))


def _assembled(pieces: list[_Piece], headers: Headers) -> str:
    first = pieces[0]
    if not any(piece.extended for piece in pieces):
        return headers.words(b"".join(piece.octets for piece in _run(pieces)))
    charset, found, rest = first.octets.partition(b"'")
    _, also_found, content = rest.partition(b"'")
    declared = charset.decode("ascii", "replace") if found and also_found else None
    start = first._replace(octets=content if declared is not None else first.octets)
    return decode(b"".join(_octets(piece) for piece in (start, *_run(pieces)[1:])), declared or None)


def _run(pieces: list[_Piece]) -> list[_Piece]:
    """One piece of each number: the same parameter twice is not one long one."""
    return list({piece.order: piece for piece in reversed(pieces)}.values())[::-1]


def _octets(piece: _Piece) -> bytes:
    return unquote_to_bytes(piece.octets) if piece.extended else piece.octets
