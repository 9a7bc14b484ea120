"""Whether plans are used, run when somebody works, and leave room for their warnings."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from regulation.document import Regulation, wanted_by
from regulation.lint.finding import Finding, Severity, quoted
from regulation.lint.promises import days, elapsed, is_round_the_clock, plans_in_use, week
from regulation.plan import Plan
from regulation.stage import Kind, Owner, Stage
from regulation.term import Title

MINUTE = timedelta(minutes=1)


def in_office_hours(regulation: Regulation) -> Iterator[Finding]:
    """Plans that only the highest of several priorities leads to and whose clocks stand still outside hours (A-33)."""
    if len(regulation.priorities) < 2:  # one priority is not the highest of several
        return
    highest, used = regulation.priorities[-1], list(plans_in_use(regulation))
    lower = {plan.id for priority, plan in used if priority != highest.id}
    for plan in regulation.plans:
        promises = any(plan.target(column) for column in plan.targets)
        calendar = regulation.calendar(plan.calendar)
        if promises and plan.id in {each.id for _, each in used} - lower and not is_round_the_clock(calendar):
            hours, many = week(calendar) / timedelta(hours=1), len(days(calendar))
            what, only = quoted([plan.title]), quoted([highest.title])
            ru = f"план {what.ru} только для приоритета {only.ru}, а идёт лишь {hours:g} ч в неделю ({many} дн.)"
            en = f"the plan {what.en} is for {only.en} alone and runs only {hours:g} hours a week, on {many} days"
            yield _warning("outage-in-office-hours", f"plans.{plan.id}.calendar", Title(ru=ru, en=en), "A-33", "D8")


def unused(regulation: Regulation) -> Iterator[Finding]:
    """Plans that no cell and no rule leads to, and rules that an earlier one always forestalls."""
    named = {plan for row in regulation.plan_table.values() for plan in row.values()}
    named |= {rule.plan for rule in regulation.plan_rules}
    for plan in regulation.plans:
        if plan.id not in named:
            what = quoted([plan.title])
            said = Title(ru=f"план {what.ru} никто не получает", en=f"nobody gets the plan {what.en}")
            yield _warning("plan-never-used", f"plans.{plan.id}", said, "D8")
    for index, rule in enumerate(regulation.plan_rules):
        before = [wanted_by(each) for each in regulation.plan_rules[:index]]
        if any(_covers(wider, wanted_by(rule)) for wider in before):
            ru = "до этого правила дело не доходит: всё, что ему подходит, забирает правило выше"
            en = "this rule is never reached: one above fits everything that it fits"
            yield _warning("rule-never-reached", f"plan_rules[{index + 1}]", Title(ru=ru, en=en), "R0-11")


def _covers(wider: Sequence[tuple[str, ...]], rule: Sequence[tuple[str, ...]]) -> bool:
    return all(not more or (less and set(less) <= set(more)) for more, less in zip(wider, rule, strict=True))


def outside_its_calendar(regulation: Regulation) -> Iterator[Finding]:
    """Plans whose clocks run on no weekday on which any channel is served."""
    served = {day for channel in regulation.channels for day in days(regulation.calendar(channel.coverage))}
    for plan in regulation.plans:
        own = days(regulation.calendar(plan.calendar))
        if regulation.channels and own and not served & own.keys():
            what = quoted([plan.title])
            ru = f"часы плана {what.ru} идут только в дни, когда ни один канал не обслуживается"
            en = f"the clocks of {what.en} run only on days on which no channel is served"
            yield _warning("plan-outside-its-calendar", f"plans.{plan.id}.calendar", Title(ru=ru, en=en), "D8", "R2-07")


def slower_below(regulation: Regulation) -> Iterator[Finding]:
    """Stages of the team that may take longer than the next level, to which they pass on what they cannot do (D8)."""
    order = [stage.id for stage in regulation.stages]
    ways = [(regulation.stage(way.source), regulation.stage(way.to)) for way in regulation.transitions]
    for lower, upper in ((a, b) for a, b in ways if _is_next(a, b) and order.index(a.id) < order.index(b.id)):
        plans = [plan for plan in regulation.plans if _slower(regulation, plan, lower, upper)]
        if plans:
            pair, many = quoted([lower.title, upper.title]), quoted(plan.title for plan in plans)
            ru = f"стадии {pair.ru}: на первую отведено больше, чем на следующую за ней; планы: {many.ru}"
            en = f"stages {pair.en}: the first may take longer than the one that follows it; plans: {many.en}"
            yield _warning("longer-than-next-level", f"stages.{lower.id}.target", Title(ru=ru, en=en), "D8")


def _is_next(lower: Stage, upper: Stage) -> bool:
    return all(each.kind is Kind.work and each.owner is Owner.team and each.target for each in (lower, upper))


def _slower(regulation: Regulation, plan: Plan, lower: Stage, upper: Stage) -> bool:
    first, second = (regulation.target(plan.id, each.id) for each in (lower, upper))
    calendar = regulation.calendar(plan.calendar)
    return first is not None and second is not None and elapsed(first, calendar) > elapsed(second, calendar)


def late_warnings(regulation: Regulation) -> Iterator[Finding]:
    """Warnings less than a minute before the deadline, or twice at the same moment (A-25)."""
    if regulation.warnings and (last := max(regulation.warnings)):
        for plan in regulation.plans:
            targets = filter(None, map(plan.target, plan.targets))
            tight = [each.written for each in targets if each.work() * (100 - last) / 100 < MINUTE]
            if tight:
                what, written = quoted([plan.title]), ", ".join(dict.fromkeys(tight))
                ru = f"план {what.ru}: при {last} % от {written} до срока остаётся меньше минуты"
                en = f"plan {what.en}: at {last} % of {written} less than a minute is left"
                yield _warning("warning-too-late", "warnings", Title(ru=ru, en=en), "A-25", "D8")
    for first, second in pairwise(sorted(regulation.warnings)):
        if first == second:
            said = Title(
                ru=f"предупреждение при {first} % написано дважды", en=f"the warning at {first} % is there twice"
            )
            yield _warning("warning-twice", "warnings", said, "A-25")


def _warning(code: str, place: str, message: Title, *requirements: str) -> Finding:
    return Finding(code=code, severity=Severity.warning, place=place, message=message, requirements=requirements)
