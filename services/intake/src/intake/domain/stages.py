"""Where a ticket may go from where it is: the regulation's transitions and a clear word when there is none."""

from collections.abc import Iterator

from regulation.stage import Kind, Stage
from regulation.term import UnknownTermError
from regulation.ways import working_exits

from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError


def is_of(stage: str, kind: Kind, by: Hand) -> bool:
    """Whether a stage means this to the platform."""
    return any(each.id == stage for each in by.regulation.stages_of(kind))


def to_kind(source: str, kind: Kind, by: Hand) -> str:
    """The stage of this kind that the hand may move a ticket to; RefusedError says which ways there are instead."""
    wanted = by.regulation.stages_of(kind)
    for stage in wanted:
        if by.regulation.allowed(source, stage.id, by.actor):
            return stage.id
    raise _refused(source, wanted[0] if wanted else None, by)


def to_work(source: str, wanted: str, by: Hand) -> str:
    """The working stage that the hand may escalate to: the one named, or the only one there is when none is named."""
    if not wanted:
        return _only(source, by)
    stage = by.regulation.find_stage(wanted)
    if stage is None:
        known = ", ".join(each.id for each in by.regulation.stages_of(Kind.work))
        raise UnknownTermError(f"there is no stage {wanted!r}: write one of {known}")
    if stage.id == source:
        return source
    if stage.kind is not Kind.work or not by.regulation.allowed(source, stage.id, by.actor):
        raise _refused(source, stage, by)
    return stage.id


def refuse_unclassified(source: str, by: Hand, *, classified: bool) -> None:
    """Raise RefusedError where the regulation wants a category stated before work and nobody has stated it (R3-01)."""
    here = by.regulation.find_stage(source)
    if here and here.classify_first and not classified:
        known = ", ".join(each.id for each in by.regulation.categories)
        raise RefusedError(f"Classify it first: it is one of {known}.", "classify-first")


def refuse_foreign(stage: str, category: str, by: Hand) -> None:
    """Raise RefusedError for a ticket of a category that this stage does not take (R3-08, R3-17)."""
    there = by.regulation.find_stage(stage)
    if there and there.takes and category not in there.takes:
        known = ", ".join(there.takes)
        raise RefusedError(f"{there.title.en} takes only {known}: classify it first, or go elsewhere.", "category")


def refuse_handing_on(stage: str, category: str, by: Hand) -> None:
    """Raise RefusedError where tickets of this category are not solved in this stage but handed on (R3-06, R3-07)."""
    here = by.regulation.find_stage(stage)
    if here and here.solves and category not in here.solves:
        ways = _list(working_exits(by.regulation, stage, by.actor)) or "nowhere"
        raise RefusedError(f"{here.title.en} hands tickets of this category on: escalate it to {ways}.", "hand-over")


def refuse_unexcluded(source: str, by: Hand, why: str) -> None:
    """Raise RefusedError for an agent's end of unsolved work that says neither why nor which exclusion (R0-27)."""
    here = by.regulation.find_stage(source)
    unsolved = here is not None and here.kind is Kind.work and by.party == "agent"
    if unsolved and not why and by.regulation.exclusions:
        known = ", ".join(each.id for each in by.regulation.exclusions)
        raise RefusedError(
            f"Solve it, or say why not: a reason, or an exclusion, which is one of {known}.", "exclusion-needed"
        )


def _only(source: str, by: Hand) -> str:
    ways = working_exits(by.regulation, source, by.actor)
    if len(ways) != 1:
        raise RefusedError(f"Name the stage to go to: {_list(ways) or 'none is open from here'}.", "stage-needed")
    return ways[0].id


def _refused(source: str, wanted: Stage | None, by: Hand) -> RefusedError:
    if wanted is None:
        return RefusedError("This regulation has no such stage.", "no-such-stage")
    here = by.regulation.find_stage(source)
    name = here.title.en if here else source
    others = [actor for actor in ("requester", "agent", "automatic") if _open(source, wanted, actor, by)]
    if others:
        who = " or ".join(others)
        return RefusedError(f"Only this party may move a ticket from {name} to {wanted.title.en}: {who}.", "not-yours")
    ways = "; ".join(_ways(source, by)) if here else ""
    return RefusedError(f"From {name} a ticket may only go to: {ways or 'nowhere'}.", "no-such-transition")


def _ways(source: str, by: Hand) -> Iterator[str]:
    for way in by.regulation.transitions:
        if way.source == source:
            yield f"{_list([by.regulation.stage(way.to)])} by {' or '.join(way.by)}"


def _open(source: str, wanted: Stage, actor: str, by: Hand) -> bool:
    return actor != by.actor and any(
        way.source == source and way.to == wanted.id and actor in way.by for way in by.regulation.transitions
    )


def _list(stages: list[Stage]) -> str:
    return ", ".join(f"{stage.id} ({stage.title.en})" for stage in stages)
