"""Text that is fit to stand in one line of a header: the guard against header injection (CVE-2024-6923)."""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header

INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
OVERRIDES = frozenset(chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
ROUNDS = 3


class UnfitAddressError(ValueError):
    """An address or Message-ID cannot be written in a header; it is not repeated in this text."""


def one_line(text: str, limit: int = 500) -> str:
    """The text as it reads after RFC 2047 decoding, without control characters, at most `limit` characters."""
    for _ in range(ROUNDS):
        text = decoded(text)
    visible = "".join(" " if unfit(c) else c for c in text.replace("=?", "= ?"))
    return " ".join(visible.split())[:limit].rstrip()


def body(text: str) -> str:
    """Text of several lines without NUL, lone surrogates and control characters other than tab."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c for c in line if c == "\t" or not unfit(c)) for line in lines)


def address(text: str) -> str:
    """The address with its domain in ASCII; UnfitAddressError when it has no safe form."""
    local, _, domain = text.strip().rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not ADDRESS.fullmatch(plain) or "=?" in plain or ".." in plain or "@." in plain:
        raise UnfitAddressError("this address cannot be written in a mail header")
    return plain


def unfit(character: str) -> bool:
    """Whether a character could end a line, vanish or turn the reading direction."""
    return unicodedata.category(character) in INVISIBLE or character in OVERRIDES


def decoded(text: str) -> str:
    """One round of RFC 2047 decoding; what cannot be decoded stays as it is."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text
