"""Whether more urgent is faster (D8, A-33); priorities stand from the least urgent to the most."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, product

from regulation.document import Regulation
from regulation.lint.finding import Finding, Severity, quoted
from regulation.lint.promises import Promise, elapsed, promises, ways_in
from regulation.parts import Category, Priority
from regulation.plan import Plan
from regulation.term import Title

Pair = tuple[Priority, Priority]
Change = tuple[Pair, Promise, str, str]
"""What gets longer between which priorities, from what to what as written."""


def lengthened(regulation: Regulation) -> Iterator[Finding]:
    """Targets that a higher priority makes longer, or leaves out; one finding a change with its categories."""
    found: dict[Change, dict[str, Category]] = defaultdict(dict)
    for category, pair, lower, higher in _steps(regulation):
        for promise in promises(regulation):
            if change := _longer(regulation, promise, lower, higher):
                found[pair, promise, *change][category.id] = category
    yield from (_says_longer(change, list(categories.values())) for change, categories in found.items())


def _steps(regulation: Regulation) -> Iterator[tuple[Category, Pair, Plan, Plan]]:
    pairs = list(pairwise(regulation.priorities))
    for pair, category, way in product(pairs, regulation.categories, ways_in(regulation)):
        lower, higher = (regulation.plan_for(category.id, each.id, *way) for each in pair)
        yield category, pair, lower, higher


def _longer(regulation: Regulation, promise: Promise, lower: Plan, higher: Plan) -> tuple[str, str] | None:
    before, after = lower.target(promise.column), higher.target(promise.column)
    if before is None or (after is None and promise.column in higher.targets):
        return None
    if after is None:
        return before.written, ""
    longer = elapsed(after, regulation.calendar(higher.calendar)) > elapsed(before, regulation.calendar(lower.calendar))
    return (before.written, after.written) if longer else None


def _says_longer(change: Change, categories: list[Category]) -> Finding:
    (low, high), promise, before, after = change
    what, many, some = quoted([promise.title]), quoted(each.title for each in categories), len(categories)
    raised = Title(ru=f"«{low.title.ru}» → «{high.title.ru}»", en=f"“{low.title.en}” → “{high.title.en}”")
    ru = f"срок {what.ru} растёт с {before} до {after}" if after else f"срок {what.ru} ({before}) пропадает"
    en = f"lengthens {what.en} from {before} to {after}" if after else f"leaves {what.en} ({before}) without a target"
    return Finding(
        code="longer-when-more-urgent" if after else "unlimited-when-more-urgent",
        severity=Severity.warning,
        place=f"plan_table.*.{high.id}",
        message=Title(
            ru=f"при повышении приоритета {raised.ru} {ru}; категории ({some}): {many.ru}",
            en=f"raising the priority {raised.en} {en}; categories ({some}): {many.en}",
        ),
        requirements=("D8", "A-33"),
    )


def coincident(regulation: Regulation) -> Iterator[Finding]:
    """Neighbouring priorities that lead to the same plan in some categories; all of them in all: one note."""
    found: dict[tuple[str, str], list[Category]] = defaultdict(list)
    for pair, category in product(pairwise(regulation.priorities), regulation.categories):
        if _same(regulation, category, pair):
            found[pair[0].id, pair[1].id].append(category)
    every = len(regulation.categories)
    if found and all(len(found.get((low.id, high.id), ())) == every for low, high in pairwise(regulation.priorities)):
        yield _without_effect(regulation)
        return
    for (low, high), categories in found.items():
        yield _says_same(regulation.priority(low).title, regulation.priority(high).title, categories, high)


def _same(regulation: Regulation, category: Category, pair: Pair) -> bool:
    for way in ways_in(regulation):
        lower, higher = (regulation.plan_for(category.id, each.id, *way) for each in pair)
        if lower.id != higher.id or not any(lower.target(column) for column in lower.targets):
            return False
    return True


def _says_same(low: Title, high: Title, categories: list[Category], place: str) -> Finding:
    pair, many, some = quoted([low, high]), quoted(each.title for each in categories), len(categories)
    return Finding(
        code="priorities-coincide",
        severity=Severity.warning,
        place=f"plan_table.*.{place}",
        message=Title(
            ru=f"приоритеты {pair.ru} дают один и тот же план; категории ({some}): {many.ru}",
            en=f"the priorities {pair.en} give the same plan; categories ({some}): {many.en}",
        ),
        requirements=("A-33",),
    )


def _without_effect(regulation: Regulation) -> Finding:
    many = quoted(each.title for each in regulation.priorities)
    return Finding(
        code="priority-without-effect",
        severity=Severity.note,
        place="plan_table",
        message=Title(
            ru=f"приоритет ни на что не влияет: {many.ru} дают один и тот же план в каждой категории",
            en=f"the priority changes nothing: {many.en} give the same plan in every category",
        ),
    )
