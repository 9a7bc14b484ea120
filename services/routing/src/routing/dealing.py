"""Tickets that waited are dealt: somebody came, a shift began, coverage opened, work was finished (A-17, R0-22)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from heapq import merge
from typing import Literal, NamedTuple, get_args

import msgspec
from contracts import Event, Recorded
from contracts.intake import Section
from contracts.routing import BacklogPickedUp
from contracts.streams import agent_stream
from eventlog.reactor import Cause, Reaction
from regulation.term import UnknownTermError
from regulation.worktime import is_open

from routing.assigning import Skews, asked, assigned, chosen
from routing.domain.choosing import Choice
from routing.domain.demand import Demand
from routing.domain.draft import Draft
from routing.domain.keeping import returns
from routing.domain.ring import is_full
from routing.domain.staff import Employee
from routing.domain.waking import wakes
from routing.held import Held, Queue
from routing.state import State

AT_ONCE = 300
"""Tickets dealt in one reaction at most; the others are dealt in the next."""

Occasion = Literal["online", "shift-start", "coverage", "asked"]
"""On what somebody picks up what waits; coming back and being lent count as coming Online."""
OCCASIONS: dict[str, Occasion] = {each: each for each in get_args(Occasion)}


class Dealt(NamedTuple):
    """A waiting ticket and the agent who gets it."""

    held: Held
    demand: Demand
    choice: Choice


def come(state: State, event: Recorded[Event], who: Employee, section: Section) -> Iterator[Reaction]:
    """Somebody came Online: what waits in his groups is dealt to those present (A-17)."""
    yield from _said(state, _dealt(state, _his(state, who, section, event), _when(event), AT_ONCE, "online"), "pick-up")


def freed(state: State, event: Recorded[Event], who: Employee, section: Section) -> Iterator[Reaction]:
    """Somebody has less to do than he may have: the next waiting ticket is dealt."""
    yield from _said(state, _dealt(state, _his(state, who, section, event), _when(event), 1, "capacity"), "pick-up")


def wake(state: State, now: datetime, limit: int) -> Iterator[Reaction]:
    """Somebody is there for tickets that wait: they are dealt; each ticket's wait is what set the timer."""
    keys = [key for moment, key in due(state) if moment <= now]
    dealt = list(_dealt(state, keys, (now, 0), min(limit, AT_ONCE)))
    yield from _said(state, dealt, "wake", by_timer=True) if dealt else _missed(state, keys[:limit], now)


def due(state: State) -> list[tuple[datetime, str]]:
    """When somebody will be there for each queue, soonest first."""
    found = ((_waking(state, key, queue), key) for key, queue in served(state))
    return sorted((moment, key) for moment, key in found if moment)


def served(state: State) -> Iterator[tuple[str, Queue]]:
    """The queues of channels that their tickets' regulation knows; others wait for people."""
    for key, queue in state.queues.items():
        with suppress(UnknownTermError):
            state.home(queue.sample)
            yield key, queue


def is_his(state: State, held: Held, who: Employee, at: datetime) -> bool:
    """Whether a waiting ticket may be his: of a group that he serves, or kept for him or for whom he stands in for."""
    if wanted := state.meant_for(held, held.group):
        return who.agent in (wanted, state.staff.substitute(state.staff.agents[wanted], at))
    return held.group in who.groups_at(at)


def _waking(state: State, key: str, queue: Queue) -> datetime | None:
    """Looked up anew only when somebody's being there changed, or who may help."""
    demand = state.demand(queue.sample, queue.sample.group, state.seen)
    demand = demand._replace(helpers=state.overflows.get(demand.line, {}))
    on = (state.desk.changes, tuple(demand.helpers))
    known = state.wakings.get(key)
    if known is None or known[0] != on:
        known = state.wakings[key] = (on, _moment(state, queue, demand))
    return known[1]


def _moment(state: State, queue: Queue, demand: Demand) -> datetime | None:
    if wanted := state.meant_for(queue.sample, demand.group):
        return returns(wanted, demand, state.staff)
    suited = (state.staff.agents[agent] for agent in state.desk.ring(demand).somebody_suits(demand))
    return wakes(state.staff, demand.group, demand.section, demand.calendar, demand.at, suited)


def _missed(state: State, keys: Iterable[str], now: datetime) -> Iterator[Reaction]:
    """The moment passed while nobody looked: saying so moves the timer on."""
    for key in keys:
        _, ticket = state.order(key).first(1)[0]
        held = state.tickets[ticket]
        demand = asked(state, held, held.group, now)
        nobody = chosen(state, held, demand, state.desk, 0)
        yield assigned(state, held, demand, nobody, name="wake", cause=held.cause)


def _dealt(
    state: State, keys: Iterable[str], when: tuple[datetime, int], most: int, occasion: str = ""
) -> Iterator[Dealt]:
    """Waiting tickets with their agents, first first over all of these queues, until nobody is left for any."""
    at, position = when
    draft, over, left = Draft(state.desk), set[str](), most
    for _, ticket in merge(*(state.order(key).first(most) for key in keys)):
        held = state.tickets[ticket]
        if left <= 0 or held.waits in over:
            continue
        demand = asked(state, held, held.group, at)
        choice = chosen(state, held, demand, draft, position)
        if choice.agent:
            left -= 1
            draft.give(choice.agent, demand, choice.because.turn)
            yield Dealt(held, demand, _on(occasion or _occasion(state, held, demand, choice.agent), choice))
        else:
            over.add(held.waits)


def _on(occasion: str, choice: Choice) -> Choice:
    return Choice(choice.agent, msgspec.structs.replace(choice.because, occasion=occasion))


def _occasion(state: State, held: Held, demand: Demand, agent: str) -> str:
    """What has changed since nobody was found."""
    if not is_open(demand.calendar, held.looked):
        return "coverage"
    who = state.staff.agents[agent]
    if is_full(who, demand.section, state.desk.load(agent, demand.section) + 1):
        return "capacity"
    return "shift-start" if any(held.looked < starts <= demand.at for starts, _, _ in who.shifts) else "online"


def _said(state: State, dealt: Iterable[Dealt], name: str, *, by_timer: bool = False) -> Iterator[Reaction]:
    """The assignments, what of them is unfair, and by agent that he picked work up."""
    skews, picked = Skews(state), dict[tuple[str, str], list[str]]()
    first: Cause | None = None
    for n, each in enumerate(dealt):
        cause = each.held.cause if by_timer else None
        first = first or cause
        number = 0 if by_timer else n
        yield assigned(state, each.held, each.demand, each.choice, name=name, n=number, cause=cause)
        yield from skews.noticed(each.held, each.demand, each.choice, n=number, cause=cause)
        picked.setdefault((each.choice.agent, each.choice.because.occasion), []).append(each.held.ticket)
    for n, ((agent, occasion), tickets) in enumerate(picked.items()):
        if occasion in OCCASIONS:
            at = each.demand.at
            said = BacklogPickedUp(at=at, agent=agent, tickets=tuple(tickets), occasion=OCCASIONS[occasion])
            yield Reaction(name="picked-up", n=n, stream=agent_stream(agent), event=said, cause=first)


def _his(state: State, who: Employee, section: Section, event: Recorded[Event]) -> list[str]:
    mine = ((key, queue.sample) for key, queue in served(state) if queue.sample.section == section)
    return [key for key, sample in mine if is_his(state, sample, who, event.recorded_at)]


def _when(event: Recorded[Event]) -> tuple[datetime, int]:
    return event.recorded_at, event.position
