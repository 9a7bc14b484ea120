"""Which events are alerts, and under which subjects the stream LOG has them."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from contracts import CATALOGUE

DEFAULT = ("clock.breached.v1", "clock.vendor-overran.v1", "assignment.nobody-online.v1", "delivery.failed.v1")
VERSION = re.compile(r"\.v\d+$")


def bare(kind: str) -> str:
    """A wire type without its version: `clock.breached` of `clock.breached.v1`."""
    return VERSION.sub("", kind)


def subjects(kinds: Iterable[str]) -> list[str]:
    """The subjects of these kinds in every version; raises ValueError for one that no service says.

    Every version, because a newer one must arrive and be reported, not go by unseen.
    """
    known = {bare(kind) for kind in CATALOGUE.types}
    wanted = sorted({bare(kind) for kind in kinds})
    for kind in wanted:
        if kind not in known:
            raise ValueError(_unknown(kind, known))
    return [f"log.{kind}.*" for kind in wanted]


def _unknown(kind: str, known: set[str]) -> str:
    close = get_close_matches(kind, known, 3)
    hint = f"did you mean {' or '.join(close)}?" if close else "docs/events.md lists them all."
    return f"No event is of the kind {kind!r}: {hint}"
