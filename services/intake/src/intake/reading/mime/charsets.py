"""Bytes to text: the declared charset, then UTF-8, then a guess, then cp1251 with marks for what is lost."""

import codecs
from functools import lru_cache

import chardet

SAMPLE = 16 * 1024
_ALIASES = {
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "cp-1251": "cp1251",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "cp-866": "cp866",
    "koi8r": "koi8-r",
    "koi8": "koi8-r",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
}
# These codecs take quadratic time, or make text of escapes.
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
# The letters of Russian are the same in these; the common name is the likelier one.
_LIKELIER = {"KZ1048": "cp1251", "PTCP154": "cp1251", "koi8-t": "koi8-r"}
_MOSTLY = 10


@lru_cache(maxsize=256)
def known(charset: str) -> str | None:
    """The codec for a declared charset, or None when there is none that may be used."""
    name = charset.strip(" \t\"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    usable = getattr(found, "_is_text_encoding", False) and found.name.replace("-", "_") not in _REFUSED
    return found.name if usable else None


def decode(raw: bytes, declared: str | None = None, likely: str | None = None) -> str:
    """The text of `raw`, never raising; `likely` is a guess from elsewhere and comes after UTF-8."""
    for codec in (_declared(raw, declared), "utf-8", likely and known(likely)):
        text = _strictly(raw, codec) if codec else None
        if text is not None:
            return text
    return _mostly_utf8(raw) or _guessed(raw) or raw.decode("cp1251", "replace")


def _declared(raw: bytes, charset: str | None) -> str | None:
    codec = known(charset[:40]) if charset else None
    # Programs that say UTF-16 and send ASCII are commoner than mails in UTF-16.
    return None if codec and codec.startswith(("utf-16", "utf-32")) and b"\0" not in raw else codec


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (ValueError, LookupError):
        return None


def _mostly_utf8(raw: bytes) -> str | None:
    text = raw.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    written = sum(1 for mark in text[:SAMPLE] if mark > "\x7f") - lost
    return text if written > lost * _MOSTLY else None


def guess(raw: bytes) -> str | None:
    """The codec these bytes seem to be in, UTF-8 first, or None."""
    if _strictly(raw, "utf-8") is not None:
        return "utf-8"
    found = chardet.detect(_telling(raw))["encoding"]
    return known(_LIKELIER.get(found, found)) if found else None


def _guessed(raw: bytes) -> str | None:
    codec = guess(raw)
    return _strictly(raw, codec) if codec else None


def _telling(raw: bytes) -> bytes:
    """A sample that begins near the first byte above ASCII: a long ASCII preamble tells nothing."""
    first = next((place for place, byte in enumerate(raw[: SAMPLE * 16]) if byte > 0x7F), 0)
    return raw[max(0, first - 256) : first + SAMPLE]
