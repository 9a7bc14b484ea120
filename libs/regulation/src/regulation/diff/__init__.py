"""What one regulation says otherwise than another, by meaning and not by lines (D8)."""

import msgspec

from regulation.diff.change import Change, changes
from regulation.diff.effect import Effect, effects
from regulation.document import Regulation

__all__ = ["Change", "Diff", "Effect", "diff"]


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """Every changed statement, and what becomes of the targets of the tickets."""

    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)


def diff(before: Regulation, after: Regulation) -> Diff:
    """The way from one to the other; empty for equal ones. `version` and `effective_from` are statements too."""
    return Diff(changes=tuple(changes(before, after)), effects=tuple(effects(before, after)))
