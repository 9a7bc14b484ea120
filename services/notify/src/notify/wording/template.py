"""The form of one text: a subject, a mail and a short Telegram message over the same values."""

import re
from functools import lru_cache

from msgspec import Struct

PLACEHOLDER = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class Wording(Struct, frozen=True):
    """One text in one language; blank lines part paragraphs, `> ` before one sets off what a person wrote."""

    subject: str
    mail: str
    telegram: str
    answerable: bool = False

    def placeholders(self) -> frozenset[str]:
        """The values that `render` demands."""
        return names(self.subject) | names(self.mail) | names(self.telegram) | {"number"}


@lru_cache(maxsize=4096)
def names(template: str) -> frozenset[str]:
    """The values that a template, or a piece of one, speaks of."""
    return frozenset(braced or bare for braced, bare in PLACEHOLDER.findall(template))
