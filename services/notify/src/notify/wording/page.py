"""Plain paragraphs as a small, clean HTML mail; everything is escaped, nothing is loaded from anywhere."""

import re
from collections.abc import Iterable
from html import escape
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}»”]")

FRAME = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin:0;padding:24px 16px;background:#f4f5f7;color:#1c2430;\
font:16px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif">
<div style="max-width:600px;margin:0 auto;padding:24px 28px;background:#ffffff;border:1px solid #e2e5ea;\
border-radius:8px;overflow-wrap:anywhere;word-break:break-word">
{body}
</div>
</body>
</html>
"""
STYLES = MappingProxyType(
    {
        "plain": "margin:0 0 16px",
        "muted": "margin:0 0 16px;color:#6b7480;font-size:13px",
        "quote": "margin:0 0 16px;padding:4px 0 4px 16px;border-left:3px solid #2f6fde",
    }
)


class Paragraph(Struct, frozen=True):
    """A paragraph and how it looks; what a person wrote is set off by a bar at its side."""

    text: str
    look: Literal["plain", "muted", "quote"] = "plain"


def page(paragraphs: Iterable[Paragraph], language: str) -> str:
    """The whole HTML document."""
    return FRAME.format(language=language, body="\n".join(map(block, paragraphs)))


def block(paragraph: Paragraph) -> str:
    """One paragraph, its line ends kept."""
    text = linked(paragraph.text.replace("\r\n", "\n")).replace("\n", "<br>\n")
    return f'<p style="{STYLES[paragraph.look]}">{text}</p>'


def linked(text: str) -> str:
    """Escaped text in which web addresses can be clicked."""
    ends = [0, *(n for found in LINK.finditer(text) for n in found.span()), len(text)]
    pieces = [text[a:b] for a, b in pairwise(ends)]
    return "".join(anchor(piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces))


def anchor(url: str) -> str:
    """A link that shows where it leads."""
    return f'<a href="{escape(url)}" style="color:#1f5fcc">{escape(url)}</a>'
