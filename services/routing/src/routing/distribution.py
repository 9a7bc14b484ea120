"""Decisions about one ticket: it asks for an agent, comes back, moves on, or a person's word crossed with ours."""

from collections.abc import Iterator
from datetime import datetime

from contracts import Event, Recorded
from contracts.intake import TicketEscalated
from contracts.reasons import Assignment
from contracts.routing import NobodyOnline, TicketAssigned, TicketTransferred
from contracts.streams import assignment_stream
from eventlog.reactor import Cause, Reaction

from routing.assigning import Skews, asked, assigned, chosen
from routing.domain.choosing import Choice, stay
from routing.domain.levels import fitting, group_for, taking_over
from routing.held import Held
from routing.state import State


def assign(state: State, held: Held, group: str, event: Recorded[Event]) -> Iterator[Reaction]:
    """Give a ticket that asks for it to whoever is next, or to the group; in hours the head hears of the latter."""
    demand = asked(state, held, group, event.recorded_at)
    choice = chosen(state, held, demand, state.desk, event.position)
    yield assigned(state, held, demand, choice)
    yield from Skews(state).noticed(held, demand, choice)
    yield from alarm(held, choice, group, event.recorded_at)


def alarm(held: Held, choice: Choice, group: str, at: datetime, cause: Cause | None = None) -> Iterator[Reaction]:
    """In hours nobody could take it: the head is told (A-16)."""
    if choice.because.rule == "nobody-eligible":
        nobody = NobodyOnline(at=at, ticket=held.ticket, group=group)
        yield Reaction(name="tell-the-head", stream=assignment_stream(held.ticket), event=nobody, cause=cause)


def opened(state: State, held: Held, event: Recorded[Event]) -> Iterator[Reaction]:
    """A new ticket is given out, or kept for whom it was meant (R4-08)."""
    return assign(state, held, state.home(held), event)


def came_back(state: State, held: Held, event: Recorded[Event]) -> Iterator[Reaction]:
    """A ticket that comes back stays with its last owner if he takes work now, else it is given out anew (A-13).

    It stays in its group while he serves that, on loan or for good; of his groups its regulation's come first.
    """
    home, regulation = state.home(held), state.regulation(held.regulation)
    owner = state.staff.agents.get(held.agent)
    if held.resolved or owner is None or not regulation.distribution.sticky:
        return iter(()) if held.resolved else assign(state, held, home, event)
    serves = fitting(regulation, owner.groups_at(event.recorded_at))
    group = next((each for each in (held.group, home, *serves[:1]) if each in serves), home)
    demand = asked(state, held, group, event.recorded_at)
    choice = stay(held.agent, demand, state.staff)
    return iter([assigned(state, held, demand, choice)]) if choice else assign(state, held, home, event)


def replied(state: State, held: Held, event: Recorded[Event]) -> Iterator[Reaction]:
    """The requester answered somebody who is away: his substitute goes on, where there is one who takes work now."""
    owner = state.staff.agents.get(held.agent)
    if held.resolved or owner is None or owner.absence(event.recorded_at) is None:
        return
    demand = asked(state, held, held.group, event.recorded_at)
    choice = stay(held.agent, demand, state.staff)
    if choice and choice.agent != held.agent:
        yield assigned(state, held, demand, choice)


def moved_on(state: State, held: Held, event: Recorded[Event]) -> Iterator[Reaction]:
    """Its stage or its service may have made it another group's: it goes there, with its agent if he serves that."""
    regulation = state.regulation(held.regulation)
    group = taking_over(regulation, held.service)
    if not group and isinstance(event.data, TicketEscalated):
        group = group_for(regulation, held)
    if held.resolved or group in ("", held.group):
        return iter(())
    demand = asked(state, held, group, event.recorded_at)
    owner = state.staff.agents.get(held.agent)
    serves = owner and group in owner.groups_at(demand.at) and owner.line in ("", demand.line)
    choice = stay(held.agent, demand, state.staff) if serves else None
    return iter([assigned(state, held, demand, choice)]) if choice else assign(state, held, group, event)


def confirm(said: TicketTransferred, at: datetime) -> Iterator[Reaction]:
    """A person's transfer and our own assignment crossed: say again, last, what the person said."""
    because = Assignment(rule="manual")
    again = TicketAssigned(at=at, ticket=said.ticket, group=said.group, agent=said.agent, because=because)
    yield Reaction(name="confirm", stream=assignment_stream(said.ticket), event=again)
