"""Whom a roster means: agents by id, by name or by e-mail address."""

import re
from collections.abc import Iterable

from regulation.term import normal

ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


class UnknownNameError(ValueError):
    """Nobody, or more than one, is called so; the message says what to write."""


class Names:
    """The agents as people call them; an id comes before a name, a name before an address."""

    def __init__(self, people: Iterable[tuple[str, str, str]]) -> None:
        self.ids: set[str] = set()
        self._called: dict[str, set[str]] = {}
        for agent, name, email in people:
            self.ids.add(agent)
            for each in filter(None, (normal(agent), normal(name), normal(email))):
                self._called.setdefault(each, set()).add(agent)

    def agent(self, called: str, *, new: bool = False) -> str:
        """The id of the agent who is called so; with `new` an id that nobody has yet is taken too.

        Raises UnknownNameError.
        """
        if called in self.ids:
            return called
        found = self._called.get(normal(called), set())
        if len(found) > 1:
            raise UnknownNameError(f"more than one agent is called so: write one of the ids {', '.join(sorted(found))}")
        if not found and not (new and ID.fullmatch(called)):
            raise UnknownNameError("no agent is called so: write his id, name or e-mail as he is registered")
        return next(iter(found), called)
