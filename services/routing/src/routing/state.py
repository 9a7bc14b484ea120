"""What routing knows: who is there, what is open, what waits."""

from datetime import UTC, datetime

import msgspec
from contracts.intake import Section
from eventlog.reactor import Cause
from regulation.document import Regulation
from regulation.term import UnknownTermError

from routing.domain.choosing import Demand
from routing.domain.staff import Staff

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Held(msgspec.Struct, kw_only=True):
    """An open ticket and who has it; without an agent it waits since `cause`.

    `opened` is the position at which it was opened, `heard` how many events of its assignment stream were taken in.
    """

    ticket: str
    channel: str
    section: Section
    regulation: str
    opened: int
    group: str = ""
    agent: str = ""
    resolved: bool = False
    heard: int = 0
    cause: Cause | None = None

    @property
    def queue(self) -> str:
        """The tickets that wait for the same people at the same hours."""
        return f"{self.group}|{self.section}|{self.channel}|{self.regulation}"


class Queue(msgspec.Struct, kw_only=True):
    """Tickets without an agent, alike in what they ask for; `looked` is when nobody was found last."""

    waiting: dict[str, Held] = {}
    looked: datetime = LONG_AGO

    @property
    def sample(self) -> Held:
        """Any of them."""
        return next(iter(self.waiting.values()))

    @property
    def oldest_first(self) -> list[Held]:
        """In order of arrival, whatever happened to them since."""
        return sorted(self.waiting.values(), key=lambda held: held.opened)


class State(msgspec.Struct, kw_only=True):
    """A fold of the log: open tickets only; of closed ones no more than who had them (A-13).

    `turns` are pool → agent → last turn; `seen` is the log's time up to which everything was taken in.
    """

    regulations: dict[str, Regulation] = {}
    staff: Staff = msgspec.field(default_factory=Staff)
    turns: dict[str, dict[str, int]] = {}
    tickets: dict[str, Held] = {}
    queues: dict[str, Queue] = {}
    owners: dict[str, str] = {}
    seen: datetime = LONG_AGO

    def regulation(self, named: str) -> Regulation:
        """The latest published version of a regulation, named with or without its version."""
        name = named.partition("@")[0]
        if name not in self.regulations:
            raise UnknownTermError(f"the regulation {name!r} is not published: publish it, then replay what is parked")
        return self.regulations[name]

    def demand(self, held: Held, group: str, at: datetime) -> Demand:
        """What a ticket asks of a group at a moment."""
        regulation = self.regulation(held.regulation)
        coverage = regulation.channel(held.channel).coverage
        return Demand(group, held.section, coverage, regulation.calendar(coverage), at)

    def home(self, held: Held) -> str:
        """The group of the ticket's channel."""
        return self.regulation(held.regulation).channel(held.channel).group
