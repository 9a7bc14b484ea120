"""What stands in a regulation document."""

from datetime import date

import msgspec

from regulation.calendar import Calendar
from regulation.channel import Access, Channel, Distribution, Line
from regulation.parts import (
    Announcement,
    Category,
    Csi,
    Defaults,
    Direction,
    Exclusion,
    Group,
    Percent,
    Priority,
    Role,
    Service,
    TicketType,
    Tracker,
)
from regulation.plan import AutoClose, Metric, MissedCalls, Plan, PlanRule, Reopening
from regulation.stage import Stage, Transition
from regulation.term import Id, Title


class Contents(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """One version's parts as written; `not_supplied` names what the source refers to and does not contain, `assumed`
    the readings taken (A-n). `plan_rules` come before `plan_table`; `metrics` are promises besides those of stages.
    """

    name: Id
    version: str
    title: Title
    effective_from: date
    source: str
    defaults: Defaults
    calendars: dict[Id, Calendar]
    ticket_types: tuple[TicketType, ...]
    categories: tuple[Category, ...]
    priorities: tuple[Priority, ...]
    plans: tuple[Plan, ...]
    plan_table: dict[Id, dict[Id, Id]]
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]
    roles: tuple[Role, ...]
    groups: tuple[Group, ...]
    channels: tuple[Channel, ...]
    warnings: tuple[Percent, ...]
    csi: Csi
    auto_close: AutoClose | None = None
    announcements: tuple[Announcement, ...] = ()
    metrics: tuple[Metric, ...] = ()
    plan_rules: tuple[PlanRule, ...] = ()
    directions: tuple[Direction, ...] = ()
    services: tuple[Service, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    lines: tuple[Line, ...] = ()
    access: Access = Access()
    distribution: Distribution = Distribution()
    trackers: tuple[Tracker, ...] = ()
    templates: dict[Id, Title] = {}
    missed_calls: MissedCalls | None = None
    reopening: Reopening | None = None
    not_supplied: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
