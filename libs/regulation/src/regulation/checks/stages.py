"""Whether the stages of a ticket's life are ones that a ticket can live through."""

from collections.abc import Iterator

from regulation.checks.plain import Document, terms, text
from regulation.stage import Kind
from regulation.term import Title
from regulation.text import Fault

WITH_EXITS = Title(
    ru="стадия названа конечной (terminal: true), а из неё есть переход: уберите одно из двух",
    en="terminal is true exactly where no transition leads out, and one does: correct either",
)
WITHOUT_EXITS = Title(
    ru="из стадии нет перехода: добавьте переход или напишите terminal: true",
    en="terminal is true exactly where no transition leads out, and none does: add a transition or terminal: true",
)


def stages(document: Document) -> Iterator[Fault]:
    """Not exactly one first stage, ends that are none, targets that no plan has."""
    if not isinstance(document.get("stages"), list):
        return
    yield from _first(document)
    yield from _targets(document)
    if not isinstance(document.get("transitions"), list):
        return
    left = {text(way, "from") for _, way in terms(document, "transitions")}
    for path, stage in terms(document, "stages"):
        if (terminal := text(stage, "terminal", "false")) not in ("true", "false"):
            continue
        if terminal == "true" and text(stage, "id") in left:
            yield Fault((*path, "terminal"), WITH_EXITS)
        if terminal == "false" and text(stage, "id") not in left:
            yield Fault(path, WITHOUT_EXITS)


def _first(document: Document) -> Iterator[Fault]:
    new = [path for path, stage in terms(document, "stages") if stage.get("kind") == Kind.new]
    for path in new[1:] or ([] if new else [("stages",)]):
        ru = f"ровно одна стадия имеет вид new, а здесь их {len(new)}: отметьте ту, с которой начинается обращение"
        en = f"exactly one stage is of the kind new, not {len(new)}: mark the one a ticket begins in"
        yield Fault((*path, "kind"), Title(ru=ru, en=en))


def _targets(document: Document) -> Iterator[Fault]:
    if not isinstance(document.get("plans"), list):
        return
    plans = [plan.get("targets") for _, plan in terms(document, "plans")]
    columns = {column for targets in plans if isinstance(targets, dict) for column in targets}
    named = [(path, each) for key in ("stages", "metrics") for path, each in terms(document, key)]
    for path, each in named:
        target = each.get("target")
        if isinstance(target, str) and target not in columns:
            ru = f"ни в одном плане нет срока «{target}»: добавьте его в targets плана или уберите отсюда"
            en = f"no plan has a target {target!r}: add it to a plan or leave this out"
            yield Fault((*path, "target"), Title(ru=ru, en=en))
