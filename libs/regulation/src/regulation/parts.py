"""The smaller parts of a regulation document."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from regulation.term import Id, Term

Percent = Annotated[int, msgspec.Meta(ge=1, le=99, description="a percentage from 1 to 99")]


class TicketType(Term, frozen=True, kw_only=True, omit_defaults=True):
    """What kind of ticket a category makes (R1-19 to R1-28)."""


class Priority(Term, frozen=True, kw_only=True, omit_defaults=True):
    """An urgency (R1-36)."""


class Role(Term, frozen=True, kw_only=True, omit_defaults=True):
    """Who does work, by function."""


class Group(Term, frozen=True, kw_only=True, omit_defaults=True):
    """Agents who are given the requests of certain channels."""


class Direction(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A business direction or department that channels and load reports belong to (R0-05, R4-09)."""


class Service(Term, frozen=True, kw_only=True, omit_defaults=True):
    """What support is given for; one still `in_handover` is served by `group` alone (R2-08).

    `responsible` are ids of employees who may take what is beyond an agent's competence (R0-23); `decides` says whom
    staff ask in a dispute (R2-14); `supported` is false for what support does not do at all (R0-25). `handover` is the
    step that its handover has reached.
    """

    status: Literal["supported", "in_handover"] = "supported"
    handover: Literal["preparation", "transfer", "support"] | None = None
    group: Id | None = None
    responsible: tuple[str, ...] = ()
    decides: str = ""
    supported: bool = True


class Exclusion(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A reason for which a request is outside of support's competence and may be closed or redirected (R0-25 to 27)."""


class Category(Term, frozen=True, kw_only=True, omit_defaults=True):
    """What a request is about; with the priority it selects the plan.

    `roles` narrows a stage's roles where the source says which one serves it; `estimated` are stages whose time the
    executor may lengthen by an estimate of his own (R1-11, A-12b). `reports_as` is its name in reports across
    regulations (A-31); `links` are categories of which one ticket of this category may gather many (A-23).
    """

    ticket_type: Id
    roles: dict[Id, tuple[Id, ...]] = msgspec.field(default_factory=dict)
    estimated: tuple[Id, ...] = ()
    reports_as: str = ""
    links: tuple[Id, ...] = ()


class TrackerKind(StrEnum):
    """The trackers that requests can be passed to (X-04)."""

    youtrack = "youtrack"
    jira = "jira"
    trello = "trello"
    message = "message"


class Tracker(Term, frozen=True, kw_only=True, omit_defaults=True):
    """Where work outside of support is asked for: a project or board, the kind of `card`, what it has to tell.

    `stages` and `categories` say for which tickets; `informs` that the requester hears of the result first (R3-21).
    """

    kind: TrackerKind
    project: str = ""
    card: str = ""
    stages: tuple[Id, ...] = ()
    categories: tuple[Id, ...] = ()
    requires: tuple[str, ...] = ()
    informs: bool = True


class Csi(msgspec.Struct, frozen=True, kw_only=True):
    """The rating scale, both ends included (A-24)."""

    lowest: int
    highest: int


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket is until it is classified."""

    category: Id
    priority: Id


class Announcement(StrEnum):
    """Where a new ticket is made known (R1-04)."""

    group_news = "group_news"
    requester_email = "requester_email"
    cabinet = "cabinet"
