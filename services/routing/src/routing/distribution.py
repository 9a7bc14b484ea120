"""Decisions as events: a ticket that asks, tickets that waited, a person's word that crossed with ours."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from contracts import Event, Recorded
from contracts.reasons import Assignment
from contracts.routing import AgentWentOnline, NobodyOnline, TicketAssigned, TicketTransferred
from contracts.streams import assignment_stream
from eventlog.reactor import Reaction
from regulation.term import UnknownTermError

from routing.domain.choosing import Choice, Demand, choose, stay
from routing.domain.waking import wakes
from routing.state import Held, Queue, State


def assign(state: State, held: Held, group: str, event: Recorded[Event]) -> Iterator[Reaction]:
    """Give a ticket that asks for it to the next in turn, or to the group; in hours the head hears of the latter."""
    demand = state.demand(held, group, event.recorded_at)
    choice = choose(demand, state.staff, state.turns.get(demand.pool, {}), event.position)
    yield _assigned(state, held, demand, choice)
    if choice.because.rule == "nobody-eligible":
        nobody = NobodyOnline(at=demand.at, ticket=held.ticket, group=group)
        yield Reaction(name="tell-the-head", stream=assignment_stream(held.ticket), event=nobody)


def reassign(state: State, held: Held, event: Recorded[Event]) -> Iterator[Reaction]:
    """A reopened ticket stays with its last owner if he takes work now, else it is given out anew (A-13)."""
    home = state.home(held)
    owner = state.staff.agents.get(held.agent)
    if owner is None:
        return assign(state, held, home, event)
    group = home if home in owner.groups else next(iter(owner.groups), home)
    demand = state.demand(held, group, event.recorded_at)
    choice = stay(owner, demand, state.staff)
    return iter([_assigned(state, held, demand, choice)]) if choice else assign(state, held, home, event)


def confirm(said: TicketTransferred) -> Iterator[Reaction]:
    """A person's transfer and our own assignment crossed: say again, last, what the person said."""
    because = Assignment(rule="manual")
    again = TicketAssigned(at=said.at, ticket=said.ticket, group=said.group, agent=said.agent, because=because)
    yield Reaction(name="confirm", stream=assignment_stream(said.ticket), event=again)


def pick_up(state: State, event: Recorded[Event], said: AgentWentOnline) -> Iterator[Reaction]:
    """Somebody came: what waits in his groups is dealt in turn to those present, oldest first (A-17)."""
    who = state.staff.agents[said.agent]
    turns: dict[str, dict[str, int]] = {}
    count = 0
    for _, queue in _served(state):
        if queue.sample.section == said.section and queue.sample.group in who.groups:
            for held, demand, choice in _dealt(state, queue, (event.recorded_at, event.position), turns):
                yield _assigned(state, held, demand, choice, name="pick-up", n=count)
                count += 1


def due(state: State) -> list[tuple[datetime, str]]:
    """When somebody will be there for each queue, soonest first."""
    rings = []
    for key, queue in _served(state):
        sample = queue.sample
        after = max(queue.looked, state.seen)
        demand = state.demand(sample, sample.group, after)
        if moment := wakes(state.staff, sample.group, sample.section, demand.calendar, after):
            rings.append((moment, key))
    return sorted(rings)


def _served(state: State) -> Iterator[tuple[str, Queue]]:
    """The queues of channels that today's regulation still knows; others wait for people."""
    for key, queue in state.queues.items():
        with suppress(UnknownTermError):
            state.home(queue.sample)
            yield key, queue


def wake(state: State, now: datetime, limit: int) -> Iterator[Reaction]:
    """A shift began or coverage opened: deal the queues that are due; each ticket's wait is what set the timer."""
    turns: dict[str, dict[str, int]] = {}
    for moment, key in due(state):
        if moment > now or limit <= 0:
            return
        for reaction in _woken(state, state.queues[key], now, turns):
            yield reaction
            limit -= 1
            if limit <= 0:
                return


def _woken(state: State, queue: Queue, now: datetime, turns: dict[str, dict[str, int]]) -> Iterator[Reaction]:
    nobody = True
    for held, demand, choice in _dealt(state, queue, (now, 0), turns):
        nobody = False
        yield _assigned(state, held, demand, choice, name="wake")
    if nobody:
        # The moment passed while nobody looked: saying so moves the timer on.
        held = queue.oldest_first[0]
        demand = state.demand(held, held.group, now)
        yield _assigned(state, held, demand, choose(demand, state.staff, {}, 0), name="wake")


def _dealt(
    state: State, queue: Queue, when: tuple[datetime, int], turns: dict[str, dict[str, int]]
) -> Iterator[tuple[Held, Demand, Choice]]:
    """Each waiting ticket with its agent, until nobody is eligible; `turns` are those used up on the way."""
    at, position = when
    for held in queue.oldest_first:
        demand = state.demand(held, held.group, at)
        mine = turns.setdefault(demand.pool, dict(state.turns.get(demand.pool, {})))
        choice = choose(demand, state.staff, mine, position)
        if not choice.agent:
            return
        mine[choice.agent] = choice.because.turn
        yield held, demand, choice


def _assigned(  # noqa: PLR0913
    state: State, held: Held, demand: Demand, choice: Choice, *, name: str = "assign", n: int = 0
) -> Reaction:
    regulation = state.regulation(held.regulation)
    return Reaction(
        name=name,
        n=n,
        stream=assignment_stream(held.ticket),
        event=TicketAssigned(
            at=demand.at, ticket=held.ticket, group=demand.group, agent=choice.agent, because=choice.because
        ),
        regulation=f"{regulation.name}@{regulation.version}",
        cause=held.cause if name == "wake" else None,
    )
