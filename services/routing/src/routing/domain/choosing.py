"""Who gets a ticket: coverage says whether anybody, then the regulation's order says who (A-14, A-15, A-16)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import msgspec
from contracts.reasons import Assignment, AssignmentRule, Candidate
from regulation.channel import Strategy
from regulation.worktime import is_open

from routing.domain.demand import Demand, kind_of
from routing.domain.desk import Standing
from routing.domain.ring import is_full
from routing.domain.staff import Employee, Staff

LISTED = 50
"""Up to so many members of a group, every one of them is named in a reason."""
SHOWN = 10
"""Of a larger group, how many of those passed over and of those next in turn are named; the others are counted."""


class Choice(NamedTuple):
    """The agent, "" where the group keeps the ticket, and why."""

    agent: str
    because: Assignment


class Looked(NamedTuple):
    """Who was looked at, and how many of the group were not, by what they lack (`later`: their turn is later)."""

    candidates: tuple[Candidate, ...]
    others: dict[str, int]


def choose(  # noqa: PLR0913  # the last two are what a choice seldom needs
    demand: Demand, desk: Standing, position: int, *, occasion: str = "", barred: str = "", listed: int = LISTED
) -> Choice:
    """In hours the eligible agent who is next by the regulation's strategy, else the group.

    `position` is where in the log the ticket asked; the chosen one's turn is then there, or just after the latest.
    `barred` just lost the ticket and gets it only if nobody else is eligible.
    """
    asked = {"coverage": demand.coverage, "pool": demand.pool, "skills": demand.skills, "line": demand.line}
    if not is_open(demand.calendar, demand.at):
        return Choice("", Assignment(rule="out-of-hours", occasion=occasion, **asked))  # type: ignore[arg-type]  # by name
    look = _look_at_all if len(desk.staff.teams.get(demand.group, ())) <= listed else _look_in_turn
    looked = look(demand, desk, barred)
    agent = next_of(looked.candidates, demand.strategy)
    if barred and not agent:
        looked = look(demand, desk, "")
        agent = next_of(looked.candidates, demand.strategy)
    because = Assignment(
        rule=_rule(demand.strategy) if agent else "nobody-eligible",
        in_hours=True,
        candidates=looked.candidates,
        others=looked.others,
        turn=max(position, desk.latest(demand.pool) + 1) if agent else 0,
        occasion=occasion,
        **asked,  # type: ignore[arg-type]  # by name
    )
    return Choice(agent, because)


def reevaluated(because: Assignment) -> str:
    """Who gets the ticket by what was recorded, "" where nobody does (D4); whom a person chose is not in the reason."""
    strategy = Strategy.least_loaded if because.rule == "least-loaded" else Strategy.in_turn
    return next_of(because.candidates, strategy)


def next_of(candidates: Iterable[Candidate], strategy: Strategy) -> str:
    """The eligible one whose turn is longest ago, or who has the fewest open tickets; then by turn, then by id."""
    by_load = strategy is Strategy.least_loaded
    order = [(each.load if by_load else 0, each.last_turn, each.agent) for each in candidates if not each.excluded]
    return min(order)[2] if order else ""


def stay(owner: str, demand: Demand, staff: Staff) -> Choice | None:
    """What comes back goes to its last owner, while he is away to his substitute, if he takes work now (A-13).

    Hours, capacity, skills and lines do not matter: it is his already. None: it has to be given out.
    """
    who = staff.agents.get(owner)
    if who is None or not who.registered:
        return None
    excluded = staff.exclusion(who, demand.section, demand.at)
    if not excluded:
        return Choice(owner, _staying("sticky", demand, Candidate(agent=owner)))
    deputy = staff.agents.get(staff.substitute(who, demand.at) if who.absence(demand.at) else "")
    if deputy is None or staff.exclusion(deputy, demand.section, demand.at):
        return None
    seen = (Candidate(agent=owner, excluded=excluded), Candidate(agent=deputy.agent))
    return Choice(deputy.agent, _staying("substitute", demand, *seen))


def keep(owner: str, demand: Demand, staff: Staff) -> Choice:
    """What is meant for somebody goes to him or to his substitute, and waits while neither takes work (R4-08)."""
    if choice := stay(owner, demand, staff):
        return choice
    excluded = staff.exclusion(staff.agents[owner], demand.section, demand.at)
    because = _staying("nobody-eligible", demand, Candidate(agent=owner, excluded=excluded))
    return Choice("", because if because.in_hours else msgspec.structs.replace(because, rule="out-of-hours"))


def _staying(rule: AssignmentRule, demand: Demand, *candidates: Candidate) -> Assignment:
    in_hours = is_open(demand.calendar, demand.at)
    return Assignment(
        rule=rule,
        coverage=demand.coverage,
        in_hours=in_hours,
        candidates=candidates,
        line=demand.line,
    )


def _rule(strategy: Strategy) -> AssignmentRule:
    return "least-loaded" if strategy is Strategy.least_loaded else "turn"


def _look_at_all(demand: Demand, desk: Standing, barred: str) -> Looked:
    return Looked(tuple(_candidates(desk.staff.teams.get(demand.group, ()), demand, desk, barred)), {})


def _look_in_turn(demand: Demand, desk: Standing, barred: str) -> Looked:
    """In order until somebody is eligible, and at those who are next after him; the others are only counted."""
    ring, named = desk.ring(demand), list[Candidate]()
    others = _added(ring.lacking, ring.unsuited(demand))
    line = _candidates(ring.suited(demand), demand, desk, barred)
    for candidate in line:
        if not candidate.excluded:
            named += [candidate, *islice(line, SHOWN)]
            break
        if len(named) < SHOWN:
            named.append(candidate)
        else:
            others[candidate.excluded] = others.get(candidate.excluded, 0) + 1
    later = len(desk.staff.teams[demand.group]) - len(named) - sum(others.values())
    return Looked(tuple(named), others | ({"later": later} if later else {}))


def _added(lacking: Mapping[str, int], unsuited: Mapping[str, int]) -> dict[str, int]:
    """How many are none of these, by why."""
    found = {word: count for word, count in lacking.items() if count > 0}
    for word, count in unsuited.items():
        found[word] = found.get(word, 0) + count
    return found


def _candidates(people: Iterable[str], demand: Demand, desk: Standing, barred: str) -> Iterator[Candidate]:
    """How each of these people stands now."""
    pool, section, line = demand.pool, demand.section, demand.line
    for agent in people:
        who, load = desk.staff.agents[agent], desk.load(agent, section)
        excluded = _excluded(who, demand, desk.staff, load) or ("unattended" if agent == barred else "")
        helps = who.line if line and who.line != line else ""
        turn = desk.turn(pool, agent)
        yield Candidate(agent=agent, last_turn=turn, excluded=excluded, load=load, line=helps)


def _excluded(who: Employee, demand: Demand, staff: Staff, load: int) -> str:
    """Why he may not be given the ticket, the first of these that holds."""
    if demand.group not in who.groups and demand.group not in who.groups_at(demand.at):
        return "not-in-group"
    if why := staff.exclusion(who, demand.section, demand.at):
        return why
    if is_full(who, demand.section, load):
        return "at-capacity"
    return demand.unsuited(kind_of(who)) if demand.choosy else ""
