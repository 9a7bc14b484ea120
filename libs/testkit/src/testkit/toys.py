"""A toy reactor: gives every opened ticket to the next agent in turn, and can be poisoned on purpose."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from contracts import CATALOGUE, Event, Recorded
from contracts.intake import TicketOpened
from contracts.reasons import Assignment
from contracts.routing import NobodyOnline, TicketAssigned
from eventlog.reactor import Cause, Reaction, Unanswered, cause_of
from eventlog.tables import Statement, Table, Views
from eventlog.wire import Unreadable
from msgspec.structs import replace

AGENTS = ("anna", "boris", "vera")
DDL = """
    create table applied (
        id text primary key, stream text, version int, position bigint, times int, n bigserial
    )
"""


class Applied(msgspec.Struct, frozen=True):
    """An event was projected, so many times."""

    id: str
    stream: str
    version: int | str
    position: int
    times: int = 0


APPLIED = Table("applied", Applied, "id")
BROKEN = "not a number"


def _applied(event: Recorded[Event]) -> Iterator[Statement]:
    new = Applied(event.id, event.stream, event.version, event.position)
    yield APPLIED.fold(event.id, lambda was: replace(was or new, times=(was or new).times + 1))


VIEWS = Views(tables=[APPLIED], ddl=DDL, rules=dict.fromkeys([*CATALOGUE.types.values(), Unreadable], _applied))


class Timer(msgspec.Struct, frozen=True):
    """Rings at `at` and answers `cause`."""

    at: datetime
    ticket: str
    cause: Cause


class Turns(msgspec.Struct):
    """Whose turn it is, the timers that are set, and what was evolved how often (for tests that ask)."""

    turn: int = 0
    timers: dict[str, Timer] = {}
    evolved: dict[str, int] = {}


class PoisonError(Exception):
    """What a bug in a reactor looks like."""


class ToyRouting:
    """A ticket of category `poison-evolve`, `-react`, `-project`, `-sql` or `-act` fails there until `mended`."""

    name = "routing"
    code = "toy-1"
    views = VIEWS
    hears: Collection[type[Event]] | None = None
    urgent: Collection[type[Event]] | None = None

    def __init__(self, *, mended: bool = False) -> None:
        self.mended = mended
        self.acted: list[str] = []

    def fresh(self) -> Turns:
        """Nobody has had a turn."""
        return Turns(timers={}, evolved={})

    def restored(self, snapshot: bytes) -> Turns:
        """The state as it was stored."""
        return msgspec.msgpack.decode(snapshot, type=Turns)

    def stored(self, state: Turns) -> bytes:
        """The state as bytes."""
        return msgspec.msgpack.encode(state)

    def evolve(self, state: Turns, event: Recorded[Event]) -> None:
        """An assignment is a turn taken; a ticket of category `timer-60` sets a timer by 60 seconds."""
        state.evolved[event.id] = state.evolved.get(event.id, 0) + 1
        self._fail("evolve", event.data)
        match event.data:
            case TicketAssigned():
                state.turn += 1
            case TicketOpened(ticket=ticket, category=category) if category.startswith("timer-"):
                rings = event.recorded_at + timedelta(seconds=int(category.removeprefix("timer-")))
                state.timers[ticket] = Timer(rings, ticket, cause_of(event))
            case NobodyOnline(ticket=ticket):
                state.timers.pop(ticket, None)
            case _:
                pass

    def react(self, state: Turns, event: Recorded[Event]) -> Iterable[Reaction]:
        """Every opened ticket gets the next agent."""
        self._fail("react", event.data)
        if isinstance(event.data, TicketOpened):
            yield Reaction(name="assign", stream=f"assignment-{event.data.ticket}", event=_assigned(state, event))

    def next_ring(self, state: Turns) -> datetime | None:
        """The earliest timer."""
        return min((timer.at for timer in state.timers.values()), default=None)

    def ring(self, state: Turns, now: datetime, limit: int) -> Iterable[Reaction | Unanswered]:
        """Nobody took the ticket in time."""
        due = sorted((timer for timer in state.timers.values() if timer.at <= now), key=lambda timer: timer.at)
        for timer in due[:limit]:
            try:
                said: Reaction | Unanswered = self.late(timer)
            except PoisonError as error:
                said = Unanswered(subject=timer.ticket, cause=timer.cause, error=error)
            yield said

    def late(self, timer: Timer) -> Reaction:
        """What a timer says when it rings."""
        said = NobodyOnline(at=timer.at, ticket=timer.ticket, group="first")
        return Reaction(name="late", stream=f"assignment-{timer.ticket}", event=said, cause=timer.cause)

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """Every event leaves a row, so that doubles and losses show."""
        for event in events:
            self._fail("project", event.data)
            yield from _applied(event)
            if self._poisonous("sql", event.data):
                yield APPLIED.set(event.id, version=BROKEN)

    async def act(self, event: Recorded[Event]) -> None:
        """Remembers that it was asked."""
        self._fail("act", event.data)
        self.acted.append(event.id)

    def _poisonous(self, where: str, said: Event) -> bool:
        return not self.mended and isinstance(said, TicketOpened) and said.category == f"poison-{where}"

    def _fail(self, where: str, said: Event) -> None:
        if self._poisonous(where, said):
            raise PoisonError(where)


def _assigned(state: Turns, event: Recorded[Event]) -> TicketAssigned:
    ticket = getattr(event.data, "ticket", "")
    agent = AGENTS[state.turn % len(AGENTS)]
    return TicketAssigned(
        at=event.recorded_at, ticket=ticket, group="first", agent=agent, because=Assignment(rule="turn")
    )
