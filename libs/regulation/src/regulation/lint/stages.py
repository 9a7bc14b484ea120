"""Whether every stage can be reached, and left for an end."""

from collections.abc import Iterable, Iterator

from regulation.document import Regulation
from regulation.lint.finding import Finding, Severity, quoted
from regulation.stage import ENDED, Kind
from regulation.term import Title


def unreachable(regulation: Regulation) -> Iterator[Finding]:
    """Stages that no ticket comes to, from the first stage or from where a channel begins."""
    begins = {stage.id for stage in regulation.stages_of(Kind.new)}
    begins |= {channel.opens_in for channel in regulation.channels if channel.opens_in}
    reached = _reached(begins, [(way.source, way.to) for way in regulation.transitions])
    for stage in regulation.stages:
        if stage.id not in reached:
            what = quoted([stage.title])
            said = Title(ru=f"до стадии {what.ru} не дойти", en=f"no ticket can come to {what.en}")
            yield _finding("unreachable-stage", Severity.warning, stage.id, said)


def endless(regulation: Regulation) -> Iterator[Finding]:
    """Stages from which no way leads to a closed or annulled one: their tickets stay open for ever."""
    ends = {stage.id for stage in regulation.stages if stage.kind in ENDED or stage.terminal}
    ending = _reached(ends, [(way.to, way.source) for way in regulation.transitions])
    for stage in regulation.stages:
        if stage.id not in ending:
            what = quoted([stage.title])
            said = Title(
                ru=f"из стадии {what.ru} обращение не закрыть", en=f"a ticket in {what.en} can never be closed"
            )
            yield _finding("no-way-to-an-end", Severity.error, stage.id, said)


def without_a_way_back(regulation: Regulation) -> Iterator[Finding]:
    """Solutions that nobody can take back: a reopening goes to a stage of the kind `reopened` and nowhere else."""
    for stage in regulation.stages_of(Kind.resolved):
        if not any(each.kind is Kind.reopened for each in regulation.exits(stage.id)):
            what = quoted([stage.title])
            said = Title(
                ru=f"из стадии {what.ru} обращение не возобновить: из неё нет перехода в стадию вида reopened",
                en=f"a ticket in {what.en} cannot be reopened: no transition leads to a stage of the kind reopened",
            )
            yield _finding("no-way-back", Severity.warning, stage.id, said)


def _reached(begins: Iterable[str], ways: list[tuple[str, str]]) -> set[str]:
    reached: set[str] = set()
    coming = list(begins)
    while coming:
        here = coming.pop()
        if here not in reached:
            reached.add(here)
            coming += [to for source, to in ways if source == here]
    return reached


def _finding(code: str, severity: Severity, stage: str, message: Title) -> Finding:
    return Finding(code=code, severity=severity, place=f"stages.{stage}", message=message, requirements=("D8",))
