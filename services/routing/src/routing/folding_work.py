"""How what agents do about tickets becomes state, where it changes nothing else: they are not left alone then."""

from contracts import Recorded
from contracts.intake import (
    CallMissed,
    CallReturned,
    CallSettled,
    NoteAdded,
    TaskDone,
    TaskOpened,
    TicketEstimated,
    TicketLinked,
    TicketUnlinked,
    TimeSpent,
    TopicSet,
)

from routing.changing import act
from routing.folding_tickets import Folds
from routing.state import State

ByAgent = CallReturned | CallSettled | NoteAdded | TicketEstimated | TimeSpent
ByAnybody = TaskDone | TaskOpened | TicketLinked | TicketUnlinked | TopicSet


def _done(state: State, event: Recorded[ByAgent]) -> None:
    _acted(state, event, event.data.agent)


def _done_by(state: State, event: Recorded[ByAnybody]) -> None:
    """Nobody did what a ticket begins with."""
    _acted(state, event, event.data.who)


def _acted(state: State, event: Recorded[ByAgent] | Recorded[ByAnybody], by: str) -> None:
    said = event.data
    ticket = state.calls.get(said.call, "") if isinstance(said, CallReturned) else said.ticket
    if by and (held := state.tickets.get(ticket)):
        act(state, held, event.recorded_at, event)


def _missed(state: State, event: Recorded[CallMissed]) -> None:
    """Whoever calls back names the call only."""
    state.calls[event.data.call] = event.data.ticket


def _settled(state: State, event: Recorded[CallSettled]) -> None:
    _done(state, event)
    state.calls.pop(event.data.call, None)


OF_WORK: Folds = {
    **dict.fromkeys((CallReturned, NoteAdded, TicketEstimated, TimeSpent), _done),
    **dict.fromkeys((TaskDone, TaskOpened, TicketLinked, TicketUnlinked, TopicSet), _done_by),
    CallMissed: _missed,
    CallSettled: _settled,
}
