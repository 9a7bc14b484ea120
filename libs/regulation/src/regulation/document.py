"""A regulation: one versioned document that says what happens to every request (X-02)."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any, Self, TypedDict

import msgspec

from regulation.calendar import Calendar
from regulation.channel import Channel
from regulation.contents import Contents
from regulation.duration import Target
from regulation.parts import Category, Group, Priority, Role, Service, TicketType
from regulation.plan import Metric, Plan, PlanRule
from regulation.stage import Actor, Kind, Stage
from regulation.term import UnknownTermError, find, named


class Published(TypedDict):
    """What the event that publishes a version says of it; `hash` is the SHA-256 of its canonical JSON."""

    name: str
    version: str
    hash: str
    document: dict[str, Any]  # Any: JSON


class Regulation(Contents, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """One version of a regulation; questions take ids and raise UnknownTermError, `find_…` takes what people write."""

    @classmethod
    def from_json(cls, text: bytes | str) -> Self:
        """The regulation that `to_json` wrote; msgspec.ValidationError for anything else. Unknown keys are ignored."""
        return msgspec.json.decode(text, type=cls)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:  # Any: JSON
        """The regulation that an event carries as its `document`."""
        return cls.from_json(msgspec.json.encode(document))

    def published(self) -> Published:
        """What an event says that publishes it."""
        document = msgspec.json.decode(self.to_json())
        return Published(name=self.name, version=self.version, hash=self.hash, document=document)

    def to_json(self) -> bytes:
        """Canonical JSON: keys sorted, defaults left out, so equal documents are equal bytes."""
        # by way of plain values: keys that are dates cannot be sorted while they are written
        return msgspec.json.encode(msgspec.to_builtins(self, str_keys=True, order="sorted"))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return sha256(self.to_json()).hexdigest()

    @property
    def key(self) -> str:
        """How decisions name this version, `csn@1`."""
        return f"{self.name}@{self.version}"

    def plan_for(self, category: str, priority: str, channel: str = "", service: str = "") -> Plan:
        """The plan of a ticket: the first rule that fits it (R0-11), else the table's cell (R1-19 to R1-28)."""
        about, at = self.category(category), self.priority(priority)
        came = next((each for each in self.channels if each.id == channel), None)
        is_ = (channel, came.direction if came else None, service, about.ticket_type, about.id, at.id)
        for rule in self.plan_rules:
            if all(not wanted or value in wanted for wanted, value in zip(wanted_by(rule), is_, strict=True)):
                return self.plan(rule.plan)
        row: Mapping[str, str] = self.plan_table.get(about.id, {})
        return self.plan(row[at.id])

    def target(self, plan: str, stage: str) -> Target | None:
        """The most time a ticket of this plan may spend in a stage; None when that is not regulated (R1-17)."""
        return self._targets[self.plan(plan).id, self.stage(stage).id]

    def metric_target(self, plan: str, metric: Metric) -> Target | None:
        """The most time this metric may take under a plan; None when that is not regulated."""
        return self._columns[self.plan(plan).id, metric.target]

    def allowed(self, source: str, to: str, by: Actor | None = None) -> bool:
        """Whether a ticket may go from one stage to another, by this actor when one is given."""
        actors = self._ways.get((source, to), ())
        return bool(actors) if by is None else by in actors

    def exits(self, stage: str) -> tuple[Stage, ...]:
        """The stages that a ticket may go to from here."""
        return tuple(self.stage(to) for source, to in self._ways if source == stage)

    def stages_of(self, kind: Kind) -> tuple[Stage, ...]:
        """The stages that mean this to the platform, in order of the document."""
        return tuple(stage for stage in self.stages if stage.kind is kind)

    def roles_for(self, category: str, stage: str) -> tuple[Role, ...]:
        """Who may do a stage: the category's own roles where the source gives them, else all of the stage's."""
        ids = self.category(category).roles.get(stage) or self.stage(stage).roles
        return tuple(named(self.roles, role, "role") for role in ids)

    def calendar(self, wanted: str) -> Calendar:
        """The calendar of this id."""
        if wanted not in self.calendars:
            raise UnknownTermError(f"there is no calendar {wanted!r}: write one of {', '.join(self.calendars)}")
        return self.calendars[wanted]

    def category(self, wanted: str) -> Category:
        """The category of this id."""
        return named(self.categories, wanted, "category")

    def priority(self, wanted: str) -> Priority:
        """The priority of this id."""
        return named(self.priorities, wanted, "priority")

    def plan(self, wanted: str) -> Plan:
        """The plan of this id."""
        return named(self.plans, wanted, "plan")

    def stage(self, wanted: str) -> Stage:
        """The stage of this id."""
        return named(self.stages, wanted, "stage")

    def channel(self, wanted: str) -> Channel:
        """The channel of this id."""
        return named(self.channels, wanted, "channel")

    def group(self, wanted: str) -> Group:
        """The group of this id."""
        return named(self.groups, wanted, "group")

    def find_category(self, term: str) -> Category | None:
        """The category that people mean by an id, a title in either language or an alias."""
        return find(self.categories, term)

    def find_priority(self, term: str) -> Priority | None:
        """The priority that people mean."""
        return find(self.priorities, term)

    def find_plan(self, term: str) -> Plan | None:
        """The plan that people mean."""
        return find(self.plans, term)

    def find_stage(self, term: str) -> Stage | None:
        """The stage that people mean."""
        return find(self.stages, term)

    def find_channel(self, term: str) -> Channel | None:
        """The channel that people mean."""
        return find(self.channels, term)

    def find_group(self, term: str) -> Group | None:
        """The group that people mean."""
        return find(self.groups, term)

    def find_service(self, term: str) -> Service | None:
        """The service that people mean."""
        return find(self.services, term)

    def find_type(self, term: str) -> TicketType | None:
        """The type that people mean."""
        return find(self.ticket_types, term)

    @cached_property
    def _targets(self) -> dict[tuple[str, str], Target | None]:
        pairs = product(self.plans, self.stages)
        return {(plan.id, stage.id): plan.target(stage.target) if stage.target else None for plan, stage in pairs}

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Target | None]:
        pairs = product(self.plans, self.metrics)
        return {(plan.id, metric.target): plan.target(metric.target) for plan, metric in pairs}

    @cached_property
    def _ways(self) -> dict[tuple[str, str], tuple[Actor, ...]]:
        return {(way.source, way.to): way.by for way in self.transitions}


def wanted_by(rule: PlanRule) -> tuple[tuple[str, ...], ...]:
    """What a rule asks for: channel, direction, service, type, category, priority."""
    return (rule.channels, rule.directions, rule.services, rule.ticket_types, rule.categories, rule.priorities)
