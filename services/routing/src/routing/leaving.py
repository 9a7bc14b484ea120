"""Shifts' ends take people Offline, where the regulation of one of their groups says so (R0-18)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice, takewhile
from typing import NamedTuple

from contracts.intake import Section
from contracts.routing import AgentWentOffline
from contracts.streams import agent_stream
from eventlog.reactor import Cause, Reaction

from routing.domain.ruling import Rulings
from routing.domain.staff import Staff


class Leaving(NamedTuple):
    """An agent's duty in one section ends at `at` (UTC); `cause` is what took him Online before."""

    at: datetime
    agent: str
    section: Section
    cause: Cause


def next_leaving(staff: Staff, rulings: Rulings) -> datetime | None:
    """When the first shift ends that takes its agent Offline."""
    return next((each.at for each in _leavings(staff, rulings)), None)


def leave(staff: Staff, rulings: Rulings, now: datetime, limit: int) -> Iterator[Reaction]:
    """Who is Online and whose shift ended by `now` goes Offline as of its end, once each time that he came."""
    due = takewhile(lambda each: each.at <= now, _leavings(staff, rulings))
    for each in islice(due, max(limit, 0)):
        said = AgentWentOffline(at=each.at, agent=each.agent, section=each.section, because="shift-end")
        yield Reaction(name="shift-end", stream=agent_stream(each.agent), event=said, cause=each.cause)


def _leavings(staff: Staff, rulings: Rulings) -> Iterator[Leaving]:
    """Who will be taken Offline so by the versions in force as his shift ends, the first to leave first."""
    if not rulings.emptying:
        return
    ends = sorted((at, who.agent, section) for who in staff.agents.values() for section, at in who.leaving.items())
    ruling = None
    for at, agent, section in ends:
        who = staff.agents[agent]
        if ruling is None or not ruling.holds(at):
            ruling = rulings.at(at)
        if not ruling.emptied.isdisjoint(who.groups):
            yield Leaving(at, agent, section, who.came[section])
