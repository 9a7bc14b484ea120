"""One missed call from the ringing that nobody heard to the contact that settles it (R4-02 to R4-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from contracts.intake import CallMissed, CallReturned, CallSettled
from eventlog.aggregate import Aggregate, event

from intake.domain.aging import Traces, call_until, is_stale, working_days
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError

How = Literal["called-back", "already-contacted", "written"]


class Settling(NamedTuple):
    """How a call is said to be settled, what the log knows of contact, and the topic that both tickets get."""

    how: How
    traces: Traces
    topic: str = ""


class Call(Aggregate):
    """A missed call: it may be returned many times and is settled once, never without contact."""

    @event("Missed")
    def __init__(self, id: str, said: CallMissed) -> None:  # noqa: A002  # the library names it so
        self.missed = said
        self.reached_at: datetime | None = None
        self.tries = 0
        self.settled: How | None = None

    def call_back(self, by: Hand, *, reached: bool) -> None:
        """Somebody called back, whether the caller answered or not (R4-02)."""
        if self.settled:
            raise RefusedError(f"The call is settled already: {self.settled}.", "settled")
        self._returned(CallReturned(at=by.at, call=self.missed.call, agent=by.who, reached=reached))

    @event("Returned")
    def _returned(self, said: CallReturned) -> None:
        self.tries += 1
        if said.reached:
            self.reached_at = said.at

    def settle(self, by: Hand, settling: Settling) -> None:
        """Close the call by the contact that was made; the same once more says nothing."""
        if self.settled == settling.how:
            return
        if self.settled:
            raise RefusedError(f"The call is settled already: {self.settled}.", "settled")
        self._refuse_without_contact(by, settling)
        self._close(by, settling)

    def settle_with(self, by: Hand, settling: Settling) -> None:
        """Close an earlier call by the contact that settled a later one of the same caller."""
        if not self.settled:
            self._close(by, settling)

    def _close(self, by: Hand, settling: Settling) -> None:
        contact = settling.traces.contact if settling.how == "already-contacted" else None
        talk = settling.traces.talk if settling.how == "called-back" else None
        self._settled(
            CallSettled(
                at=by.at,
                call=self.missed.call,
                ticket=self.missed.ticket,
                how=settling.how,
                agent=by.who,
                contact=contact.ticket if contact else "",
                topic=settling.topic,
                talked=talk.call if talk else "",
            )
        )

    @event("Settled")
    def _settled(self, said: CallSettled) -> None:
        self.settled = said.how

    def refuse_another(self, who: str, holder: str) -> None:
        """R4-08: only whom the call was meant for, or who holds its ticket, deals with it; RefusedError for others."""
        wanted = self.missed.agent
        if wanted and who not in {wanted, holder}:
            raise RefusedError(
                f"The call was meant for {wanted}: ask a lead to transfer its ticket to you first.", "not-yours"
            )

    def _refuse_without_contact(self, by: Hand, settling: Settling) -> None:
        match settling.how:
            case "called-back" if not (self.reached_at or settling.traces.talk):
                raise RefusedError(
                    f"Nobody has talked to the caller yet: say so with POST /calls/{self.missed.call}/returned once "
                    "somebody has.",
                    "not-reached",
                )
            case "already-contacted" if settling.traces.contact is None:
                raise RefusedError(
                    "No agent has written to the caller since the call in that ticket: name the ticket where contact "
                    "was made as `contact`, or contact the caller now.",
                    "no-contact",
                )
            case "written":
                self._refuse_unwritten(by, settling.traces)

    def _refuse_unwritten(self, by: Hand, traces: Traces) -> None:
        called_at = self.missed.called_at
        if not is_stale(by.regulation, called_at, by.at):
            age, until = working_days(by.regulation, called_at, by.at), call_until(by.regulation, called_at)
            raise RefusedError(
                f"The call is {age:.1f} working days old: call back, a letter is enough after "
                f"{until:%Y-%m-%d %H:%M} UTC.",
                "call-first",
            )
        if not traces.written:
            raise RefusedError(
                f"Nobody has written to the caller since the call: do so with POST /tickets/{self.missed.ticket}/reply "
                "first.",
                "not-written",
            )
