"""Shifts' ends take people Offline, where the regulation of one of their groups says so (R0-18)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, takewhile
from typing import NamedTuple

from contracts.intake import Section
from contracts.routing import AgentWentOffline
from contracts.streams import agent_stream
from eventlog.reactor import Cause, Reaction
from regulation.document import Regulation

from routing.domain.staff import Employee, Staff


class Leaving(NamedTuple):
    """An agent's duty in one section ends at `at` (UTC); `cause` is what took him Online before."""

    at: datetime
    agent: str
    section: Section
    cause: Cause


def next_leaving(staff: Staff, regulations: Iterable[Regulation]) -> datetime | None:
    """When the first shift ends that takes its agent Offline; regulations in order of their publication."""
    return next((each.at for each in _leavings(staff, regulations)), None)


def leave(staff: Staff, regulations: Iterable[Regulation], now: datetime, limit: int) -> Iterator[Reaction]:
    """Who is Online and whose shift ended by `now` goes Offline as of its end, once each time that he came."""
    due = takewhile(lambda each: each.at <= now, _leavings(staff, regulations))
    for each in islice(due, max(limit, 0)):
        said = AgentWentOffline(at=each.at, agent=each.agent, section=each.section, because="shift-end")
        yield Reaction(name="shift-end", stream=agent_stream(each.agent), event=said, cause=each.cause)


def _leavings(staff: Staff, regulations: Iterable[Regulation]) -> Iterator[Leaving]:
    """Who will be taken Offline so, the first to leave first."""
    published = list(regulations)
    if not any(each.distribution.offline_at_shift_end for each in published):
        return
    ends = sorted((at, who.agent, section) for who in staff.agents.values() for section, at in who.leaving.items())
    for at, agent, section in ends:
        who = staff.agents[agent]
        if any(each.distribution.offline_at_shift_end for each in _of(who, published, at)):
            yield Leaving(at, agent, section, who.came[section])


def _of(who: Employee, published: list[Regulation], at: datetime) -> Iterator[Regulation]:
    """The versions in force at a moment that know one of his groups."""
    in_force = {each.name: each for each in published if each.effective_from <= at.date()}
    mine = set(who.groups)
    return (each for each in in_force.values() if any(group.id in mine for group in each.groups))
