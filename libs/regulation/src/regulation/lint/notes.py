"""What the source does not say: numbers that are missing, readings that were taken."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from regulation.document import Regulation
from regulation.duration import NOT_SUPPLIED
from regulation.lint.finding import Finding, Severity
from regulation.term import Title


def not_supplied(regulation: Regulation) -> Iterator[Finding]:
    """What the source refers to and does not contain: one note a fact, one for all values of a key left open."""
    for fact in regulation.not_supplied:
        yield _note(
            "not-supplied", "not_supplied", Title(ru=f"нет в источнике: {fact}", en=f"not in the source: {fact}")
        )
    for place, terms in _left_open(regulation).items():
        many = "; ".join(", ".join(ids) + columns for columns, ids in terms.items())
        ru = f"{place}: в источнике не указано («{NOT_SUPPLIED}»): {many}"
        yield _note("not-supplied", place, Title(ru=ru, en=f"{place} left “{NOT_SUPPLIED}”: {many}"))


def assumed(regulation: Regulation) -> Iterator[Finding]:
    """The readings taken where the source is silent, in one note."""
    if regulation.assumed:
        many = "; ".join(regulation.assumed)
        said = Title(ru=f"приняты толкования: {many}", en=f"readings taken: {many}")
        yield _note("assumed", "assumed", said, *(each for each in regulation.assumed if each.startswith("A-")))


def _left_open(regulation: Regulation) -> dict[str, dict[str, list[str]]]:
    """By key, such as `channels.agreed` or `plans.targets`: the terms that leave it open, by columns if it has any."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    listed = {key: value for key, value in msgspec.to_builtins(regulation).items() if isinstance(value, list | tuple)}
    terms = [(key, term) for key, value in listed.items() for term in value if isinstance(term, dict)]
    for key, term in terms:
        for name, value in term.items():
            columns = _open_columns(value)
            if value == NOT_SUPPLIED or columns:
                found[f"{key}.{name}"][columns].append(term["id"])
    return found


def _open_columns(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    columns = ", ".join(each for each, said in value.items() if said == NOT_SUPPLIED)
    return columns and f" ({columns})"


def _note(code: str, place: str, message: Title, *requirements: str) -> Finding:
    return Finding(code=code, severity=Severity.note, place=place, message=message, requirements=requirements)
