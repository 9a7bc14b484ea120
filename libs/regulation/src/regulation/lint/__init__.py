"""What is strange in a regulation that is correct (D8, A-2, A-25, A-33, R0-10, R2-09): facts for its owner to judge."""

from collections.abc import Callable, Iterator
from datetime import date

from regulation.document import Regulation
from regulation.lint import calendars, channels, notes, plans, priorities, stages, texts
from regulation.lint.finding import Finding, Severity

__all__ = ["Finding", "Severity", "lint"]

LINTS: tuple[Callable[[Regulation], Iterator[Finding]], ...] = (
    calendars.without_working_time,
    stages.endless,
    stages.unreachable,
    stages.without_a_way_back,
    priorities.lengthened,
    priorities.coincident,
    plans.in_office_hours,
    plans.slower_below,
    plans.outside_its_calendar,
    plans.unused,
    plans.late_warnings,
    calendars.other_days,
    channels.without_a_line,
    channels.without_a_bot,
    channels.handed_over_to_nobody,
    channels.groups_without_work,
    texts.familiar_texts,
    notes.not_supplied,
    notes.assumed,
)
ORDER = list(Severity)


def lint(regulation: Regulation, on: date | None = None) -> tuple[Finding, ...]:
    """Everything strange, errors first; with a date also whether the official calendars of that time are known."""
    found = [finding for each in LINTS for finding in each(regulation)]
    found += calendars.without_official_days(regulation, on)
    return tuple(sorted(found, key=lambda finding: ORDER.index(finding.severity)))
