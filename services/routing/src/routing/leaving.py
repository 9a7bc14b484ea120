"""Shifts' ends take people Offline, where the regulation of one of their groups says so (R0-18)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice, takewhile
from typing import NamedTuple

from contracts.intake import Section
from contracts.routing import AgentWentOffline
from contracts.streams import agent_stream
from eventlog.reactor import Cause, Reaction
from regulation.document import Regulation

from routing.domain.staff import Staff


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
    emptied: dict[date, frozenset[str]] = {}
    for at, agent, section in ends:
        who, day = staff.agents[agent], at.date()
        if day not in emptied:
            emptied[day] = _emptied(published, day)
        if not emptied[day].isdisjoint(who.groups):
            yield Leaving(at, agent, section, who.came[section])


def _emptied(published: list[Regulation], day: date) -> frozenset[str]:
    """The groups that a version in force on this day knows and whose people it takes Offline when their shifts end."""
    in_force = {each.name: each for each in published if each.effective_from <= day}
    taking = (each for each in in_force.values() if each.distribution.offline_at_shift_end)
    return frozenset(group.id for each in taking for group in each.groups)
