"""Whether the parts of a regulation fit together: every name said is a name known."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from regulation.document import Regulation
from regulation.stage import Actor, Kind
from regulation.term import Term, normal
from regulation.text import Fault, Path


def unknown_references(regulation: Regulation) -> Iterator[Fault]:
    """Every name that leads nowhere, every name given twice and every missing cell, with its place."""
    for check in CHECKS:
        yield from check(regulation)


def _names(regulation: Regulation) -> Iterator[Fault]:
    for key in ("ticket_types", "categories", "priorities", "plans", "stages", "roles", "groups", "channels"):
        yield from _shared_names(key, getattr(regulation, key))


def _shared_names(key: str, terms: Sequence[Term]) -> Iterator[Fault]:
    own = [sorted({normal(name) for name in term.names}) for term in terms]
    counts = Counter(name for names in own for name in names)
    for index, names in enumerate(own):
        for name in (name for name in names if counts[name] > 1):
            yield Fault((key, index), f"{name!r} names {counts[name]} of the {key}: give each its own name")


def _categories(regulation: Regulation) -> Iterator[Fault]:
    types, stages, roles = map(_ids, (regulation.ticket_types, regulation.stages, regulation.roles))
    for index, category in enumerate(regulation.categories):
        here: Path = ("categories", index)
        yield from _known((*here, "ticket_type"), "ticket type", [category.ticket_type], types)
        yield from _known((*here, "estimated"), "stage", category.estimated, stages)
        yield from _known((*here, "roles"), "stage", category.roles, stages)
        for stage, named in category.roles.items():
            yield from _known((*here, "roles", stage), "role", named, roles)


def _plans(regulation: Regulation) -> Iterator[Fault]:
    columns = {stage.target: None for stage in regulation.stages if stage.target}
    for index, plan in enumerate(regulation.plans):
        yield from _known(("plans", index, "calendar"), "calendar", [plan.calendar], regulation.calendars)
        for column in plan.targets:
            yield from _known(("plans", index, "targets", column), "target of a stage", [column], columns)


def _plan_table(regulation: Regulation) -> Iterator[Fault]:
    categories, priorities, plans = map(_ids, (regulation.categories, regulation.priorities, regulation.plans))
    yield from _missing(("plan_table",), "category", categories, regulation.plan_table)
    for category, row in regulation.plan_table.items():
        here: Path = ("plan_table", category)
        yield from _known(here, "category", [category], categories)
        yield from _missing(here, "priority", priorities, row)
        for priority, plan in row.items():
            yield from _known((*here, priority), "priority", [priority], priorities)
            yield from _known((*here, priority), "plan", [plan], plans)


def _stages(regulation: Regulation) -> Iterator[Fault]:
    columns = {column for plan in regulation.plans for column in plan.targets}
    if len(regulation.stages_of(Kind.new)) != 1:
        yield Fault(("stages",), "exactly one stage is of the kind new: mark the one a ticket begins in")
    left = {way.source for way in regulation.transitions}
    for index, stage in enumerate(regulation.stages):
        here: Path = ("stages", index)
        yield from _known((*here, "roles"), "role", stage.roles, _ids(regulation.roles))
        if stage.target and stage.target not in columns:
            yield Fault((*here, "target"), f"no plan has a target {stage.target!r}: add it to a plan or leave this out")
        if stage.terminal == (stage.id in left):
            yield Fault(here, f"{stage.id}: terminal is true exactly where no transition leads out: correct either")


def _transitions(regulation: Regulation) -> Iterator[Fault]:
    stages = _ids(regulation.stages)
    ways = Counter((way.source, way.to) for way in regulation.transitions)
    for index, way in enumerate(regulation.transitions):
        yield from _known(("transitions", index, "from"), "stage", [way.source], stages)
        yield from _known(("transitions", index, "to"), "stage", [way.to], stages)
        if ways[way.source, way.to] > 1:
            yield Fault(("transitions", index), f"{way.source} to {way.to} is written twice: keep one")


def _channels(regulation: Regulation) -> Iterator[Fault]:
    for index, channel in enumerate(regulation.channels):
        here: Path = ("channels", index)
        yield from _known((*here, "group"), "group", [channel.group], _ids(regulation.groups))
        yield from _known((*here, "coverage"), "calendar", [channel.coverage], regulation.calendars)


def _defaults(regulation: Regulation) -> Iterator[Fault]:
    defaults = regulation.defaults
    yield from _known(("defaults", "category"), "category", [defaults.category], _ids(regulation.categories))
    yield from _known(("defaults", "priority"), "priority", [defaults.priority], _ids(regulation.priorities))


def _auto_close(regulation: Regulation) -> Iterator[Fault]:
    rule = regulation.auto_close
    if rule is None:
        return
    stages = _ids(regulation.stages)
    known = [*_known(("auto_close", "stage"), "stage", [rule.stage], stages)]
    known += _known(("auto_close", "to"), "stage", [rule.to], stages)
    yield from known
    yield from _known(("auto_close", "calendar"), "calendar", [rule.calendar], regulation.calendars)
    if not known and not regulation.allowed(rule.stage, rule.to, Actor.automatic):
        yield Fault(("auto_close",), f"add a transition from {rule.stage} to {rule.to} by automatic")


CHECKS: tuple[Callable[[Regulation], Iterator[Fault]], ...] = (
    _names,
    _categories,
    _plans,
    _plan_table,
    _stages,
    _transitions,
    _channels,
    _defaults,
    _auto_close,
)


def _ids(terms: Iterable[Term]) -> list[str]:
    return [term.id for term in terms]


def _known(path: Path, kind: str, named: Iterable[str], known: Collection[str]) -> Iterator[Fault]:
    for name in named:
        if name not in known:
            yield Fault(path, f"there is no {kind} {name!r}: write one of {', '.join(known)}")


def _missing(path: Path, kind: str, wanted: Iterable[str], given: Collection[str]) -> Iterator[Fault]:
    for name in wanted:
        if name not in given:
            yield Fault(path, f"the {kind} {name!r} has no plan: add it")
