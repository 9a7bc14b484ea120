"""How events become state."""

from datetime import datetime
from sys import intern

import msgspec
from contracts import Event, Recorded
from contracts.intake import RegulationPublished, TicketClosed, TicketOpened, TicketReopened, TicketResolved
from contracts.routing import (
    AgentRegistered,
    AgentWentOffline,
    AgentWentOnline,
    NobodyOnline,
    ShiftPlanned,
    ShiftWithdrawn,
    TicketAssigned,
    TicketTransferred,
)
from eventlog.reactor import cause_of
from regulation.document import Regulation

from routing.domain.staff import Employee, Staff
from routing.state import Held, Queue, State


def fold(state: State, event: Recorded[Event]) -> None:
    """Take one event into the state; own reactions come provisionally, without a position."""
    if event.position:
        state.seen = max(state.seen, event.recorded_at)
    match event.data:
        case TicketAssigned() | TicketTransferred() | NobodyOnline():
            _assignment(state, event)
        case TicketOpened() | TicketReopened() | TicketResolved() | TicketClosed():
            _ticket(state, event)
        case RegulationPublished(name=name, document=document):
            state.regulations[name] = Regulation.from_json(msgspec.json.encode(document))
        case _:
            _people(state.staff, event)


def _ticket(state: State, event: Recorded[Event]) -> None:
    match event.data:
        case TicketOpened() as said:
            state.tickets[said.ticket] = _held(said, event.position)
        case TicketReopened(ticket=ticket) as said:
            held = state.tickets.setdefault(ticket, _held(said, event.position))
            held.resolved = False
            held.agent = held.agent or state.owners.pop(ticket, "")
        case TicketResolved(ticket=ticket) if ticket in state.tickets:
            _wait_no_more(state, state.tickets[ticket])
            state.tickets[ticket].resolved = True
        case TicketClosed(ticket=ticket) if ticket in state.tickets:
            closed = state.tickets.pop(ticket)
            _wait_no_more(state, closed)
            _remember_owner(state, ticket, closed.agent)


def _held(said: TicketOpened | TicketReopened, position: int) -> Held:
    return Held(
        ticket=said.ticket,
        channel=said.channel,
        section=said.section,
        regulation=said.regulation,
        opened=position,
    )


def _assignment(state: State, event: Recorded[Event]) -> None:
    match event.data:
        case TicketAssigned(ticket=ticket) as said:
            _use_turn(state, said)
            _give(state, said, event)
        case TicketTransferred(ticket=ticket) as said:
            _give(state, said, event)
        case NobodyOnline(ticket=ticket) if ticket in state.tickets:
            state.tickets[ticket].heard += 1


def _use_turn(state: State, said: TicketAssigned) -> None:
    """A later turn stays, in whatever order turns are heard of: live and rebuilt states agree (I8)."""
    if said.because.turn:
        turns = state.turns.setdefault(said.because.pool, {})
        turns[said.agent] = max(said.because.turn, turns.get(said.agent, 0))


def _give(state: State, said: TicketAssigned | TicketTransferred, event: Recorded[Event]) -> None:
    held = state.tickets.get(said.ticket)
    if held is None:
        _remember_owner(state, said.ticket, said.agent)
        return
    _wait_no_more(state, held)
    held.heard += 1
    held.group, held.agent, held.cause = said.group, said.agent, None
    if not said.agent:
        held.cause = cause_of(event)
        _wait(state, held, said.at)


def _remember_owner(state: State, ticket: str, agent: str) -> None:
    if agent:
        state.owners[ticket] = intern(agent)


def _wait(state: State, held: Held, at: datetime) -> None:
    if not held.resolved:
        queue = state.queues.setdefault(held.queue, Queue())
        queue.waiting[held.ticket] = held
        queue.looked = max(queue.looked, at)


def _wait_no_more(state: State, held: Held) -> None:
    queue = state.queues.get(held.queue)
    if queue is None or held.ticket not in queue.waiting:
        return
    del queue.waiting[held.ticket]
    if not queue.waiting:
        del state.queues[held.queue]


def _people(staff: Staff, event: Recorded[Event]) -> None:
    match event.data:
        case AgentRegistered(agent=agent) as said:
            who = staff.agents.setdefault(agent, Employee(agent=agent))
            who.groups, who.in_distribution = said.groups, said.in_distribution
        case AgentWentOnline(agent=agent, section=section):
            _employee(staff, agent).online.add(section)
        case AgentWentOffline(agent=agent, section=section):
            _employee(staff, agent).online.discard(section)
        case ShiftPlanned() | ShiftWithdrawn() as said:
            _shift(staff, said, event.recorded_at)


def _employee(staff: Staff, agent: str) -> Employee:
    return staff.agents.setdefault(agent, Employee(agent=agent))


def _shift(staff: Staff, said: ShiftPlanned | ShiftWithdrawn, now: datetime) -> None:
    """Shifts may be planned for people who are registered later; those that are over are forgotten on the way."""
    who, duty = _employee(staff, said.agent), (said.roster, said.starts, said.ends)
    who.shifts = [each for each in who.shifts if each != duty and each[2] > now]
    if isinstance(said, ShiftPlanned):
        staff.rostered = True
        who.shifts.append(duty)
