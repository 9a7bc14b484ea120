"""An agent: what he may be given, whether he takes it now, when he is away and where he helps out."""

from __future__ import annotations

from datetime import datetime

import msgspec
from contracts.intake import Section
from contracts.routing import (
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    AgentRegistered,
    AgentWentOffline,
    AgentWentOnline,
    BacklogPickedUp,
    LoanEnded,
    SkewNoticed,
)
from eventlog.aggregate import event

from routing.domain.absence import Absence
from routing.domain.loan import Loan, serving
from routing.domain.presence import NEVER, Presence
from routing.domain.repeating import Repeating


class UnknownAbsenceError(ValueError):
    """No absence of this id was ever recorded."""


class UnknownLoanError(ValueError):
    """No loan of this id was ever made."""


class OwnGroupsError(ValueError):
    """Somebody was to be lent to groups that he serves anyway."""


class Agent(Repeating):
    """One employee who may receive requests (R0-19), Online or Offline in each section on its own (R0-18).

    Absences and loans are numbered, `anna~1`: whose they are can be seen by their ids.
    """

    @event("Registered")
    def __init__(self, id: str, said: AgentRegistered) -> None:  # noqa: A002  # the library's own name for it
        self.card = said
        self.presence: dict[Section, Presence] = {}
        self.absences: dict[str, Absence] = {}
        self.loans: dict[str, Loan] = {}
        self.recorded = 0
        self.lent = 0

    @property
    def online(self) -> frozenset[Section]:
        """The sections in which he takes work."""
        return frozenset(section for section, each in self.presence.items() if each.since)

    def groups_at(self, at: datetime) -> tuple[str, ...]:
        """His own groups, then those that he is lent to at this moment (R4-10)."""
        return serving(self.card.groups, self.loans.values(), at)

    def register(self, card: AgentRegistered) -> None:
        """Replace what was said about him; the same again is silence."""
        if msgspec.structs.replace(card, at=self.card.at) != self.card:
            self._registered(card)

    @event("RegisteredAgain")
    def _registered(self, said: AgentRegistered) -> None:
        self.card = said

    def go_online(self, section: Section, at: datetime) -> None:
        """Take work in this section from now on."""
        if section not in self.online:
            self._online(AgentWentOnline(at=at, agent=self.card.agent, section=section))

    @event("WentOnline")
    def _online(self, said: AgentWentOnline) -> None:
        self.presence[said.section] = self.presence.get(said.section, NEVER).after(said)

    def go_offline(self, section: Section, at: datetime) -> None:
        """Take no more work in this section."""
        if section in self.online:
            self._offline(AgentWentOffline(at=at, agent=self.card.agent, section=section))

    @event("WentOffline")
    def _offline(self, said: AgentWentOffline) -> None:
        self.presence[said.section] = self.presence.get(said.section, NEVER).after(said)

    def leave(self, wanted: AbsenceRecorded) -> None:
        """Be away for a reason, beside other absences; the same again is silence. `wanted` has no id yet."""
        if not self.away_as(wanted):
            named = f"{self.card.agent}~{self.recorded + 1}"
            self._left(msgspec.structs.replace(wanted, absence=named))

    def away_as(self, wanted: AbsenceRecorded) -> str:
        """The absence that already says this, "" if none does."""
        like = (wanted.reason, wanted.ends, wanted.substitute)
        same = (each for each in self.absences.values() if (each.reason, each.ends, each.substitute) == like)
        return next((each.absence for each in same if each.holds(wanted.starts)), "")

    @event("Left")
    def _left(self, said: AbsenceRecorded) -> None:
        self.absences[said.absence] = Absence.of(said)
        self.recorded += 1

    def come_back(self, absence: str, at: datetime) -> None:
        """Be there again; silence when the absence is over. Raises UnknownAbsenceError."""
        known = self.absences.get(absence)
        if known is None and not _counted(absence, self.recorded):
            raise UnknownAbsenceError(absence)
        if known and known.until > at:
            self._back(AbsenceWithdrawn(at=at, agent=self.card.agent, absence=absence))

    @event("Back")
    def _back(self, said: AbsenceWithdrawn) -> None:
        self.absences.pop(said.absence, None)

    def lend(self, wanted: AgentLent) -> None:
        """Let him also serve other groups (R4-10); the same again is silence. Raises OwnGroupsError."""
        if set(wanted.groups) <= set(self.card.groups):
            raise OwnGroupsError(", ".join(wanted.groups))
        if not self.lent_as(wanted):
            self._lent(msgspec.structs.replace(wanted, loan=f"{self.card.agent}~{self.lent + 1}"))

    def lent_as(self, wanted: AgentLent) -> str:
        """The loan that already says this, "" if none does."""
        same = (each for each in self.loans.values() if (each.groups, each.ends) == (wanted.groups, wanted.ends))
        return next((each.loan for each in same if each.holds(wanted.starts)), "")

    @event("Lent")
    def _lent(self, said: AgentLent) -> None:
        self.loans[said.loan] = Loan.of(said)
        self.lent += 1

    def end_loan(self, loan: str, by: str, at: datetime) -> None:
        """Serve his own groups only, sooner than was planned; silence once it is over. Raises UnknownLoanError."""
        known = self.loans.get(loan)
        if known is None and not _counted(loan, self.lent):
            raise UnknownLoanError(loan)
        if known and known.ends > at:
            self._returned(LoanEnded(at=at, agent=self.card.agent, loan=loan, by=by))

    @event("Returned")
    def _returned(self, said: LoanEnded) -> None:
        self.loans.pop(said.loan, None)

    def pick_up(self, tickets: tuple[str, ...], at: datetime) -> None:
        """Take these waiting tickets, because he asked for them (R0-22)."""
        if tickets:
            self._picked_up(BacklogPickedUp(at=at, agent=self.card.agent, tickets=tickets, occasion="asked"))

    @event("PickedUp")
    def _picked_up(self, said: BacklogPickedUp) -> None:
        """What he was given does not change what he is."""

    @event("Noticed")
    def _noticed(self, said: SkewNoticed) -> None:
        """That he was given too much does not change what he is."""


def _counted(named: str, count: int) -> bool:
    number = named.rpartition("~")[2]
    return number.isdecimal() and 1 <= int(number) <= count
