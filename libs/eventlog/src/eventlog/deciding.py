"""The pure middle of a follower: events go in, a step comes out; nothing here waits for anything."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from contracts import Event, Recorded

from eventlog.bookkeeping import TIMER, Parked
from eventlog.reactor import Cause, Reaction, Reactor, Statement, Unanswered, as_new, provisional
from eventlog.ringing import answer, due, reason_of, timer_of
from eventlog.store import New
from eventlog.tracing import traced
from eventlog.wire import Unreadable

S = TypeVar("S")


class Step(msgspec.Struct, kw_only=True):
    """What one page of events and the timers that `rang` lead to: it is written in one transaction, or none of it."""

    old: int
    new: int
    events: Sequence[Recorded[Event]] = ()
    decided: list[New] = []
    parked: list[Parked] = []
    statements: list[Statement] = []
    rang: list[Reaction | Unanswered] = []
    """What the timers said first that something follows from."""

    @property
    def empty(self) -> bool:
        """Whether nothing but the cursor would be written."""
        return not (self.decided or self.parked or self.statements)

    def then(self, later: "Step") -> "Step":
        """This step and the one after it as one."""
        return Step(
            old=self.old,
            new=later.new,
            events=[*self.events, *later.events],
            decided=[*self.decided, *later.decided],
            parked=[*self.parked, *later.parked],
            statements=[*self.statements, *later.statements],
            rang=[*self.rang, *later.rang],
        )


class Decider(Generic[S]):
    """A reactor with its state at one position; own reactions are in it from the moment they are decided."""

    def __init__(self, reactor: Reactor[S], state: S, position: int, pending: Iterable[str] = ()) -> None:
        self.reactor = reactor
        self.state = state
        self.position = position
        self.pending = set(pending)
        self.blocked: set[str] = set()
        self.silent: set[str] = set()
        self._hears = None if reactor.hears is None else frozenset(reactor.hears)
        self._urgent = None if reactor.urgent is None else frozenset(reactor.urgent)

    def set_aside(self, parked: Mapping[int, str]) -> None:
        """Whose events are set aside from here on, and whose timers do not ring: what the books say."""
        self.blocked = set(parked.values())
        self.silent = {subject for position, subject in parked.items() if position <= TIMER}

    def fold(self, events: Sequence[Recorded[Event]], skipped: frozenset[int] = frozenset()) -> None:
        """Take in what was dealt with before: no reactions, no views (I17)."""
        for event in events:
            if event.id in self.pending:
                self.pending.discard(event.id)
            elif event.position not in skipped and not isinstance(event.data, Unreadable):
                self._evolve(event)
            self.position = event.position

    def anticipate(self, reactions: Sequence[Recorded[Event]]) -> None:
        """Take in own reactions that lie ahead, so that nothing is decided without them."""
        for event in reactions:
            if event.id not in self.pending:
                self._evolve(event)
                self.pending.add(event.id)

    def step(self, events: Sequence[Recorded[Event]]) -> Step:
        """Take in new events and decide what follows; an event that fails is set aside with all of its ticket (I15)."""
        step = Step(old=self.position, new=events[-1].position, events=events, decided=[], parked=[])
        self._take(events, step)
        self.position = step.new
        return step

    def again(self, events: Sequence[Recorded[Event]]) -> Step:
        """Apply events that were set aside; the position stays where it is."""
        step = Step(old=self.position, new=self.position, events=events, decided=[], parked=[])
        self._take(events, step)
        return step

    def ring(self, now: datetime, limit: int) -> Step:
        """Decide what follows from the timers due by `now`; the state must have passed the log's head as of then.

        One that fails is set aside with its ticket, as an event is (I15); raises MuteError where none says which it is.
        """
        step = Step(old=self.position, new=self.position, decided=[], parked=[], rang=[])
        for said in due(self.reactor, self.state, now, limit, self.silent):
            try:
                step.decided += self._take_in([answer(each) for each in said], None, now)
                step.rang.append(said[0])
            except Exception as error:  # noqa: BLE001  # as with events
                timer = timer_of(said[0])
                self.blocked.add(timer.subject)
                self.silent.add(timer.subject)
                step.parked.append(msgspec.structs.replace(timer, reason=reason_of(error)))
        return step

    def _take(self, events: Sequence[Recorded[Event]], step: Step) -> None:
        for event in events:
            self._apply(event, step)
        aside = {parked.position for parked in step.parked}
        step.statements = list(self.reactor.project([each for each in events if each.position not in aside]))

    def _apply(self, event: Recorded[Event], step: Step) -> None:
        if event.id in self.pending:
            self.pending.discard(event.id)
            return
        subject = subject_of(event)
        if subject in self.blocked:
            step.parked.append(parked(event, "an earlier event of this ticket is parked"))
            return
        try:
            step.decided += self._react(event)
        except Exception as error:  # noqa: BLE001  # whatever a poison event does, it may stop only its own ticket
            self.blocked.add(subject)
            step.parked.append(parked(event, reason_of(error)))

    def _react(self, event: Recorded[Event]) -> list[New]:
        if isinstance(event.data, Unreadable):
            raise TypeError(f"{event.data.kind} cannot be read: {event.data.reason}")
        self._evolve(event)
        if self._urgent is not None and type(event.data) not in self._urgent:
            return []
        reactions = list(self.reactor.react(self.state, event))
        return self._take_in(reactions, traced(event), event.recorded_at) if reactions else []

    def _evolve(self, event: Recorded[Event]) -> None:
        if self._hears is None or type(event.data) in self._hears:
            self.reactor.evolve(self.state, event)

    def _take_in(self, reactions: Sequence[Reaction], cause: Cause | None, at: datetime) -> list[New]:
        decided = []
        for reaction in reactions:
            chosen = reaction.cause or cause
            assert chosen is not None, "a timer's reaction names its cause"
            new = as_new(reaction, chosen, self.reactor.name)
            if new.id not in self.pending:
                self.pending.add(new.id)
                self._evolve(provisional(new, at))
                decided.append(new)
        return decided


def subject_of(event: Recorded[Event]) -> str:
    """What an event is about, so that a poison one blocks no more than that: its ticket, else its stream."""
    return getattr(event.data, "ticket", "") or event.stream  # an unreadable event may still tell its ticket


def parked(event: Recorded[Event], reason: str) -> Parked:
    """The event as it is set aside."""
    return Parked(position=event.position, id=event.id, subject=subject_of(event), reason=reason)
