"""Why a decision fell as it did: enough to explain it to a person and to evaluate it again (D3, D4)."""

from datetime import datetime
from typing import Literal

import msgspec

Stretch = tuple[datetime, datetime]
"""A stretch of working time in UTC, opening instant included, closing instant not."""


class Threading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rule put a message into its ticket, and what it matched."""

    rule: Literal["token", "references", "conversation", "reopen-window", "none"]
    matched: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agent looked at for one ticket; `excluded` says why not (empty: eligible), `last_turn` is a log position.

    `load` is how many open tickets of the section he had, `line` the primary line from which he helps out.
    """

    agent: str
    last_turn: int = 0
    excluded: str = ""
    load: int = 0
    line: str = ""


AssignmentRule = Literal["turn", "least-loaded", "out-of-hours", "nobody-eligible", "sticky", "substitute", "manual"]


class Assignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a ticket got its person or group: coverage first, then the turn among the eligible (R0-16, R0-17).

    `turn` is the agent's `last_turn` in this `pool` (group and section, A-15) from now on; 0: nobody's turn was used.
    `skills` are what the ticket asked for, `line` the line it came to, `occasion` what it was dealt on when it waited.
    Of a group of more than 50 not everybody is named: `others` counts the rest by what they lack, `later` those whose
    turn is later.
    """

    rule: AssignmentRule
    coverage: str = ""
    in_hours: bool = False
    candidates: tuple[Candidate, ...] = ()
    others: dict[str, int] = {}
    pool: str = ""
    turn: int = 0
    skills: tuple[str, ...] = ()
    line: str = ""
    occasion: str = ""


class Deadline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a deadline was computed: the plan's cell as written, and the working stretches that sum to the target."""

    plan: str
    category: str
    priority: str
    written: str
    calendar: str
    slices: tuple[Stretch, ...] = ()
    cause: str = ""
