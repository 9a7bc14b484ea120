"""Words of the regulations as people write them."""

from collections.abc import Iterable

from regulation.term import find
from servicekit.problems import Malformed, fault

from routing.state import State


def group_ids(state: State, terms: Iterable[str]) -> tuple[str, ...]:
    """The ids of these groups, given by id or title; Malformed names the known ones.

    Before any regulation is published they are taken as given.
    """
    groups = [group for regulation in state.regulations.values() for group in regulation.groups]
    if not groups:
        return tuple(dict.fromkeys(terms))
    found = {term: find(groups, term) for term in terms}
    if unknown := [n for n, group in enumerate(found.values()) if group is None]:
        known = ", ".join(dict.fromkeys(group.id for group in groups))
        raise Malformed(errors=[fault(("body", "groups", n), f"Write one of {known}.") for n in unknown])
    return tuple(dict.fromkeys(group.id for group in found.values() if group))
