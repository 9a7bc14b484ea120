"""What the lint says of a regulation that is correct and yet strange."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from regulation.term import Title
from regulation.wording import Language, said


class Severity(StrEnum):
    """How bad it is: an error cannot be meant, a warning may be, a note is no fault at all."""

    error = "error"
    warning = "warning"
    note = "note"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: `code` for programs, `place` in the document, what it is, the requirements that ask for it."""

    code: str
    severity: Severity
    place: str
    message: Title
    requirements: tuple[str, ...] = ()

    def said(self, language: Language) -> str:
        """The message in one of the product languages."""
        return said(self.message, language)


def quoted(titles: Iterable[Title]) -> Title:
    """Some names in a row."""
    named = list(titles)
    return Title(ru=", ".join(f"«{each.ru}»" for each in named), en=", ".join(f"“{each.en}”" for each in named))
