"""What a new ticket is under a regulation: category, priority, stage, section, language."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from contracts.intake import Section
from regulation.document import Regulation
from regulation.term import Term, UnknownTermError

from intake.domain.stages import opening


class Terms(NamedTuple):
    """The terms of a ticket that has just come."""

    category: str
    priority: str
    stage: str
    section: Section
    language: str
    regulation: str


CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN = re.compile("[a-z]{2}", re.IGNORECASE)
TOLD_BY = 2_000


def spoken(stated: str | None, *texts: str) -> str:
    """The language the requester's program states, else the one they write in; "" where there are no words.

    Any Russian letter makes it Russian; the beginning of a text is enough to tell.
    """
    said = "\n".join(text[:TOLD_BY] for text in texts)
    written = "ru" if CYRILLIC.search(said) else "en" if LATIN.search(said) else ""
    return stated or written


def terms(regulation: Regulation, channel: str, hints: Mapping[str, str], language: str) -> Terms:
    """Declared category and priority where the regulation knows them, else its defaults; the stated urgency counts
    as priority until an agent says otherwise (A-19). UnknownTermError for a channel that the regulation lacks."""
    through = regulation.channel(channel)
    category, priority = hints.get("category"), hints.get("priority") or hints.get("urgency")
    declared = regulation.find_category(category) if category else None
    stated = regulation.find_priority(priority) if priority else None
    spoken = language.lower()[:2]
    return Terms(
        category=declared.id if declared else regulation.defaults.category,
        priority=stated.id if stated else regulation.defaults.priority,
        stage=opening(regulation),
        section="chat" if through.section == "chat" else "requests",
        language=spoken if spoken in {"ru", "en"} else through.language,
        regulation=f"{regulation.name}@{regulation.version}",
    )


def regulation_of(written: str) -> str:
    """The name of the regulation in `csn@1`; its latest version applies to what comes."""
    return written.partition("@")[0]


def category_named(regulation: Regulation, name: str) -> str:
    """The category that a person means by an id or title; UnknownTermError lists those there are."""
    return _named(regulation.find_category(name), regulation.categories, f"category {name!r}")


def priority_named(regulation: Regulation, name: str) -> str:
    """The priority that a person means by an id or title; UnknownTermError lists those there are."""
    return _named(regulation.find_priority(name), regulation.priorities, f"priority {name!r}")


def _named(found: Term | None, terms: Sequence[Term], wanted: str) -> str:
    if found is None:
        raise UnknownTermError(f"there is no {wanted}: write one of {', '.join(term.id for term in terms)}")
    return found.id
