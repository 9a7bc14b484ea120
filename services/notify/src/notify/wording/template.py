"""The form of one text: a subject, a mail and a short Telegram message over the same values."""

import re

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
        found = PLACEHOLDER.findall("\n".join((self.subject, self.mail, self.telegram)))
        return frozenset(braced or bare for braced, bare in found) | {"number"}
