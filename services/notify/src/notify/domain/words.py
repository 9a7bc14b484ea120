"""How one version of a regulation calls things, and what it says to people in place of the product's texts."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

Titles = dict[str, dict[str, str]]
"""Texts by id and language."""


class Words(msgspec.Struct, kw_only=True):
    """Titles of stages, metrics and priorities, of groups and of exclusions; advice of soft budgets (A-27).

    `templates` are the version's own texts by template; `zone` is where it keeps its times.
    """

    titles: Titles = {}
    groups: Titles = {}
    exclusions: Titles = {}
    advice: Titles = {}
    templates: Titles = {}
    zone: str = "UTC"

    def title(self, term: str, language: str) -> str:
        """What people call a stage, a metric or a priority."""
        return in_language(self.titles, term, language)


def in_language(titles: Titles, term: str, language: str) -> str:
    """The text of an id in a language, else the id."""
    return titles.get(term, {}).get(language, term)


def read_words(document: Mapping[str, Any]) -> Words:
    """The words of a published document."""
    promises = [*document.get("metrics", []), *document.get("stages", [])]
    zones = [calendar["timezone"] for calendar in document.get("calendars", {}).values()]
    return Words(
        titles=_titles([*promises, *document.get("priorities", [])]),
        groups=_titles(document.get("groups", [])),
        exclusions=_titles(document.get("exclusions", [])),
        advice={each["id"]: each["advice"] for each in promises if each.get("advice")},
        templates=dict(document.get("templates", {})),
        zone=zones[0] if zones else "UTC",
    )


def _titles(terms: Iterable[Mapping[str, Any]]) -> Titles:
    return {term["id"]: term["title"] for term in terms}
