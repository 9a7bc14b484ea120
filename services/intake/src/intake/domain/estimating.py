"""The executor's own estimate of a stage, which may only lengthen what the plan gives it (R1-11, A-12b)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from regulation.document import Regulation
from regulation.duration import DayMode, parse_target
from regulation.plan import Plan
from regulation.term import UnknownTermError

from intake.domain.refusing import RefusedError
from intake.domain.sayings import Today

WORKDAY = "8h"


def estimable(regulation: Regulation, category: str, here: str, named: str) -> str:
    """The stage that may be estimated: the one named by id or title, else the one the ticket is in, or the only one.

    Raises UnknownTermError for an unknown stage, RefusedError where the category leaves none to the executor.
    """
    about = regulation.category(category)
    if not about.estimated:
        raise RefusedError(f"The category {about.title.en} has no stage that the executor may estimate.", "no-estimate")
    known = ", ".join(about.estimated)
    if not named and here not in about.estimated and len(about.estimated) > 1:
        raise RefusedError(f"Name the stage to estimate: {known}.", "stage-needed")
    stage = regulation.find_stage(named) if named else None
    if named and stage is None:
        raise UnknownTermError(f"there is no stage {named!r}: write one of {known}")
    wanted = stage.id if stage else here if here in about.estimated else about.estimated[0]
    if wanted not in about.estimated:
        raise RefusedError(f"Only these stages of the category {about.title.en} are estimated: {known}.", "no-estimate")
    return wanted


class Estimate(NamedTuple):
    """What the executor says of a stage, when, and what he said of it before ("": nothing)."""

    stage: str
    work: str
    at: datetime
    earlier: str = ""


def lengthened(regulation: Regulation, today: Today, channel: str, said: Estimate) -> str:
    """What the estimate lengthens, as written, or "" where it says no more than the one before; RefusedError for less.

    Compared in working time of the plan's calendar from the estimate on, in the plan's meaning of a day.
    """
    plan = regulation.plan_for(today.category, today.priority, channel, today.service)
    planned = regulation.target(plan.id, said.stage)
    if planned is None:
        raise RefusedError("The plan sets no time for this stage: there is nothing to lengthen.", "no-target")
    if said.work == said.earlier:
        return ""
    known = [planned.written, *filter(None, [said.earlier])]
    asked, *had = (_work(regulation, plan, written, said.at) for written in (said.work, *known))
    if asked <= max(had):
        longest = known[had.index(max(had))]
        raise RefusedError(f"An estimate may only lengthen: this stage has {longest} already.", "not-longer")
    return said.earlier or planned.written


def _work(regulation: Regulation, plan: Plan, written: str, since: datetime) -> timedelta:
    target = parse_target(written, plan.business_day, plan.day_mode)
    return target.budget(regulation.calendar(plan.calendar), since)


def work_written(text: str) -> str:
    """A length of time as regulations write it ("20 дней"), or a ValueError that says how to write one."""
    return parse_target(" ".join(text.split()), WORKDAY, DayMode.hours).written
