"""What several events of a ticket have in common."""

from datetime import datetime
from typing import Literal, TypedDict

from contracts.intake import Section, TicketOpened


class Spoken(TypedDict):
    """What every event has in which an agent says something."""

    at: datetime
    ticket: str
    requester: str
    agent: str
    text: str


class Moved(TypedDict):
    """What every event has by which a party ends a matter or takes it up again."""

    at: datetime
    ticket: str
    by: Literal["requester", "agent", "system"]
    who: str
    reason: str
    stage: str
    previous: str


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


def facts_of(opened: TicketOpened, category: str, priority: str) -> Facts:
    """What the ticket was when it was opened, with its category and priority of today."""
    return Facts(
        number=opened.number,
        channel=opened.channel,
        kind=opened.kind,
        section=opened.section,
        language=opened.language,
        category=category,
        priority=priority,
        regulation=opened.regulation,
    )
