"""When whoever a ticket is kept for, or his substitute, will take work (R4-08)."""

from collections.abc import Iterator
from datetime import datetime

from routing.domain.choosing import stay
from routing.domain.demand import Demand
from routing.domain.staff import Employee, Staff


def returns(owner: str, demand: Demand, staff: Staff) -> datetime | None:
    """The first moment from the demand's on (UTC), as far as shifts and absences tell; None: he has to come first."""
    moments = {demand.at, *(at for who in _deputies(owner, staff) for at in _turning_points(who) if at > demand.at)}
    return next((at for at in sorted(moments) if stay(owner, demand._replace(at=at), staff)), None)


def _deputies(owner: str, staff: Staff) -> list[Employee]:
    """He, whoever stands in for him at any time, and whoever stands in for them."""
    found = [owner]
    for agent in found:
        named = {each.substitute for each in staff.agents[agent].absences.values()}
        found += sorted(each for each in named & staff.agents.keys() if each not in found)
    return [staff.agents[agent] for agent in found]


def _turning_points(who: Employee) -> Iterator[datetime]:
    yield from (starts for starts, _, _ in who.shifts)
    for away in who.absences.values():
        yield from (away.starts, away.until)
