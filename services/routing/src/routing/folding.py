"""How events become state."""

from contracts import Event, Recorded
from contracts.intake import RegulationPublished
from contracts.routing import (
    ROUTING,
    BacklogPickedUp,
    LineOverflowEnded,
    LineOverflowStarted,
    NobodyOnline,
    SkewNoticed,
    TicketAssigned,
    TicketTransferred,
    TicketUnattended,
)
from eventlog.reactor import cause_of
from regulation.document import Regulation

from routing.changing import act, remember_owner, reshape, wait, wait_no_more
from routing.domain.fairness import follow
from routing.folding_people import fold_people
from routing.folding_tickets import OF_TICKETS, fold_ticket
from routing.state import State

HEARS: frozenset[type[Event]] = frozenset({RegulationPublished, *OF_TICKETS, *ROUTING})
"""The kinds of events of which the state makes anything; time goes on by them only."""


def fold(state: State, event: Recorded[Event]) -> None:
    """Take one event into the state; own reactions come provisionally, without a position."""
    if event.position and type(event.data) in HEARS:
        state.seen = max(state.seen, event.recorded_at)
    if not (fold_ticket(state, event) or _own(state, event)):
        _people(state, event)


def _own(state: State, event: Recorded[Event]) -> bool:
    """Take in what routing itself said about work, or the regulation it goes by; False: it is about people."""
    match event.data:
        case TicketAssigned() | TicketTransferred():
            _given(state, event, event.data)
        case NobodyOnline(ticket=ticket) | TicketUnattended(ticket=ticket):
            if ticket in state.tickets:
                state.tickets[ticket].heard += 1
        case LineOverflowStarted() | LineOverflowEnded() as said:
            _overflow(state, said)
        case SkewNoticed(pool=pool):
            state.streaks.pop(pool, None)
        case RegulationPublished() as said:
            _published(state, said)
        case _:
            return isinstance(event.data, BacklogPickedUp)  # the assignments have said it
    return True


def _published(state: State, said: RegulationPublished) -> None:
    published = Regulation.from_document(said.document)
    state.regulations.pop(published.key, None)
    state.regulations[published.key] = published
    state.desk.refresh(())
    state.__dict__.pop("helped", None)


def _people(state: State, event: Recorded[Event]) -> None:
    fold_people(state.staff, event)
    if event.stream.startswith(("agent-", "roster-")):
        if not event.meta.reaction:
            state.stirred = cause_of(event)
        agent: str = getattr(event.data, "agent", "")
        state.desk.refresh([agent] if agent else list(state.staff.agents))


def _given(state: State, event: Recorded[Event], said: TicketAssigned | TicketTransferred) -> None:
    if isinstance(said, TicketAssigned):
        _use_turn(state, said)
    held = state.tickets.get(said.ticket)
    if held is None:
        remember_owner(state, said.ticket, said.agent)
        return
    wait_no_more(state, held)
    held.heard += 1
    line, section = state.belongs(held, said.group)
    reshape(state, held, group=said.group, agent=said.agent, section=section, line=line)
    if said.agent:
        act(state, held, said.at, cause_of(event))
    else:
        held.cause, held.looked = cause_of(event), said.at
        wait(state, held)


def _use_turn(state: State, said: TicketAssigned) -> None:
    """A later turn stays, in whatever order turns are heard of: live and rebuilt states agree (I8).

    Whatever had happened by then was taken in before it was decided.
    """
    state.seen = max(state.seen, said.at)
    pool = said.because.pool
    if pool:
        follow(state.streaks.setdefault(pool, {}), said.agent, said.because)
    if said.because.turn:
        turns = state.turns.setdefault(pool, {})
        turns[said.agent] = max(said.because.turn, turns.get(said.agent, 0))
        state.desk.turned(pool, said.agent)


def _overflow(state: State, said: LineOverflowStarted | LineOverflowEnded) -> None:
    helped = state.overflows.setdefault(said.line, {})
    if isinstance(said, LineOverflowStarted):
        helped[said.helper] = said.reason
    else:
        helped.pop(said.helper, None)
