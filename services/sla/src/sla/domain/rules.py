"""Which promises one version of a regulation makes about a ticket, by its cell and stage."""

from collections.abc import Iterable, Iterator
from sys import intern

import msgspec
from contracts.reasons import Deadline
from regulation.calendar import Calendar
from regulation.document import Regulation
from regulation.duration import Target, parse_target
from regulation.plan import Metric
from regulation.stage import SOLVED, Actor, Kind, OnReturn, Owner, Stage
from regulation.term import Title, named

from sla.domain.promise import AUTO_CLOSE, RESOLUTION, Cell, Promise


class Rules:
    """One published version of a regulation; it remembers its answers, since tickets ask few different questions."""

    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self.key = intern(regulation.key)
        self.warnings: tuple[int, ...] = tuple(sorted(regulation.warnings))
        limits: tuple[Stage | Metric, ...] = (*regulation.stages, *regulation.metrics)
        self.soft = frozenset(each.id for each in limits if each.soft)
        self.measures = {each.id: each.measures for each in regulation.metrics}
        self._advice = {each.id: each.advice for each in limits if each.soft}
        self._promises: dict[tuple[Cell, str], tuple[Promise, ...]] = {}
        self._entries: dict[str, str] = {}
        self._kinds = {each.id: each.kind for each in regulation.stages}

    def promises(self, cell: Cell, stage: str) -> tuple[Promise, ...]:
        """What is promised while a ticket is in this stage; raises UnknownTermError for terms that it does not know."""
        found = self._promises.get((cell, stage))
        if found is None:
            found = self._promises[cell, stage] = tuple(self._made(cell, stage))
        return found

    def estimated(self, promise: Promise, works: Iterable[str]) -> Promise:
        """The promise as far as an executor's estimates lengthen it, where the category allows them (R1-11, A-12b)."""
        if promise.measures or promise.name not in self.regulation.category(promise.category).estimated:
            return promise
        plan = self.regulation.plan(promise.plan)
        targets = tuple(parse_target(work, plan.business_day, plan.day_mode) for work in works)
        return msgspec.structs.replace(promise, estimates=targets)

    def written(self, why: Deadline) -> Target:
        """The target of a deadline decided under these rules, its days as its plan means them (A-1)."""
        silence = self.regulation.auto_close
        plan = silence if silence and why.plan == AUTO_CLOSE else self.regulation.plan(why.plan)
        return parse_target(why.written, plan.business_day, plan.day_mode)

    def entry(self, stage: str) -> str:
        """The stage in which a ticket opened in `stage` finds itself: the kind `new` is left automatically (R1-03)."""
        found = self._entries.get(stage)
        if found is None:
            found = self._entries[stage] = self._entered(stage)
        return found

    def _entered(self, stage: str) -> str:
        if named(self.regulation.stages, stage, "stage").kind is not Kind.new:
            return stage
        onward = (each.id for each in self.regulation.exits(stage))
        return next((to for to in onward if self.regulation.allowed(stage, to, Actor.automatic)), stage)

    def annuls(self, stage: str) -> bool:
        """Whether a ticket in this stage was annulled (A-32); raises UnknownTermError."""
        kind = self._kinds.get(stage) or self.regulation.stage(stage).kind
        return kind is Kind.annulled

    def hours(self, calendar: str) -> Calendar:
        """The calendar of this name."""
        return self.regulation.calendar(calendar)

    def counts_from_sending(self, channel: str) -> bool:
        """Whether clocks of this channel start when the message was sent (design §4)."""
        return any(each.id == channel and each.clocks_from == "sent" for each in self.regulation.channels)

    def advice(self, name: str) -> Title | None:
        """What the end of a soft budget advises (A-27)."""
        return self._advice.get(name)

    def _made(self, cell: Cell, stage: str) -> Iterator[Promise]:
        yield from self._for_stage(cell, stage)
        yield from self._for_silence(cell, stage)
        if self.regulation.stage(stage).kind not in SOLVED:  # nothing keeps counting after the solution (§3.3-3)
            for metric in self.regulation.metrics:
                yield from self._for_metric(cell, metric)

    def _for_stage(self, cell: Cell, stage: str) -> Iterator[Promise]:
        """The plan's column for a stage; none where its time is not regulated (A-13) or not supplied."""
        here, plan = self.regulation.stage(stage), self.regulation.plan_for(*cell)
        if here.target and (target := self.regulation.target(plan.id, stage)):
            yield Promise(
                name=intern(stage),
                owner=here.owner.value,
                plan=intern(plan.id),
                category=cell.category,
                priority=cell.priority,
                target=target,
                calendar=intern(plan.calendar),
                hours=self.hours(plan.calendar),
                pauses=here.waiting_pauses,
                resumes=here.on_return is OnReturn.resume,
            )

    def _for_silence(self, cell: Cell, stage: str) -> Iterator[Promise]:
        """The time after which a silent requester's ticket is closed (R1-16, A-11)."""
        rule = self.regulation.auto_close
        if rule and rule.stage == stage:
            yield Promise(
                name=AUTO_CLOSE,
                owner=Owner.requester.value,
                plan=AUTO_CLOSE,
                category=cell.category,
                priority=cell.priority,
                target=rule.target,
                calendar=intern(rule.calendar),
                hours=self.hours(rule.calendar),
                measures=AUTO_CLOSE,
            )

    def _for_metric(self, cell: Cell, metric: Metric) -> Iterator[Promise]:
        """The plan's column for a metric; a resolution waits for the requester, a response does not (A-8)."""
        plan = self.regulation.plan_for(*cell)
        if target := self.regulation.metric_target(plan.id, metric):
            lasting = metric.measures is RESOLUTION
            yield Promise(
                name=intern(metric.id),
                owner=Owner.team.value,
                plan=intern(plan.id),
                category=cell.category,
                priority=cell.priority,
                target=target,
                calendar=intern(plan.calendar),
                hours=self.hours(plan.calendar),
                measures=metric.measures.value,
                pauses=lasting,
                resumes=lasting,
            )
