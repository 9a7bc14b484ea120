"""How events about tickets become state: what they are, what is done about them, by when they are due."""

from collections.abc import Callable, Mapping
from sys import intern
from typing import Any

from contracts import Event, Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketMerged,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.sla import ClockCancelled, ClockMet, ClockPaused, ClockResumed, ClockRetargeted, ClockStarted

from routing.changing import act, remember_owner, rerank, reshape, wait_no_more
from routing.held import Held
from routing.state import State

AUTO_CLOSE = "auto-close"
"""The clock that runs after the solution: nobody's work."""

Folds = Mapping[type[Event], Callable[[State, Recorded[Any]], None]]  # Any: each takes the kind it stands at
Told = TicketOpened | TicketReopened | TicketUnmerged


def _opened(state: State, event: Recorded[TicketOpened]) -> None:
    said = event.data
    held = state.tickets[said.ticket] = _held(state, said, event.position)
    held.wanted = said.wanted
    state.desk.count(held, 1)


def _returned(state: State, event: Recorded[TicketReopened | TicketUnmerged]) -> None:
    said = event.data
    held = state.tickets.get(said.ticket)
    if held is None:
        held = state.tickets[said.ticket] = _held(state, said, event.position)
        state.desk.count(held, 1)
    agent = held.agent or state.owners.pop(said.ticket, "")
    solved = isinstance(said, TicketUnmerged) and state.is_solved(held, said.stage)
    reshape(state, held, agent=agent, resolved=solved, paused=False, stage=intern(said.stage))


def _held(state: State, said: Told, position: int) -> Held:
    held = Held(
        ticket=said.ticket,
        channel=intern(said.channel),
        section=said.section,
        regulation=intern(said.regulation),
        opened=position,
        category=intern(said.category),
        priority=intern(said.priority),
        stage=intern(said.stage),
        service=intern(said.service),
        language=intern(said.language),
    )
    held.line, held.section = state.belongs(held, "")
    held.skills = state.skills(held)
    return held


def _resolved(state: State, event: Recorded[TicketResolved]) -> None:
    if held := state.tickets.get(event.data.ticket):
        wait_no_more(state, held)
        reshape(state, held, resolved=True, paused=False, stage=intern(event.data.stage))


def _gone(state: State, event: Recorded[TicketClosed | TicketMerged]) -> None:
    if held := state.tickets.get(event.data.ticket):
        wait_no_more(state, held)
        state.desk.count(held, -1)
        del state.tickets[held.ticket]
        remember_owner(state, held.ticket, held.agent)


def _written(state: State, event: Recorded[AgentReplied | InformationRequested]) -> None:
    if held := state.tickets.get(event.data.ticket):
        act(state, held, event.recorded_at, event)
        reshape(state, held, paused=isinstance(event.data, InformationRequested))


def _answered(state: State, event: Recorded[RequesterReplied]) -> None:
    held = state.tickets.get(event.data.ticket)
    if held and held.paused and not event.data.automatic:
        act(state, held, event.recorded_at, event)
        reshape(state, held, paused=False)


def _classified(state: State, event: Recorded[TicketClassified]) -> None:
    if held := state.tickets.get(event.data.ticket):
        reshape(state, held, category=intern(event.data.category), service=intern(event.data.service) or held.service)
        reshape(state, held, skills=state.skills(held))
        act(state, held, event.recorded_at, event)


def _escalated(state: State, event: Recorded[TicketEscalated]) -> None:
    if held := state.tickets.get(event.data.ticket):
        reshape(state, held, stage=intern(event.data.stage), paused=False)
        act(state, held, event.recorded_at, event)


def _prioritised(state: State, event: Recorded[PriorityChanged]) -> None:
    if held := state.tickets.get(event.data.ticket):
        reshape(state, held, priority=intern(event.data.priority))
        act(state, held, event.recorded_at, event)


def _migrated(state: State, event: Recorded[TicketMigrated]) -> None:
    if held := state.tickets.get(event.data.ticket):
        reshape(state, held, regulation=intern(event.data.regulation))
        line, section = state.belongs(held, held.group)
        reshape(state, held, line=line, section=section, skills=state.skills(held))


def _started(state: State, event: Recorded[ClockStarted]) -> None:
    if event.data.name != AUTO_CLOSE:
        _running(state, event)


def _running(state: State, event: Recorded[ClockStarted | ClockResumed | ClockRetargeted]) -> None:
    """Its deadlines decide which of those that wait is dealt first (A-17)."""
    said = event.data
    if held := state.tickets.get(said.ticket):
        held.clocks[said.clock] = said.due_at
        rerank(state, held)


def _stopped(state: State, event: Recorded[ClockPaused | ClockMet | ClockCancelled]) -> None:
    if held := state.tickets.get(event.data.ticket):
        held.clocks.pop(event.data.clock, None)
        rerank(state, held)


OF_CLOCKS: Folds = {
    ClockStarted: _started,
    **dict.fromkeys((ClockResumed, ClockRetargeted), _running),
    **dict.fromkeys((ClockPaused, ClockMet, ClockCancelled), _stopped),
}
OF_TICKETS: Folds = {
    TicketOpened: _opened,
    **dict.fromkeys((TicketReopened, TicketUnmerged), _returned),
    TicketResolved: _resolved,
    **dict.fromkeys((TicketClosed, TicketMerged), _gone),
    **dict.fromkeys((AgentReplied, InformationRequested), _written),
    RequesterReplied: _answered,
    TicketClassified: _classified,
    TicketEscalated: _escalated,
    PriorityChanged: _prioritised,
    TicketMigrated: _migrated,
}
