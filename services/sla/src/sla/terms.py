"""What a hypothetical ticket's words mean in a regulation; raises Malformed where one means nothing."""

from collections.abc import Callable

from regulation.channel import Channel
from regulation.document import Regulation
from regulation.duration import DayMode, parse_target
from regulation.parts import Category
from regulation.stage import Kind, Stage
from regulation.term import Term
from servicekit.problems import Malformed, fault

from sla.steps import Asked, Step


class Terms:
    """A regulation as one step of a timeline asks it; `number` is the step's place, for whoever has to correct it."""

    def __init__(self, regulation: Regulation, number: int) -> None:
        self.regulation = regulation
        self._number = number

    def wrong(self, field: str, detail: str) -> Malformed:
        """The problem that points at a field of this step."""
        return Malformed(detail, [fault(("body", "timeline", self._number, field), detail)])

    def category(self, asked: Asked | Step) -> str | None:
        """The category that is meant, by itself or by its type (R1-19 to R1-28); None when neither is given."""
        if asked.category:
            return self._term("category", asked.category, self.regulation.find_category)
        if not asked.type:
            return None
        wanted = self._term("type", asked.type, self.regulation.find_type)
        found: Category | None = next((e for e in self.regulation.categories if e.ticket_type == wanted), None)
        if found is None:
            raise self.wrong("type", f"no category makes tickets of the type {wanted}: write a category")
        return found.id

    def priority(self, wanted: str | None) -> str:
        """The priority that is meant."""
        return self._term("priority", wanted, self.regulation.find_priority)

    def channel(self, wanted: str | None) -> Channel | None:
        """The channel that is meant; one not known matters only where channels decide something."""
        found = self.regulation.find_channel(wanted) if wanted else None
        chosen = any(rule.channels or rule.directions for rule in self.regulation.plan_rules)
        if wanted and not found and (chosen or any(each.opens_in for each in self.regulation.channels)):
            raise self._unknown("channel")
        return found

    def service(self, wanted: str | None) -> str:
        """The service that is meant; one not known matters only where services select plans."""
        found = self.regulation.find_service(wanted) if wanted else None
        if wanted and not found and any(rule.services for rule in self.regulation.plan_rules):
            raise self._unknown("service")
        return found.id if found else ""

    def work(self, written: str | None) -> str:
        """An estimate that can be read."""
        try:
            parse_target(written or "", "8h", DayMode.hours)
        except ValueError as error:
            raise self.wrong("work", str(error)) from error
        return written or ""

    def stage(self, wanted: str | int) -> Stage:
        """The stage of this name, or the working stage of this number."""
        work = self.regulation.stages_of(Kind.work)
        if isinstance(wanted, int):
            if not 0 < wanted <= len(work):
                raise self.wrong("stage", f"write a level from 1 to {len(work)}")
            return work[wanted - 1]
        return self.regulation.stage(self._term("stage", wanted, self.regulation.find_stage))

    def _term(self, field: str, wanted: str | None, find: Callable[[str], Term | None]) -> str:
        found = find(wanted) if wanted else None
        if found is None:
            raise self._unknown(field)
        return found.id

    def _unknown(self, field: str) -> Malformed:
        return self.wrong(field, f"the regulation knows no such {field}: write its id or its title")
