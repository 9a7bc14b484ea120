"""Where a hypothetical ticket may go from where it is: what intake would let happen, and what it would refuse."""

from datetime import datetime

from regulation.document import Regulation
from regulation.stage import ENDED, Actor, Kind, Stage
from regulation.ways import passed, resumable_until

from sla.steps import Step
from sla.terms import Terms

KINDS = {
    "escalated": Kind.work,
    "returned": Kind.work,
    "resolved": Kind.resolved,
    "reopened": Kind.reopened,
    "closed": Kind.closed,
    "annulled": Kind.annulled,
}
"""Where each move leads."""
AGENTS = ("escalated", "returned", "resolved")
"""What agents do; a reopening or an end may be anybody's whom the regulation allows it."""


class Ways:
    """A regulation's transitions as one move of a ticket of this category, which is in this stage, asks them."""

    def __init__(self, terms: Terms, step: Step, here: str, category: str) -> None:
        self._terms = terms
        self._regulation: Regulation = terms.regulation
        self._step = step
        self._kind = KINDS[step.event]
        self._by = Actor.agent if step.event in AGENTS else None
        self._here = here
        self._category = category

    def there(self) -> bool:
        """Whether the ticket is where the move leads already."""
        stage = self._regulation.stage(self._here)
        if self._kind is Kind.work:
            return self._step.stage is not None and self._terms.stage(self._step.stage) == stage
        return stage.kind is self._kind

    def stages(self) -> list[str]:
        """The stages that the move leads through (0009) and to; raises Malformed where intake would refuse it."""
        between = passed(self._regulation, self._here, self._kind, Actor.agent) if self._kind is Kind.resolved else ()
        last = self._regulation.stage([self._here, *between][-1])
        to = self._to(last.id)
        stages = [*between, to.id]
        for each in map(self._regulation.stage, stages):
            if each.takes and self._category not in each.takes:
                raise self._wrong(f"{each.id} takes only {', '.join(each.takes)}: classify it first, or go elsewhere")
        if self._kind is Kind.resolved and last.solves and self._category not in last.solves:
            raise self._wrong(f"{last.id} hands tickets of {self._category} on: escalate it")
        return stages

    def refuse_late(self, closed_at: datetime | None) -> None:
        """Raise Malformed when the time in which a closed ticket may be taken up again is over (A-12)."""
        window, ended = self._regulation.reopening, self._regulation.stage(self._here).kind in ENDED
        if not (window and closed_at and ended and self._kind is Kind.reopened):
            return
        until = resumable_until(self._regulation, closed_at)
        if until is not None and self._step.at > until:
            detail = f"a closed ticket may be taken up again within {window.within}: a new message opens another one"
            raise self._terms.wrong("at", detail)

    def _to(self, last: str) -> Stage:
        if self._step.stage is None:
            return self._meant(last)
        to = self._terms.stage(self._step.stage)
        if to.kind is not self._kind:
            raise self._wrong(f"{self._step.event} cannot lead to {to.id}: name another stage")
        if not self._open(last, to):
            raise self._refused(last, f" to {to.id}")
        return to

    def _meant(self, last: str) -> Stage:
        """The stage of this kind that the ticket may go to; of working ones the next, or the one before (A-4)."""
        order = [each.id for each in self._regulation.stages]
        forth = self._step.event != "returned"
        for each in self._regulation.stages_of(self._kind):
            onward = self._kind is not Kind.work or (order.index(each.id) > order.index(last)) is forth
            if onward and each.id != last and self._open(last, each):
                return each
        raise self._refused(last)

    def _open(self, source: str, to: Stage) -> bool:
        return self._regulation.allowed(source, to.id, self._by)

    def _refused(self, last: str, to: str = "") -> Exception:
        ways = ", ".join(each.id for each in self._regulation.exits(last)) or "nowhere"
        return self._wrong(f"a ticket in {last} cannot be {self._step.event}{to}: it may only go to {ways}")

    def _wrong(self, detail: str) -> Exception:
        return self._terms.wrong("stage", detail)
