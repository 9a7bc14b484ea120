"""What the reactor decides on: open tickets with their clocks, regulations, alarms. Moments are epoch seconds."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from sys import intern

import msgspec
from contracts import Event, Recorded
from contracts.intake import Recalled, RegulationPublished
from regulation.document import Regulation
from regulation.force import in_force

from sla.alarms import Alarm, Alarms
from sla.domain.clock import Clock
from sla.domain.moments import second
from sla.domain.promise import cell, shared
from sla.domain.rules import Rules
from sla.domain.ticket import Ticket
from sla.domain.timing import timer
from sla.totals import Totals

REMEMBERED = 30 * 86_400
"""Seconds for which a closed ticket is kept, so that one that comes back finds its budgets (A-4, A-12)."""

AT_ONCE = 5_000
"""Alarms that wait to be computed at most, so that no look at the next one takes long (I18)."""


class UnknownRegulationError(ValueError):
    """A ticket names a regulation that was never published: publish it, then let the parked events be replayed."""


class Stored(msgspec.Struct, array_like=True):
    """The state as bytes see it."""

    documents: list[bytes]
    latest: dict[str, str]
    since: dict[str, int]
    tickets: list[Ticket]
    closed: list[tuple[int, str]]
    totals: Totals


class State:
    """Everything remembered; changed by `evolve` only."""

    def __init__(self, stored: Stored | None = None) -> None:
        kept = stored or Stored([], {}, {}, [], [], Totals())
        regulations = [Regulation.from_json(document) for document in kept.documents]
        self.rules = {each.key: Rules(each) for each in regulations}
        self.latest = kept.latest
        self.since = kept.since
        self.tickets = {ticket.id: ticket for ticket in kept.tickets}
        self.closed = deque(kept.closed)
        self.totals = kept.totals
        self._alarms = Alarms(self._holds, self._armed())
        self._unset: dict[str, tuple[str, Clock]] = {}

    def stored(self) -> Stored:
        """What is needed to make it again."""
        self._set_alarms()
        documents = [rules.regulation.to_json() for rules in self.rules.values()]
        tickets = list(self.tickets.values())
        return Stored(documents, self.latest, self.since, tickets, list(self.closed), self.totals)

    def rules_for(self, regulation: str) -> Rules:
        """The version that is named (`csn@1`), the latest where only a name is; raises UnknownRegulationError."""
        if found := self.known(regulation):
            return found
        raise UnknownRegulationError(f"the regulation {regulation!r} was not published: publish it")

    def known(self, regulation: str) -> Rules | None:
        """The version that is named, if it was published."""
        return self.rules.get(regulation) or self.rules.get(self.latest.get(regulation, ""))

    def publish(self, said: RegulationPublished) -> None:
        """From now on this version is known; decisions of earlier ones stay (D2)."""
        rules = Rules(Regulation.from_document(said.document))
        self.rules[rules.key] = rules
        self.latest.pop(said.name, None)
        self.latest[said.name] = rules.key
        self.since.setdefault(rules.key, second(max(said.at, said.effective_from)))

    def in_force(self, at: datetime) -> dict[str, Regulation]:
        """By name the version that came into force last: on its date, or when it was published if that was later."""
        return in_force(((since, self.rules[key].regulation) for key, since in self.since.items()), second(at))

    def ticket_of(self, ticket: str, event: Recorded[Event]) -> Ticket | None:
        """The ticket that an event is about; one that comes back after it was forgotten begins anew."""
        found = self.tickets.get(ticket)
        if found is None and isinstance(event.data, Recalled):
            found = self.tickets[ticket] = self._anew(event.data, event)
        return found

    def forget(self, now: int) -> None:
        """Let go of tickets that have been closed for longer than REMEMBERED."""
        while self.closed and self.closed[0][0] + REMEMBERED < now:
            at, ticket = self.closed.popleft()
            if (found := self.tickets.get(ticket)) and found.closed_at == at:
                for clock in found.clocks:
                    self._unset.pop(clock.id, None)
                del self.tickets[ticket]

    @property
    def alarms(self) -> Alarms:
        """When clocks ring, in order and the first of them still meant."""
        self._set_alarms()
        return self._alarms

    def arm(self, ticket: str, clock: Clock) -> None:
        """A clock has changed: its earlier alarm is void, and its next one is to be set; KeyError for unknown rules.

        That waits until somebody asks or there are AT_ONCE, since most clocks of an old log end soon.
        """
        assert self.rules[clock.rules], "a clock without its rules could not be read, and may not wait for its alarm"
        if clock.rings:
            self._alarms.drop()
        clock.turn, clock.rings = clock.turn + 1, 0
        if clock.open:
            self._unset[clock.id] = (ticket, clock)
            if len(self._unset) == AT_ONCE:
                self._set_alarms()
        else:
            self._unset.pop(clock.id, None)

    def _set_alarms(self) -> None:
        for ticket, clock in self._unset.values():
            if due := timer(clock, self.rules[clock.rules], clock.warned):
                clock.rings = due.at
                self._alarms.set(Alarm(due.at, clock.id, clock.turn, ticket))
        self._unset.clear()
        self._alarms.tidy()

    def _anew(self, said: Recalled, event: Recorded[Event]) -> Ticket:
        """What comes back says again what it is; events from before that was so take the latest rules' defaults."""
        named = said.regulation or event.meta.regulation
        rules = self.known(named) or self.known(named.partition("@")[0])
        rules = rules or self.rules_for(next(reversed(self.latest), ""))
        defaults = rules.regulation.defaults
        return Ticket(
            id=said.ticket,
            regulation=rules.key,
            cell=cell(
                said.category or defaults.category,
                said.priority or defaults.priority,
                said.channel or event.meta.channel,
                said.service,
            ),
            stage="",
            correlation=event.meta.correlation or event.id,
            opened=second(event.recorded_at),
        )

    def _holds(self, alarm: Alarm) -> bool:
        ticket = self.tickets.get(alarm.ticket)
        clock = ticket.clock(alarm.clock) if ticket else None
        return clock is not None and clock.turn == alarm.turn

    def _armed(self) -> Iterator[Alarm]:
        for name, ticket in self.tickets.items():
            for clock in ticket.clocks:
                if clock.rings:
                    yield Alarm(clock.rings, clock.id, clock.turn, name)


def restored(snapshot: bytes) -> State:
    """The state that `State.stored` described, what is equal shared again."""
    stored = msgspec.msgpack.decode(snapshot, type=Stored)
    told: dict[tuple[int, ...], tuple[int, ...]] = {}
    for ticket in stored.tickets:
        ticket.regulation, ticket.stage = intern(ticket.regulation), intern(ticket.stage)
        ticket.cell = cell(*ticket.cell)
        for clock in ticket.clocks:
            clock.terms = shared(clock.terms)
            clock.told = told.setdefault(clock.told, clock.told)
    return State(stored)
