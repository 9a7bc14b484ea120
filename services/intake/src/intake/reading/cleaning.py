"""Text and file names made harmless without changing what they say."""

import hashlib
import re
import unicodedata

NAME_LIMIT = 150
_UNSAFE_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\x0c")
_PATH = re.compile(r"[/\\:]")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def digest(raw: bytes) -> str:
    """The external id of bytes that bring none of their own."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def clean(text: str) -> str:
    """The same text with LF line ends, without NUL, other C0 controls and lone surrogates."""
    return text if text.isprintable() else _UNSAFE_TEXT.sub("", _LINE_END.sub("\n", text))


def one_line(text: str, limit: int) -> str:
    """The same text on one line, without control and format characters, at most `limit` characters."""
    visible = "".join(" " if mark in "\t\n\r" else mark for mark in text if _shows(mark))
    return " ".join(visible.split())[:limit].rstrip()


def safe_name(name: str, otherwise: str) -> str:
    """A file name without paths, control, format and private characters; NFKC first, as it may create a slash."""
    last = _PATH.split(unicodedata.normalize("NFKC", name[: NAME_LIMIT * 8]))[-1]
    shown = one_line(last, len(last)).strip(". ")
    if not shown or _RESERVED.fullmatch(shown):
        return otherwise
    stem, dot, suffix = shown.rpartition(".")
    if len(shown) <= NAME_LIMIT or not dot or len(suffix) > NAME_LIMIT // 10:
        return shown[:NAME_LIMIT]
    return stem[: NAME_LIMIT - len(suffix) - 1] + dot + suffix


def _shows(mark: str) -> bool:
    return mark in "\t\n\r" or unicodedata.category(mark) not in {"Cc", "Cf", "Co", "Cs"}
