"""The ways of a ticket through a regulation's stages: where it begins, what it passes, until when it may come back."""

from datetime import datetime

from regulation.document import Regulation
from regulation.stage import Actor, Kind, Stage


def opening(regulation: Regulation) -> str:
    """The stage in which a ticket begins its life: the first one after `new` that is entered by itself (R1-03)."""
    return entered(regulation, (*regulation.stages_of(Kind.new), *regulation.stages)[0])


def entered(regulation: Regulation, stage: Stage) -> str:
    """Where a ticket opened in a stage finds itself: the kind `new` is left automatically."""
    onward = [each.id for each in regulation.exits(stage.id)] if stage.kind is Kind.new else []
    return next((to for to in onward if regulation.allowed(stage.id, to, Actor.automatic)), stage.id)


def working_exits(regulation: Regulation, source: str, by: Actor) -> list[Stage]:
    """The working stages that this actor may move a ticket to from here; none from a stage that is not known."""
    if regulation.find_stage(source) is None:
        return []
    ways = (stage for stage in regulation.exits(source) if stage.kind is Kind.work)
    return [stage for stage in ways if regulation.allowed(source, stage.id, by)]


def passed(regulation: Regulation, source: str, kind: Kind, by: Actor) -> tuple[str, ...]:
    """The working stages on the shortest way to a stage of this kind, none where it is next or out of reach (0009).

    Whoever solves a matter at the first level has processed it too: the ticket passes through what lies between.
    """
    ways: list[tuple[str, ...]] = [()]
    seen = {source}
    for way in ways:
        here = way[-1] if way else source
        if any(regulation.allowed(here, end.id, by) for end in regulation.stages_of(kind)):
            return way
        further = [stage.id for stage in working_exits(regulation, here, by) if stage.id not in seen]
        seen.update(further)
        ways += [(*way, stage) for stage in further]
    return ()


def resumable_until(regulation: Regulation, closed_at: datetime) -> datetime | None:
    """Until when a ticket closed at a moment may be taken up again; None: for ever (A-12)."""
    window = regulation.reopening
    return window.target.due(regulation.calendar(window.calendar), closed_at) if window else None
