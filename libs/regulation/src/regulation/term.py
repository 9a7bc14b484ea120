"""Named things of a regulation, found by id or by title in either language."""

from collections.abc import Collection, Iterable
from typing import Annotated, TypeVar

import msgspec

Id = Annotated[
    str,
    msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$", description="an id of lower case Latin letters, digits, - and _"),
]


class UnknownTermError(ValueError):
    """A regulation knows no such term; the message lists those it knows."""


class Title(msgspec.Struct, frozen=True):
    """A name in both product languages."""

    ru: str
    en: str


class Term(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Anything that a regulation names; `aliases` are other names people use for it."""

    id: Id
    title: Title
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it answers to."""
        return (self.id, self.title.ru, self.title.en, *self.aliases)


T = TypeVar("T", bound=Term)


def find(terms: Iterable[T], wanted: str) -> T | None:
    """The term of this id, title or alias, whatever the case and the spaces; None when there is none."""
    name = normal(wanted)
    return next((term for term in terms if name in map(normal, term.names)), None)


def named(terms: Collection[T], wanted: str, kind: str) -> T:
    """The term of exactly this id; UnknownTermError when there is none."""
    for term in terms:
        if term.id == wanted:
            return term
    raise UnknownTermError(f"there is no {kind} {wanted!r}: write one of {', '.join(term.id for term in terms)}")


def normal(name: str) -> str:
    """A name without what people vary: case, spacing, ё."""
    return " ".join(name.casefold().replace("ё", "е").split())
