"""How events about tickets become state: what they are, what is done about them, by when they are due."""

from sys import intern

from contracts import Event, Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    NoteAdded,
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
    TimeSpent,
)
from contracts.sla import ClockCancelled, ClockMet, ClockPaused, ClockResumed, ClockRetargeted, ClockStarted
from eventlog.reactor import cause_of

from routing.changing import act, remember_owner, rerank, reshape, wait_no_more
from routing.held import Held
from routing.state import State

AUTO_CLOSE = "auto-close"
"""The clock that runs after the solution: nobody's work."""
ACTS = (AgentReplied, InformationRequested, NoteAdded, TicketClassified, TicketEscalated, TimeSpent)
"""What an agent does about a ticket, publicly or not: it is not left alone then."""
Clocked = ClockStarted | ClockResumed | ClockRetargeted | ClockPaused | ClockMet | ClockCancelled
CLOCKED = (ClockStarted, ClockResumed, ClockRetargeted, ClockPaused, ClockMet, ClockCancelled)
LIFE = (TicketOpened, TicketReopened, TicketUnmerged, TicketResolved, TicketClosed, TicketMerged)
OF_TICKETS = (*LIFE, *ACTS, RequesterReplied, PriorityChanged, TicketMigrated, *CLOCKED)


def fold_ticket(state: State, event: Recorded[Event]) -> bool:
    """Take in what happened to a ticket; False: the event is about something else."""
    match event.data:
        case TicketOpened() | TicketReopened() | TicketUnmerged():
            _begun(state, event)
        case TicketResolved() | TicketClosed() | TicketMerged() as said:
            _ended(state, said)
        case AgentReplied() | InformationRequested() | RequesterReplied() | NoteAdded() | TimeSpent():
            _talked(state, event)
        case TicketClassified() | TicketEscalated() | PriorityChanged() | TicketMigrated():
            _became(state, event)
        case said if isinstance(said, CLOCKED):
            _timed(state, said)
        case _:
            return False
    return True


def _begun(state: State, event: Recorded[Event]) -> None:
    match event.data:
        case TicketOpened() as said:
            held = state.tickets[said.ticket] = _held(state, said, event.position)
            held.wanted = said.wanted
            state.desk.count(held, 1)
        case TicketReopened(ticket=ticket) | TicketUnmerged(ticket=ticket) as said:
            if ticket not in state.tickets:
                state.tickets[ticket] = held = _held(state, said, event.position)
                state.desk.count(held, 1)
            held = state.tickets[ticket]
            agent = held.agent or state.owners.pop(ticket, "")
            solved = isinstance(said, TicketUnmerged) and state.is_solved(held, said.stage)
            reshape(state, held, agent=agent, resolved=solved, paused=False, stage=intern(said.stage))


def _held(state: State, said: TicketOpened | TicketReopened | TicketUnmerged, position: int) -> Held:
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


def _ended(state: State, said: TicketResolved | TicketClosed | TicketMerged) -> None:
    held = state.tickets.get(said.ticket)
    if held is None:
        return
    wait_no_more(state, held)
    if isinstance(said, TicketResolved):
        reshape(state, held, resolved=True, paused=False, stage=intern(said.stage))
        return
    state.desk.count(held, -1)
    del state.tickets[said.ticket]
    remember_owner(state, said.ticket, held.agent)


def _timed(state: State, said: Clocked) -> None:
    """Its deadlines decide which of those that wait is dealt first (A-17)."""
    held = state.tickets.get(said.ticket)
    if held is None or (isinstance(said, ClockStarted) and said.name == AUTO_CLOSE):
        return
    if isinstance(said, ClockStarted | ClockResumed | ClockRetargeted):
        held.clocks[said.clock] = said.due_at
    else:
        held.clocks.pop(said.clock, None)
    rerank(state, held)


def _talked(state: State, event: Recorded[Event]) -> None:
    match event.data:
        case RequesterReplied(ticket=ticket, automatic="") if ticket in state.tickets:
            if state.tickets[ticket].paused:
                act(state, state.tickets[ticket], event.recorded_at, cause_of(event))
            reshape(state, state.tickets[ticket], paused=False)
        case AgentReplied(ticket=ticket) | InformationRequested(ticket=ticket) if ticket in state.tickets:
            act(state, state.tickets[ticket], event.recorded_at, cause_of(event))
            reshape(state, state.tickets[ticket], paused=isinstance(event.data, InformationRequested))
        case NoteAdded(ticket=ticket) | TimeSpent(ticket=ticket) if ticket in state.tickets:
            act(state, state.tickets[ticket], event.recorded_at, cause_of(event))


def _became(state: State, event: Recorded[Event]) -> None:
    match event.data:
        case TicketClassified(ticket=ticket, category=category, service=service) if ticket in state.tickets:
            held = state.tickets[ticket]
            reshape(state, held, category=intern(category), service=intern(service) or held.service)
            reshape(state, held, skills=state.skills(held))
        case TicketEscalated(ticket=ticket, stage=stage) if ticket in state.tickets:
            held = state.tickets[ticket]
            reshape(state, held, stage=intern(stage), paused=False)
        case PriorityChanged(ticket=ticket, priority=priority) if ticket in state.tickets:
            held = state.tickets[ticket]
            reshape(state, held, priority=intern(priority))
        case TicketMigrated(ticket=ticket, regulation=regulation) if ticket in state.tickets:
            held = state.tickets[ticket]
            reshape(state, held, regulation=intern(regulation))
            line, section = state.belongs(held, held.group)
            reshape(state, held, line=line, section=section, skills=state.skills(held))
        case _:
            return
    if isinstance(event.data, ACTS):
        act(state, held, event.recorded_at, cause_of(event))
