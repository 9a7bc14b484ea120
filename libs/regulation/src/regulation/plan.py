"""Promises: plans with their targets, who gets which, and rules that run on working time."""

from enum import StrEnum

import msgspec

from regulation.duration import NOT_SUPPLIED, DayMode, Supplied, Target, Written, parse_target
from regulation.term import Id, Term, Title


class Plan(Term, frozen=True, kw_only=True, omit_defaults=True):
    """The most time a ticket may take, by stage or metric, as written, counted in a calendar (R1-29 to R1-34)."""

    calendar: Id
    targets: dict[Id, Supplied]
    business_day: Written = "8h"
    day_mode: DayMode = DayMode.hours

    def target(self, column: str) -> Target | None:
        """The target of a column; None when the plan does not regulate it or the source gives no number."""
        written = self.targets.get(column)
        if written is None or written == NOT_SUPPLIED:
            return None
        return parse_target(written, self.business_day, self.day_mode)


class PlanRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tickets to which another plan applies than the table's; the first rule that fits wins (R0-11).

    Every part given has to fit, one of its values is enough; a part left out fits everything.
    """

    plan: Id
    channels: tuple[Id, ...] = ()
    directions: tuple[Id, ...] = ()
    services: tuple[Id, ...] = ()
    ticket_types: tuple[Id, ...] = ()
    categories: tuple[Id, ...] = ()
    priorities: tuple[Id, ...] = ()


class Measure(StrEnum):
    """What a metric measures (§1.8)."""

    first_response = "first_response"
    next_response = "next_response"
    resolution = "resolution"


class Metric(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A promise about the whole ticket, besides those of its stages (R0-12, A-18); `target` names the plans' column.

    A response never waits for the requester, a resolution does (A-8). A `soft` budget ends in `advice`, not in a
    breach (A-27).
    """

    measures: Measure
    target: Id
    soft: bool = False
    advice: Title | None = None


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


class Reopening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """For how long a closed ticket may be resumed; later messages open a ticket that follows it (A-12, §3.5)."""

    within: Written
    calendar: Id
    business_day: Written = "8h"
    day_mode: DayMode = DayMode.d_plus_n

    @property
    def target(self) -> Target:
        """The window."""
        return parse_target(self.within, self.business_day, self.day_mode)


class MissedCalls(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How missed calls are closed (R4-02 to R4-08): called back while no older than `call_within` (A-26)."""

    call_within: Written
    calendar: Id
    reassigned_by: Id
    business_day: Written = "8h"
    day_mode: DayMode = DayMode.d_plus_n
    topics: tuple[Id, ...] = ()
    stale_reason: str = "stale"

    @property
    def target(self) -> Target:
        """The age up to which a call is made."""
        return parse_target(self.call_within, self.business_day, self.day_mode)
