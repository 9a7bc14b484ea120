"""Work that its agent left alone goes back to its queue and to somebody else."""

from collections.abc import Iterator
from datetime import datetime

from contracts.routing import TicketUnattended
from contracts.streams import assignment_stream
from eventlog.reactor import Reaction

from routing.assigning import Skews, asked, assigned, chosen
from routing.distribution import alarm
from routing.domain.draft import Draft
from routing.held import Held
from routing.state import State


def take_back(state: State, now: datetime, limit: int) -> Iterator[Reaction]:
    """Tickets about which nothing was done for the regulation's working time: each is dealt anew, best to another."""
    draft, skews = Draft(state.desk), Skews(state)
    for moment, ticket in state.watch.due(now, limit):
        held = state.tickets[ticket]
        yield _unattended(state, held, moment)
        demand = asked(state, held, held.group, now)
        choice = chosen(state, held, demand, draft, 0, occasion="unattended", barred=held.agent)
        yield assigned(state, held, demand, choice, name="take-back", cause=held.last)
        if choice.agent:
            draft.give(choice.agent, demand, choice.because.turn)
        yield from skews.noticed(held, demand, choice, cause=held.last)
        yield from alarm(held, choice, held.group, now, held.last)


def _unattended(state: State, held: Held, moment: datetime) -> Reaction:
    limit = state.regulation(held.regulation).distribution.unattended_after or ""
    said = TicketUnattended(at=moment, ticket=held.ticket, group=held.group, agent=held.agent, limit=limit)
    stream = assignment_stream(held.ticket)
    return Reaction(name="unattended", stream=stream, event=said, regulation=held.regulation, cause=held.last)
