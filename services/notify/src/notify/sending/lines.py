"""Text that is fit to stand in one line of a header: the guard against header injection (CVE-2024-6923)."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header

UNFIT = r"\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""Unicode's other controls, line and paragraph ends, what turns the reading direction, lone surrogates."""
IN_LINE = re.compile(rf"[\x00-\x1f{UNFIT}]")
IN_BODY = re.compile(rf"[\x00-\x08\x0b-\x1f{UNFIT}]")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
ROUNDS = 3


class UnfitAddressError(ValueError):
    """An address or Message-ID cannot be written in a header; it is not repeated in this text."""


def one_line(text: str, limit: int = 500) -> str:
    """The text as it reads after RFC 2047 decoding, without control characters, at most `limit` characters."""
    for _ in range(ROUNDS):
        text = decoded(text)
    return " ".join(IN_LINE.sub(" ", text.replace("=?", "= ?")).split())[:limit].rstrip()


def body(text: str) -> str:
    """Text of several lines without NUL, lone surrogates and control characters other than tab."""
    return IN_BODY.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


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


def decoded(text: str) -> str:
    """One round of RFC 2047 decoding; what cannot be decoded stays as it is."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text
