"""How events about people become state; what is over is forgotten on the way."""

from bisect import insort
from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts import Event, Recorded
from contracts.routing import (
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    AgentRegistered,
    AgentWentOffline,
    AgentWentOnline,
    LoanEnded,
    RosterRevised,
    ShiftPlanned,
    ShiftWithdrawn,
)
from eventlog.reactor import cause_of

from routing.domain.absence import Absence
from routing.domain.loan import Loan
from routing.domain.presence import NEVER
from routing.domain.staff import Employee, Staff

KEPT = timedelta(days=7)
"""How long shifts that are over are remembered: after a downtime their ends still take people Offline."""
PEOPLE = (
    AgentWentOnline,
    AgentWentOffline,
    ShiftPlanned,
    ShiftWithdrawn,
    AgentRegistered,
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    LoanEnded,
    RosterRevised,
)
"""The kinds of events that `fold_people` makes anything of."""


def fold_people(staff: Staff, event: Recorded[Event]) -> None:
    """Take one event about people into the staff; others leave it as it is."""
    match event.data:
        case AgentWentOnline() | AgentWentOffline():
            _presence(staff, event, event.data)
        case ShiftPlanned() | ShiftWithdrawn() as said:
            _shift(staff.employee(said.agent), said)
            staff.rostered = staff.rostered or isinstance(said, ShiftPlanned)
        case AgentRegistered() as said:
            staff.register(said)
            _forget(staff, [staff.employee(said.agent)], event.recorded_at)
        case AbsenceRecorded() | AbsenceWithdrawn() as said:
            _absence(staff.employee(said.agent), said)
        case AgentLent() | LoanEnded() as said:
            _loan(staff, staff.employee(said.agent), said)
        case RosterRevised():
            _forget(staff, staff.agents.values(), event.recorded_at)


def _presence(staff: Staff, event: Recorded[Event], said: AgentWentOnline | AgentWentOffline) -> None:
    who = staff.employee(said.agent)
    who.presence[said.section] = who.presence.get(said.section, NEVER).after(said)
    who.plan_leaving()
    if isinstance(said, AgentWentOnline):
        who.came[said.section] = cause_of(event)
    if isinstance(said, AgentWentOnline) or not said.because:
        # A shift's end is routing's own word, taken in before the log has it: nothing may depend on when that was.
        _forget(staff, [who], event.recorded_at)


def _shift(who: Employee, said: ShiftPlanned | ShiftWithdrawn) -> None:
    """Shifts may be planned for people who are registered later."""
    duty = (said.starts, said.ends, said.roster)
    who.shifts = [each for each in who.shifts if each != duty]
    if isinstance(said, ShiftPlanned):
        insort(who.shifts, duty)
    who.plan_leaving()


def _absence(who: Employee, said: AbsenceRecorded | AbsenceWithdrawn) -> None:
    if isinstance(said, AbsenceRecorded):
        who.absences[said.absence] = Absence.of(said)
    else:
        who.absences.pop(said.absence, None)


def _loan(staff: Staff, who: Employee, said: AgentLent | LoanEnded) -> None:
    if isinstance(said, AgentLent):
        who.loans[said.loan] = Loan.of(said)
    else:
        who.loans.pop(said.loan, None)
    staff.regroup(who)


def _forget(staff: Staff, people: Iterable[Employee], now: datetime) -> None:
    for who in people:
        who.shifts = [each for each in who.shifts if each[1] > now - KEPT]
        who.absences = {name: each for name, each in who.absences.items() if each.until > now}
        if any(each.ends <= now for each in who.loans.values()):
            who.loans = {name: each for name, each in who.loans.items() if each.ends > now}
            staff.regroup(who)
