"""What a new ticket is under a regulation: category, priority, service, stage, section, language."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts.intake import Section
from regulation.document import Regulation
from regulation.parts import Category
from regulation.term import Term, UnknownTermError, find, normal
from regulation.ways import opening


class Terms(NamedTuple):
    """The terms of a ticket that has just come."""

    category: str
    priority: str
    stage: str
    section: Section
    language: str
    regulation: str
    service: str = ""


SENT_BACK = timedelta(hours=24)
"""How far back a sender's own word on when he wrote may move the beginning of clocks."""
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN = re.compile("[a-z]{2}", re.IGNORECASE)
TOLD_BY = 2_000
STEPS = {"high": 1, "low": -1}


def spoken(stated: str | None, *texts: str) -> str:
    """The language of these texts, `stated` being that of the writer's program; "" where neither tells.

    Any Russian letter makes it Russian, whatever the program says; the beginning of a text is enough to tell.
    """
    said = "\n".join(text[:TOLD_BY] for text in texts)
    if CYRILLIC.search(said):
        return "ru"
    return stated or ("en" if LATIN.search(said) else "")


def terms(regulation: Regulation, channel: str, hints: Mapping[str, str], language: str) -> Terms:
    """Declared category, priority and service where the regulation knows them, else its defaults; the stated urgency
    counts as priority until an agent says otherwise (R0-11, A-19). UnknownTermError for a channel that the regulation
    lacks.
    """
    through = regulation.channel(channel)
    priority, service = hints.get("priority") or hints.get("urgency"), hints.get("service")
    declared = _declared(regulation, hints)
    concerned = regulation.find_service(service) if service else None
    spoken = language.lower()[:2]
    return Terms(
        category=declared.id if declared else regulation.defaults.category,
        priority=_stated(regulation, priority) if priority else regulation.defaults.priority,
        stage=through.opens_in or opening(regulation),
        section="chat" if through.section == "chat" else "requests",
        language=spoken if spoken in {"ru", "en"} else through.language,
        regulation=regulation.key,
        service=concerned.id if concerned else "",
    )


def _stated(regulation: Regulation, word: str) -> str:
    """The priority of this name; mail programs know no names but `high` and `low`: a step from the default one."""
    if named := regulation.find_priority(word):
        return named.id
    usual, step = regulation.defaults.priority, STEPS.get(normal(word), 0)
    rising = [each.id for each in regulation.priorities]
    place = rising.index(usual) + step
    return rising[place] if 0 <= place < len(rising) else usual


def _declared(regulation: Regulation, hints: Mapping[str, str]) -> Category | None:
    """The category that was declared, or the first one of the declared type."""
    if (category := hints.get("category")) and (found := regulation.find_category(category)):
        return found
    kind = regulation.find_type(hints["type"]) if hints.get("type") else None
    return next((each for each in regulation.categories if kind and each.ticket_type == kind.id), None)


def clocks_start(regulation: Regulation, channel: str, sent: datetime | None, received: datetime) -> datetime | None:
    """When the clocks of a new ticket start, where its channel starts them at the sender's time: at most 24 h back,
    never later than it was received; None where they start when it was received."""
    if sent is None or regulation.channel(channel).clocks_from != "sent":
        return None
    return min(max(sent, received - SENT_BACK), received)


def category_named(regulation: Regulation, name: str) -> str:
    """The category that a person means by an id or title; UnknownTermError lists those there are."""
    return _named(regulation.find_category(name), regulation.categories, f"category {name!r}")


def priority_named(regulation: Regulation, name: str) -> str:
    """The priority that a person means by an id or title; UnknownTermError lists those there are."""
    return _named(regulation.find_priority(name), regulation.priorities, f"priority {name!r}")


def service_named(regulation: Regulation, name: str) -> str:
    """The service that a person means by an id or title; UnknownTermError lists those there are."""
    return _named(regulation.find_service(name), regulation.services, f"service {name!r}")


def exclusion_named(regulation: Regulation, name: str) -> str:
    """The exclusion that a person means by an id or title; UnknownTermError lists those there are (R0-25 to R0-27)."""
    return _named(find(regulation.exclusions, name), regulation.exclusions, f"exclusion {name!r}")


def _named(found: Term | None, terms: Sequence[Term], wanted: str) -> str:
    if found is None:
        known = ", ".join(term.id for term in terms)
        raise UnknownTermError(f"there is no {wanted}: {f'write one of {known}' if known else 'leave it out'}")
    return found.id
