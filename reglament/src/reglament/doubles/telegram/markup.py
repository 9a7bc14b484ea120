"""Telegram's HTML parse mode: text with entities, and the same as safe HTML for the page."""

from html import escape
from html.parser import HTMLParser

from reglament.doubles.frame import anchor, linked

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}


class MarkupError(ValueError):
    """Telegram would answer 400 "can't parse entities"."""


class Markup(HTMLParser):
    """Reads one message; afterwards `text`, `entities` (offsets in UTF-16 units) and `html` hold the result."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.html = "", ""
        self.entities: list[dict[str, object]] = []
        self._open: list[tuple[str, int, str]] = []
        self.feed(source)
        self.close()
        if self._open:
            raise MarkupError(f'can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an entity."""
        if tag not in KINDS:
            raise MarkupError(f'unsupported start tag "{tag}"')
        self._open.append((tag, units(self.text), dict(attrs).get("href") or ""))
        self.html += "" if tag == "a" else f"<{tag}>"

    def handle_endtag(self, tag: str) -> None:
        """End the entity that was begun last."""
        if not self._open or self._open[-1][0] != tag:
            raise MarkupError(f'unexpected end tag "{tag}"')
        _, offset, url = self._open.pop()
        link = {"url": url} if tag == "a" else {}
        self.entities.append({"type": KINDS[tag], "offset": offset, "length": units(self.text) - offset} | link)
        self.html += "" if tag == "a" else f"</{tag}>"

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.text += data
        inside = self._open[-1] if self._open else ("", 0, "")
        self.html += anchor(inside[2], data) if inside[0] == "a" else linked(data)


def plain(text: str) -> str:
    """Text without a parse mode as safe HTML."""
    return linked(text) or escape(text)


def units(text: str) -> int:
    """The length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
