"""What can be said in a message about an event: every value a text may name, "" where there is none."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.intake import TicketEstimated

from notify.domain.ticket import State
from notify.domain.words import Words, in_language
from notify.matters import Matter
from notify.wording import shown


def values(state: State, words: Words, matter: Matter, language: str) -> dict[str, str]:
    """All values by the names that texts know; no text names another person's data, of another ticket its number."""
    return _of_the_ticket(state, words, matter, language) | _of_the_event(state, words, matter, language)


def _of_the_ticket(state: State, words: Words, matter: Matter, language: str) -> dict[str, str]:
    held = state.tickets.get(matter.ticket)
    return {
        "number": matter.number,
        "subject": matter.subject,
        "priority": words.title((held and held.priority) or matter.priority, language),
        "url": "",
        "bot": "",
    }


def _of_the_event(state: State, words: Words, matter: Matter, language: str) -> dict[str, str]:
    said: Any = matter.cause
    moment, name = getattr(said, "due_at", None), getattr(said, "name", "")
    agent = getattr(said, "agent", "")
    into = state.tickets.get(getattr(said, "into", ""))
    return {
        "text": getattr(said, "text", ""),
        "agent": state.colleague(agent).name or agent,
        "group": _group(state, words, matter, language),
        "promise": words.title(name, language),
        "advice": words.advice.get(name, {}).get(language, ""),
        "due": shown(moment, ZoneInfo(words.zone), language) if isinstance(moment, datetime) else "",
        "left": f"{100 - said.percent} %" if hasattr(said, "percent") else "",
        "rating_url": getattr(said, "link", ""),
        "exclusion": in_language(words.exclusions, getattr(said, "exclusion", ""), language),
        "into": into.number if into else "",
        "work": getattr(said, "work", ""),
        "reason": said.reason if isinstance(said, TicketEstimated) else "",
        **{each: str(getattr(said, each, "")) for each in ("limit", "turns", "fewest")},
    }


def _group(state: State, words: Words, matter: Matter, language: str) -> str:
    """The group's title; of a group in a message about no ticket, as the version calls it that was published last."""
    group = getattr(matter.cause, "group", "") or getattr(matter.cause, "pool", "").rpartition("/")[0]
    known = next((each.groups for each in (words, *reversed(state.words.values())) if group in each.groups), {})
    return in_language(known, group, language)
