"""How events about tickets become state: what they are, what is done about them, by when they are due."""

from datetime import datetime
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
from eventlog.reactor import Cause, cause_of

from routing.held import Held, Queue
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


def reshape(state: State, held: Held, **values: object) -> None:
    """Change what a ticket is; what is counted, waits or is watched because of it follows."""
    changed = {name: value for name, value in values.items() if getattr(held, name) != value}
    if not changed:
        return
    queue = state.queues.get(held.queue)
    looked = queue.looked if queue and held.ticket in queue.waiting else None
    wait_no_more(state, held)
    state.desk.count(held, -1)
    for name, value in changed.items():
        setattr(held, name, value)
    state.desk.count(held, 1)
    if looked is not None:
        wait(state, held, looked)
    state.watch.begin(held.ticket)


def act(state: State, held: Held, at: datetime, cause: Cause) -> None:
    """Somebody got the ticket or did something about it; the latest counts, in whatever order it is heard of."""
    if state.takes_back(held) and (at, cause.id) > (held.acted, held.last.id if held.last else ""):
        held.acted, held.last = at, cause
        state.watch.begin(held.ticket)


def wait(state: State, held: Held, at: datetime) -> None:
    """The ticket waits for an agent; nobody was there at this moment."""
    if held.resolved:
        return
    queue = state.queues.setdefault(held.queue, Queue())
    queue.waiting[held.ticket] = held
    queue.looked = max(queue.looked, at)
    _rank(state, held)


def wait_no_more(state: State, held: Held) -> None:
    """Somebody has the ticket, or nobody needs to."""
    queue = state.queues.get(held.queue)
    if queue is None or held.ticket not in queue.waiting:
        return
    del queue.waiting[held.ticket]
    if held.queue in state.orders:
        state.orders[held.queue].drop(held.ticket)
    if not queue.waiting:
        del state.queues[held.queue]
        state.orders.pop(held.queue, None)
        state.wakings.pop(held.queue, None)


def remember_owner(state: State, ticket: str, agent: str) -> None:
    """Who has a ticket that is not open, if anybody: it goes back to him (A-13)."""
    if agent:
        state.owners[ticket] = intern(agent)
    else:
        state.owners.pop(ticket, None)


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
    _rank(state, held)


def _rank(state: State, held: Held) -> None:
    queue = state.queues.get(held.queue)
    if queue and held.ticket in queue.waiting and held.queue in state.orders:
        state.orders[held.queue].put(held.ticket, state.rank(held))


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
