"""The look that both doubles share: one page frame, one style sheet, one small script, strict headers."""

import re
from datetime import datetime
from html import escape
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

ASSETS = Path(__file__).parent / "assets"
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}»”]")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/assets/style.css">
<link rel="icon" href="data:,">
<script src="/assets/live.js" defer></script>
</head>
<body class="{kind}">
{body}
</body>
</html>
"""


def page(title: str, body: str, language: str, kind: str = "") -> HTMLResponse:
    """A whole page; the body must be escaped already."""
    html = PAGE.format(title=escape(title), body=body, language=language, kind=kind)
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(html, headers=headers)


def dress(app: FastAPI) -> None:
    """Give the app its style sheet and script."""

    @app.get("/assets/style.css", include_in_schema=False)
    def style() -> Response:
        """The style sheet."""
        return Response((ASSETS / "style.css").read_bytes(), media_type="text/css")

    @app.get("/assets/live.js", include_in_schema=False)
    def live() -> Response:
        """The script that keeps the live part of a page fresh."""
        return Response((ASSETS / "live.js").read_bytes(), media_type="text/javascript")


def language(request: Request) -> str:
    """`ru` or `en`, whichever the browser names first; Russian if neither."""
    wished = request.headers.get("accept-language", "ru").lower()
    found = re.findall(r"\b(ru|en)\b", wished)
    return found[0] if found else "ru"


def linked(text: str) -> str:
    """Escaped text in which web addresses can be clicked."""
    ends = [0, *(n for found in LINK.finditer(text) for n in found.span()), len(text)]
    pieces = [text[a:b] for a, b in zip(ends, [*ends[1:], len(text)], strict=True)]
    return "".join(anchor(piece, piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces))


def anchor(url: str, text: str) -> str:
    """A link that opens beside the double; anything but a web address is shown as text."""
    if not url.startswith(("http://", "https://")):
        return escape(text)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'


def clock(at: datetime) -> str:
    """A moment in this machine's zone, as a `time` element whose title is the whole of it."""
    return f'<time datetime="{at.isoformat()}" title="{moment(at)}">{at.astimezone():%d.%m %H:%M}</time>'


def moment(at: datetime) -> str:
    """A moment to the second in this machine's zone, which is named."""
    return f"{at.astimezone():%d.%m.%Y %H:%M:%S} {zone(at)}"


def zone(at: datetime) -> str:
    """This machine's zone at a moment: `UTC`, `UTC+03:00`."""
    ahead = at.astimezone().isoformat()[-len("+00:00") :]
    return "UTC" if ahead == "+00:00" else f"UTC{ahead}"
