"""What several events of a ticket have in common."""

from datetime import datetime
from typing import Literal, NamedTuple, TypedDict

from contracts.intake import Section, TicketOpened


class Spoken(TypedDict):
    """What every event has in which an agent says something."""

    at: datetime
    ticket: str
    requester: str
    agent: str
    text: str


class Done(TypedDict):
    """What every event has in which an agent says what a ticket is or where it goes."""

    at: datetime
    ticket: str
    agent: str


class Moved(TypedDict):
    """What every event has by which a party ends a matter or takes it up again."""

    at: datetime
    ticket: str
    by: Literal["requester", "agent", "system"]
    who: str
    reason: str
    stage: str
    previous: str


class Tied(TypedDict):
    """What every event has by which one ticket leads to another, or no longer does."""

    at: datetime
    ticket: str
    to: str
    who: str
    reason: str


class Facts(TypedDict):
    """What a ticket is, said again for followers that have dropped it."""

    number: str
    channel: str
    kind: str
    section: Section
    language: str
    category: str
    priority: str
    regulation: str
    service: str


class Today(NamedTuple):
    """What of a ticket may have changed since it was opened; `regulation` is the version it goes by, `csn@1`."""

    category: str
    priority: str
    service: str
    regulation: str


def facts_of(opened: TicketOpened, today: Today) -> Facts:
    """What the ticket was when it was opened, with what it is today."""
    return Facts(
        number=opened.number,
        channel=opened.channel,
        kind=opened.kind,
        section=opened.section,
        language=opened.language,
        category=today.category,
        priority=today.priority,
        service=today.service,
        regulation=today.regulation,
    )
