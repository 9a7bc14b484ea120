"""An open ticket as routing knows it, and tickets that wait alike."""

from datetime import UTC, datetime

import msgspec
from contracts.intake import Section
from eventlog.reactor import Cause

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Held(msgspec.Struct, kw_only=True):
    """An open ticket and who has it.

    `opened` is the position at which it was opened, `heard` how many events of its assignment stream were taken in.
    `line` and `section` follow the channel until a group of another line gets it; `skills` are what it asks for.
    `wanted` is whom it was meant for, or to whom it was passed on since (R4-08), `paused` that the requester has to
    answer, `clocks` are its running ones. Without an agent it waits in the queue `waits` since `cause`; nobody was
    found last at `looked` (UTC). `last` is what was done about it last, at `acted` (UTC), where its regulation takes
    unattended work back.
    """

    ticket: str
    channel: str
    section: Section
    regulation: str
    opened: int
    category: str = ""
    priority: str = ""
    stage: str = ""
    service: str = ""
    language: str = ""
    wanted: str = ""
    line: str = ""
    skills: tuple[str, ...] = ()
    group: str = ""
    agent: str = ""
    resolved: bool = False
    paused: bool = False
    clocks: dict[str, datetime] = {}
    heard: int = 0
    waits: str = ""
    cause: Cause | None = None
    looked: datetime = LONG_AGO
    last: Cause | None = None
    acted: datetime = LONG_AGO

    @property
    def queue(self) -> str:
        """The tickets that wait for the same people at the same hours, if it has to wait."""
        return "|".join((self.group, self.section, self.channel, self.regulation, self.wanted, *self.skills))

    @property
    def to_do(self) -> bool:
        """Whether it is work: open and not solved."""
        return not self.resolved

    @property
    def due(self) -> datetime | None:
        """The nearest of its deadlines (UTC)."""
        return min(self.clocks.values(), default=None)


class Queue(msgspec.Struct, kw_only=True):
    """Tickets without an agent, alike in what they ask for."""

    waiting: dict[str, Held] = {}

    @property
    def sample(self) -> Held:
        """Any of them."""
        return next(iter(self.waiting.values()))
