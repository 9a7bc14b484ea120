"""The rating page as HTML: no script, nothing from elsewhere, never more about a ticket than its number."""

import base64
import hashlib
from importlib.resources import files
from typing import Literal, NamedTuple

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from csi.domain.survey import COMMENT_MAX
from csi.wording import Words

Ending = Literal["thanks", "rated", "expired", "invalid", "later"]

STYLE = files("csi").joinpath("templates/page.css").read_text()
_style_hash = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_templates = Environment(
    loader=PackageLoader("csi"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_style_hash}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key to the survey
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

MOUTHS = ("M16 34q8-10 16 0", "M17 33q7-5 14 0", "M17 32h14", "M17 31q7 5 14 0", "M15 29q9 12 18 0")
"""From a frown to a smile, as SVG paths in a square of 48."""


class Draft(NamedTuple):
    """What the form holds: what somebody has already chosen and written, and what is wrong with it."""

    score: int = 0
    comment: str = ""
    fault: str = ""


def form(say: Words, number: str, draft: Draft, status: int = 200) -> HTMLResponse:
    """The page that asks."""
    faces = list(zip(range(1, 6), say.scores, MOUTHS, strict=True))
    text = _templates.get_template("form.html").render(
        say=say, style=STYLE, number=number, faces=faces, draft=draft, longest=COMMENT_MAX
    )
    return HTMLResponse(text, status, HEADERS)


def ending(say: Words, which: Ending, status: int, number: str = "") -> HTMLResponse:
    """A page that only says how it is; without a number for links that are none of ours."""
    title, advice = getattr(say, which)
    text = _templates.get_template("ending.html").render(
        say=say, style=STYLE, number=number, title=title, advice=advice, good=which in ("thanks", "rated")
    )
    return HTMLResponse(text, status, HEADERS)
