"""Stages of a ticket and the ways between them."""

from enum import StrEnum
from typing import Literal

import msgspec

from regulation.term import Id, Term, Title


class Kind(StrEnum):
    """What a stage means to the platform, whatever the regulation calls it."""

    new = "new"
    work = "work"
    resolved = "resolved"
    reopened = "reopened"
    closed = "closed"
    annulled = "annulled"


ENDED = (Kind.closed, Kind.annulled)
"""Kinds of stages in which a ticket is over."""
SOLVED = (Kind.resolved, *ENDED)
"""Kinds of stages in which there is nothing to do for the agents' side."""


class Owner(StrEnum):
    """Whom the time of a stage belongs to (D9); a vendor's overrun is nobody's breach (A-5)."""

    team = "team"
    vendor = "vendor"
    requester = "requester"
    nobody = "nobody"


class Actor(StrEnum):
    """Who may make a transition."""

    automatic = "automatic"
    agent = "agent"
    requester = "requester"


class OnReturn(StrEnum):
    """What a stage's clock does when the ticket comes back (A-4)."""

    resume = "resume"
    restart = "restart"


class TaskAction(StrEnum):
    """What entering a stage does to the ticket's tasks (R1-08, R1-09, R1-10, R1-18)."""

    classify = "classify"
    open = "open"
    proceed = "proceed"
    close = "close"


class Task(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The task that goes with a stage, its deadline that of the stage."""

    action: TaskAction
    prefix: str = ""
    subtasks: bool = False


class Stage(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A place in a ticket's life; `target` names the column of the plans that limits its time, None: no limit.

    `waiting_pauses`: time in which an answer of the requester is awaited does not count. `level` is whom its minutes
    are attributed to (D9): L1, L2, L3. A `soft` target ends in `advice`, not in a breach (A-27). `classify_first`: no
    ticket leaves it before somebody has stated its category (R3-01). Only categories that it `takes` come here, only
    those that it `solves` end here, others are handed on; empty: all (R3-07, R3-17).
    """

    kind: Kind
    owner: Owner = Owner.team
    target: Id | None = None
    waiting_pauses: bool = False
    on_return: OnReturn = OnReturn.resume
    terminal: bool = False
    roles: tuple[Id, ...] = ()
    task: Task | None = None
    level: Literal["L1", "L2", "L3", ""] = ""
    soft: bool = False
    advice: Title | None = None
    classify_first: bool = False
    takes: tuple[Id, ...] = ()
    solves: tuple[Id, ...] = ()


class Transition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"source": "from"}):
    """An allowed way from one stage to another, and who may take it."""

    source: Id
    to: Id
    by: tuple[Actor, ...]
