"""A long text in parts that Telegram takes: at most 4,096 UTF-16 units each, after its markup is read."""

from html import escape
from itertools import accumulate

LIMIT = 4096
MOST = 5
CUT = "…"


def pieces(heading: str, text: str, limit: int = LIMIT, most: int = MOST) -> tuple[str, ...]:
    """The heading bold, the text escaped, as HTML; what `most` parts cannot hold is replaced by an ellipsis."""
    title = shortened(heading.strip(), limit // 4)
    first, *more = split(text.strip(), limit - units(title) - 2 * bool(title), limit, most)
    bold = f"<b>{escaped(title)}</b>" if title else ""
    return ("\n\n".join(filter(None, (bold, escaped(first)))), *map(escaped, more))


def split(text: str, first: int, limit: int, most: int) -> list[str]:
    """The text cut at line ends or spaces where there are any, the first part possibly shorter."""
    room = first
    parts: list[str] = []
    while units(text) > room and len(parts) < most - 1:
        end = fitting(text, room)
        parts.append(text[:end].rstrip())
        text, room = text[end:].lstrip(), limit
    return [*parts, shortened(text, room)]


def fitting(text: str, room: int) -> int:
    """How many characters of the text to take: up to a line end or a space if the second half has one."""
    most = sum(1 for total in accumulate(map(units, text[: room + 1])) if total <= room)
    ends = (text.rfind(gap, most // 2, most) for gap in ("\n", " "))
    return next((end for end in ends if end > 0), max(most, 1))


def shortened(text: str, room: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if units(text) <= room else text[: fitting(text, room - 1)].rstrip() + CUT


def units(text: str) -> int:
    """The length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """Safe inside Telegram's HTML: no markup, no NUL, no lone surrogates."""
    sound = text.encode("utf-8", "replace").decode().replace("\0", "")
    return escape(sound, quote=False)
