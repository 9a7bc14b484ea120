"""The smaller parts of a regulation document."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from regulation.duration import DayMode, Target, Written, parse_target
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


class Category(Term, frozen=True, kw_only=True, omit_defaults=True):
    """What a request is about; with the priority it selects the plan.

    `roles` narrows a stage's roles where the source says which one serves it; `estimated` are stages whose time the
    executor may lengthen by an estimate of his own (R1-11, A-12b).
    """

    ticket_type: Id
    roles: dict[Id, tuple[Id, ...]] = msgspec.field(default_factory=dict)
    estimated: tuple[Id, ...] = ()


class Plan(Term, frozen=True, kw_only=True, omit_defaults=True):
    """The most time a ticket may spend on each level, as written, counted in a calendar (R1-29 to R1-34)."""

    calendar: Id
    targets: dict[Id, Written]
    business_day: Written = "8h"
    day_mode: DayMode = DayMode.hours

    def target(self, column: str) -> Target | None:
        """The target of a column; None when the plan does not regulate it."""
        written = self.targets.get(column)
        return None if written is None else parse_target(written, self.business_day, self.day_mode)


class ChannelKind(StrEnum):
    """How messages of a channel travel."""

    email = "email"
    telegram = "telegram"
    api = "api"


class Section(StrEnum):
    """What an agent must be Online in to be given its requests."""

    chat = "chat"
    requests = "requests"


class Channel(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A way in, who serves it and when; `coverage` names the calendar of its working time (A-14)."""

    kind: ChannelKind
    group: Id
    section: Section
    coverage: Id
    direction: str | None = None
    language: Literal["ru", "en"] = "ru"


class AutoClose(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ticket without the requester's reaction is closed after so much working time in a stage (R1-16, A-11)."""

    stage: Id
    to: Id
    after: Written
    calendar: Id
    business_day: Written = "8h"
    day_mode: DayMode = DayMode.hours

    @property
    def target(self) -> Target:
        """The time after which it happens."""
        return parse_target(self.after, self.business_day, self.day_mode)


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
