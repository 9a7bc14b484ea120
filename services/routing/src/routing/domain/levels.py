"""Which group a ticket moves to when its stage or category says so (R1-07 to R1-12, R2-08, R3-07)."""

from collections.abc import Sequence
from typing import Protocol

from regulation.channel import Line
from regulation.document import Regulation
from regulation.stage import Owner, Stage

from routing.domain.lines import line_of

ABOVE = ("L2", "L3")


class Moving(Protocol):
    """A ticket as far as its way goes."""

    channel: str
    category: str
    stage: str
    group: str


def group_for(regulation: Regulation, ticket: Moving) -> str:
    """The group that has to have an escalated ticket; "" where nothing says so, and it stays where it is.

    A stage's roles for the category name a group where one has the id of a group. From the second level on, a class
    that a line hands over goes to the other line, and any other to a line that it hands over to and that solves it too:
    what took too long on the spot (A-27). At a vendor it stays with whoever had it last: he is responsible for it.
    """
    stage = next((each for each in regulation.stages if each.id == ticket.stage), None)
    if stage is None or stage.owner is Owner.vendor:
        return ""
    return _by_role(regulation, ticket, stage) or _by_line(regulation, ticket, stage)


def fitting(regulation: Regulation, groups: Sequence[str]) -> tuple[str, ...]:
    """Somebody's groups, those that this regulation knows first."""
    its = {each.id for each in regulation.groups}
    return tuple(sorted(groups, key=lambda group: group not in its))


def taking_over(regulation: Regulation, service: str) -> str:
    """The group that serves a service alone while that is being handed over (R2-08), "" for all others."""
    known = regulation.find_service(service) if service else None
    return known.group or "" if known and known.status == "in_handover" else ""


def _by_role(regulation: Regulation, ticket: Moving, stage: Stage) -> str:
    known = {each.id for each in regulation.groups}
    roles = regulation.roles_for(ticket.category, stage.id)
    return next((role.id for role in roles if role.id in known), "")


def _by_line(regulation: Regulation, ticket: Moving, stage: Stage) -> str:
    line = line_of(regulation, ticket.channel, ticket.group)
    if line is None or stage.level not in ABOVE:
        return ""
    named = {each.to for each in line.hands_over if ticket.category in each.categories}
    beyond = {each.to for each in line.hands_over} if not named else set()
    others = [each for each in regulation.lines if each.id in named or (each.id in beyond and _solves(each, ticket))]
    return next((_group_of(regulation, each) for each in others if each.channels), "")


def _solves(line: Line, ticket: Moving) -> bool:
    return not line.solves or ticket.category in line.solves


def _group_of(regulation: Regulation, line: Line) -> str:
    return regulation.channel(line.channels[0]).group
