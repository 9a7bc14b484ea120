"""One assignment: what a ticket asks for now, the event that gives it to somebody, and whether that is fair."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts.routing import SkewNoticed, TicketAssigned
from contracts.streams import agent_stream, assignment_stream
from eventlog.reactor import Cause, Reaction

from routing.domain.choosing import Choice, choose, keep
from routing.domain.demand import Demand
from routing.domain.desk import Standing
from routing.domain.fairness import Streaks, follow, most_in_a_row
from routing.held import Held
from routing.overflow import helpers
from routing.state import State


def asked(state: State, held: Held, group: str, at: datetime) -> Demand:
    """What a ticket asks of a group at a moment, and which lines help."""
    demand = state.demand(held, group, at)
    return demand._replace(helpers=helpers(state, demand.line, at)) if demand.line else demand


def chosen(  # noqa: PLR0913  # the last two are what a choice seldom needs
    state: State, held: Held, demand: Demand, desk: Standing, position: int, *, occasion: str = "", barred: str = ""
) -> Choice:
    """Whom it is kept for where it is meant for somebody (R4-08), else who is next."""
    if wanted := state.meant_for(held, demand.group):
        return keep(wanted, demand, state.staff)
    return choose(demand, desk, position, occasion=occasion, barred=barred)


def assigned(  # noqa: PLR0913  # the last three are what a reaction may need besides
    state: State,
    held: Held,
    demand: Demand,
    choice: Choice,
    *,
    name: str = "assign",
    n: int = 0,
    cause: Cause | None = None,
) -> Reaction:
    """The event that gives a ticket to an agent, or to a group where it waits."""
    said = TicketAssigned(
        at=demand.at, ticket=held.ticket, group=demand.group, agent=choice.agent, because=choice.because
    )
    regulation = state.regulation(held.regulation).key
    stream = assignment_stream(held.ticket)
    return Reaction(name=name, n=n, stream=stream, event=said, regulation=regulation, cause=cause)


class Skews:
    """Looks whether somebody got more turns than the regulation allows while another one waited for his (D10)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._streaks: dict[str, Streaks] = {}
        self._given: dict[str, tuple[Choice, bool]] = {}

    def noticed(
        self, held: Held, demand: Demand, choice: Choice, *, n: int = 0, cause: Cause | None = None
    ) -> Iterator[Reaction]:
        """What is to be said about one assignment more."""
        if not choice.because.turn:
            return
        pool = demand.pool
        turns = most_in_a_row(self._drafted(pool), choice.agent, choice.because)
        skewed = turns > self._state.regulation(held.regulation).distribution.skew
        self._given[pool] = (choice, skewed)
        if skewed:
            said = SkewNoticed(at=demand.at, agent=choice.agent, pool=pool, turns=turns, fewest=0)
            yield Reaction(name="skew", n=n, stream=agent_stream(choice.agent), event=said, cause=cause)

    def _drafted(self, pool: str) -> Streaks:
        """The state's own until something was given out of this pool: most reactions give out one ticket."""
        if pool not in self._given:
            return self._state.streaks.get(pool, {})
        choice, skewed = self._given[pool]
        if pool not in self._streaks:
            known = self._state.streaks.get(pool, {})
            self._streaks[pool] = {agent: msgspec.structs.replace(each) for agent, each in known.items()}
        streaks = self._streaks[pool]
        follow(streaks, choice.agent, choice.because)
        if skewed:
            streaks.clear()
        return streaks
