"""How events become state."""

from contracts import Event, Recorded
from contracts.intake import RegulationPublished
from contracts.routing import (
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
from routing.folding_people import PEOPLE, fold_people
from routing.folding_tickets import OF_CLOCKS, OF_TICKETS, Folds
from routing.folding_work import OF_WORK
from routing.held import Held
from routing.state import State


def fold(state: State, event: Recorded[Event]) -> None:
    """Take in one event; own reactions come provisionally, without a position. Time goes on by what is heard only."""
    take = FOLDS.get(type(event.data))
    if take is None:
        return
    if event.position and event.recorded_at > state.seen:
        state.seen = event.recorded_at
    take(state, event)


def _published(state: State, event: Recorded[RegulationPublished]) -> None:
    published = Regulation.from_document(event.data.document)
    state.regulations.pop(published.key, None)
    state.regulations[published.key] = published
    state.begins[published.key] = max(event.data.effective_from, event.data.at)
    state.desk.refresh(())
    state.forget_regulations()


def _people(state: State, event: Recorded[Event]) -> None:
    fold_people(state.staff, event)
    if not event.meta.reaction:
        state.stirred = cause_of(event)
    agent: str = getattr(event.data, "agent", "")
    state.desk.refresh([agent] if agent else list(state.staff.agents))


def _assigned(state: State, event: Recorded[TicketAssigned]) -> None:
    _use_turn(state, event.data)
    _given(state, event)


def _given(state: State, event: Recorded[TicketAssigned | TicketTransferred]) -> None:
    said = event.data
    held = state.tickets.get(said.ticket)
    if held is None:
        remember_owner(state, said.ticket, said.agent)
        return
    wait_no_more(state, held)
    held.heard += 1
    line, section = state.belongs(held, said.group)
    wanted = _wanted(held, said)
    reshape(state, held, group=said.group, agent=said.agent, section=section, line=line, wanted=wanted)
    if said.agent:
        act(state, held, said.at, event)
    else:
        held.cause, held.looked = cause_of(event), said.at
        wait(state, held)


def _wanted(held: Held, said: TicketAssigned | TicketTransferred) -> str:
    """What was meant for somebody is his to whom a person passed it on, or anybody's in another group (R4-08)."""
    if not held.wanted or isinstance(said, TicketTransferred):
        return held.wanted and said.agent
    return held.wanted if held.group in ("", said.group) else ""


def _use_turn(state: State, said: TicketAssigned) -> None:
    """A later turn stays, in whatever order turns are heard of: live and rebuilt states agree (I8).

    Whatever had happened by then was taken in before it was decided.
    """
    if said.at > state.seen:
        state.seen = said.at
    pool, turn = said.because.pool, said.because.turn
    if pool:
        follow(state.streaks.setdefault(pool, {}), said.agent, said.because)
    if turn:
        turns = state.turns.setdefault(pool, {})
        turns[said.agent] = max(turn, turns.get(said.agent, 0))
        state.desk.turned(pool, said.agent)


def _told(state: State, event: Recorded[NobodyOnline | TicketUnattended]) -> None:
    if held := state.tickets.get(event.data.ticket):
        held.heard += 1


def _helped(state: State, event: Recorded[LineOverflowStarted]) -> None:
    state.overflows.setdefault(event.data.line, {})[event.data.helper] = event.data.reason


def _unhelped(state: State, event: Recorded[LineOverflowEnded]) -> None:
    state.overflows.setdefault(event.data.line, {}).pop(event.data.helper, None)


def _skewed(state: State, event: Recorded[SkewNoticed]) -> None:
    state.streaks.pop(event.data.pool, None)


def _picked_up(_: State, event: Recorded[BacklogPickedUp]) -> None:
    """The assignments have said it."""


OF_ROUTING: Folds = {
    TicketAssigned: _assigned,
    TicketTransferred: _given,
    **dict.fromkeys((NobodyOnline, TicketUnattended), _told),
    LineOverflowStarted: _helped,
    LineOverflowEnded: _unhelped,
    SkewNoticed: _skewed,
    BacklogPickedUp: _picked_up,
}
FOLDS: Folds = {
    RegulationPublished: _published,
    **dict.fromkeys(PEOPLE, _people),
    **OF_TICKETS,
    **OF_WORK,
    **OF_CLOCKS,
    **OF_ROUTING,
}
HEARS: frozenset[type[Event]] = frozenset(FOLDS)
"""The kinds of events of which the state makes anything."""
LATER = OF_CLOCKS.keys() | OF_WORK.keys() | OF_ROUTING.keys()
"""What changes at most by when something is due, or what our own follower says and knows before."""
URGENT: frozenset[type[Event]] = (HEARS - LATER) | {TicketTransferred, BacklogPickedUp}
"""The kinds of events that may change who has what at once."""
