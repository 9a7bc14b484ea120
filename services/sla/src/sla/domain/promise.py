"""Which promises a version of a regulation makes about a ticket, by its category, priority and stage."""

from datetime import datetime
from sys import intern

import msgspec
from contracts.reasons import Deadline, Stretch
from regulation.calendar import Calendar
from regulation.document import Regulation
from regulation.duration import Target
from regulation.stage import Actor, Kind, OnReturn, Owner

from sla.domain.moments import SECOND

AUTO_CLOSE = "auto-close"
"""The name of the clock that closes a ticket when the requester stays silent (R1-16)."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of a regulation: so much working time in this calendar, and whose it is."""

    name: str
    owner: str
    plan: str
    category: str
    priority: str
    target: Target
    calendar: str
    hours: Calendar
    pauses: bool = False
    resumes: bool = False

    def seconds(self, since: datetime) -> int:
        """The target in seconds of working time from `since` on; raises WorkingTimeError (§1.8)."""
        return self.target.budget(self.hours, since) // SECOND

    def because(self, slices: tuple[Stretch, ...], cause: str = "") -> Deadline:
        """The cell as written, with the stretches that sum to the target (D3)."""
        return Deadline(
            plan=self.plan,
            category=self.category,
            priority=self.priority,
            written=self.target.written,
            calendar=self.calendar,
            slices=slices,
            cause=cause,
        )


class Rules:
    """One published version of a regulation; it remembers its answers, since tickets ask few different questions."""

    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self.key = intern(f"{regulation.name}@{regulation.version}")
        self.warnings: tuple[int, ...] = tuple(sorted(regulation.warnings))
        self._promises: dict[tuple[str, str, str], tuple[Promise, ...]] = {}

    def promises(self, category: str, priority: str, stage: str) -> tuple[Promise, ...]:
        """What is promised while a ticket is in this stage; raises UnknownTermError for terms that it does not know."""
        wanted = (category, priority, stage)
        if wanted not in self._promises:
            found = (self._for_stage(*wanted), self._for_silence(*wanted))
            self._promises[wanted] = tuple(promise for promise in found if promise)
        return self._promises[wanted]

    def entry(self, stage: str) -> str:
        """The stage in which a ticket opened in `stage` finds itself: the kind `new` is left automatically (R1-03)."""
        if self.regulation.stage(stage).kind is not Kind.new:
            return stage
        onward = (each.id for each in self.regulation.exits(stage))
        return next((to for to in onward if self.regulation.allowed(stage, to, Actor.automatic)), stage)

    def annuls(self, stage: str) -> bool:
        """Whether a ticket in this stage was annulled (A-32)."""
        return self.regulation.stage(stage).kind is Kind.annulled

    def hours(self, calendar: str) -> Calendar:
        """The calendar of this name."""
        return self.regulation.calendar(calendar)

    def _for_stage(self, category: str, priority: str, stage: str) -> Promise | None:
        """The plan's column for a stage; None where its time is not regulated (A-13)."""
        here = self.regulation.stage(stage)
        if here.target is None:
            return None
        plan = self.regulation.plan_for(category, priority)
        target = self.regulation.target(plan.id, stage)
        if target is None:
            return None
        return Promise(
            name=intern(stage),
            owner=here.owner.value,
            plan=intern(plan.id),
            category=category,
            priority=priority,
            target=target,
            calendar=intern(plan.calendar),
            hours=self.hours(plan.calendar),
            pauses=here.waiting_pauses,
            resumes=here.on_return is OnReturn.resume,
        )

    def _for_silence(self, category: str, priority: str, stage: str) -> Promise | None:
        """The time after which a silent requester's ticket is closed (R1-16, A-11)."""
        rule = self.regulation.auto_close
        if rule is None or rule.stage != stage:
            return None
        return Promise(
            name=AUTO_CLOSE,
            owner=Owner.requester.value,
            plan=AUTO_CLOSE,
            category=category,
            priority=priority,
            target=rule.target,
            calendar=intern(rule.calendar),
            hours=self.hours(rule.calendar),
        )
