"""Words of the regulations as people write them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter

from regulation.channel import Channel
from regulation.document import Regulation
from regulation.term import Term, Title, find
from servicekit.problems import Malformed, fault

from routing.state import State

LANGUAGES = (
    Term(id="ru", title=Title("Русский", "Russian"), aliases=("русский язык",)),
    Term(id="en", title=Title("Английский", "English"), aliases=("английский язык",)),
)


def group_ids(state: State, terms: Iterable[str]) -> tuple[str, ...]:
    """The ids of these groups, given by id or title; Malformed names the known ones.

    Before any regulation is published they are taken as given.
    """
    return _ids(state, _all(state, "groups"), "groups", terms)


def skill_ids(state: State, terms: Iterable[str]) -> tuple[str, ...]:
    """The ids of these services and languages, given by id or title; Malformed names the known ones."""
    return _ids(state, [*_all(state, "services"), *LANGUAGES], "skills", terms)


def line_id(state: State, term: str) -> str:
    """The id of this line, "" for none; Malformed names the known ones."""
    return next(iter(_ids(state, _all(state, "lines"), "line", filter(None, [term]))), "")


def direction_id(state: State, term: str) -> str:
    """The id of this direction, "" for none; Malformed names the known ones."""
    return next(iter(_ids(state, _all(state, "directions"), "direction", filter(None, [term]))), "")


def groups_of(state: State, direction: str, at: datetime) -> tuple[str, ...]:
    """The groups that serve a direction's channels in the versions in force at a moment (R4-10)."""
    channels: Iterable[Channel] = (channel for each in state.rulings.at(at).regulations for channel in each.channels)
    return tuple(dict.fromkeys(channel.group for channel in channels if channel.direction == direction))


def _all(state: State, part: str) -> list[Term]:
    of: Iterator[Regulation] = iter(state.regulations.values())
    return [term for regulation in of for term in attrgetter(part)(regulation)]


def _ids(state: State, known: list[Term], part: str, terms: Iterable[str]) -> tuple[str, ...]:
    written = list(terms)
    if not state.regulations:
        return tuple(dict.fromkeys(written))
    found = [find(known, term) for term in written]
    if unknown := [n for n, term in enumerate(found) if term is None]:
        ids = ", ".join(dict.fromkeys(term.id for term in known)) or f"nothing: no regulation has {part}"
        raise Malformed(errors=[fault(("body", part, n), f"Write one of {ids}.") for n in unknown])
    return tuple(dict.fromkeys(term.id for term in found if term))
