"""HTML to plain text, with quoted mails marked line by line as plain mails mark them."""

import re

import lxml.html  # type: ignore[import-untyped]  # ships no types
from inscriptis import Inscriptis  # type: ignore[import-untyped]  # ships no types
from inscriptis.css_profiles import STRICT_CSS_PROFILE  # type: ignore[import-untyped]  # ships no types
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]  # ships no types
from lxml import etree

LIMIT = 384 * 1024
QUOTES_LIMIT = 200
OPENS, CLOSES = "\ue000", "\ue001"
_QUOTES = (
    "//blockquote | //div[contains(@class, 'gmail_quote') or contains(@class, 'yahoo_quoted')]"
    " | //*[contains(@class, 'js-helper')]"
)
_OUTLOOK = "//div[starts-with(@id, 'divRplyFwdMsg')]"
_CELLS = {"td", "th"}
_LAYOUT = {"table", "tbody", "thead", "tfoot", "tr", "center", "caption", "blockquote"}
_TAG = re.compile(r"<[^>]{0,2000}>")
_BLANKS = re.compile(r"\n\s*\n\s*\n+")


def plain(html: str) -> str:
    """The text of the first 384 Ki characters of `html`; quoted mails have `> ` before each line."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = lxml.html.document_fromstring(html[:LIMIT].encode("utf-8", "ignore"), parser=parser)
        _mark_quotes(tree)
        _unlay(tree)
        text = str(Inscriptis(tree, ParserConfig(css=STRICT_CSS_PROFILE)).get_text())
    except (etree.LxmlError, ValueError, RecursionError, AssertionError):
        text = _TAG.sub(" ", html[:LIMIT])
    return _BLANKS.sub("\n\n", _prefixed(text)).strip()


def _mark_quotes(tree: etree._Element) -> None:
    for quote in tree.xpath(_QUOTES)[:QUOTES_LIMIT]:
        quote.insert(0, _line(OPENS, quote.text))
        quote.text = None
        quote.append(_line(CLOSES, None))
    for rule in tree.xpath(_OUTLOOK)[:QUOTES_LIMIT]:
        # Outlook marks where its quote begins and never where it ends.
        rule.insert(0, _line(OPENS, rule.text))
        rule.text = None


def _line(mark: str, tail: str | None) -> etree._Element:
    line = etree.Element("div")
    line.text = mark
    line.tail = tail
    return line


def _unlay(tree: etree._Element) -> None:
    """Tables in mails are layout: rows become lines, cells words (aligning them can take gigabytes)."""
    for element in tree.iter():
        if element.tag in _CELLS:
            element.tag = "span"
            element.tail = " " + (element.tail or "")
        elif element.tag in _LAYOUT:
            element.tag = "div"


def _prefixed(text: str) -> str:
    depth = 0
    lines: list[str] = []
    for line in text.split("\n"):
        mark = line.strip()
        if mark in {OPENS, CLOSES}:
            depth = max(0, depth + (1 if mark == OPENS else -1))
        else:
            lines.append(f"{'> ' * min(depth, 5)}{line.rstrip()}" if depth else line.rstrip())
    return "\n".join(lines)
