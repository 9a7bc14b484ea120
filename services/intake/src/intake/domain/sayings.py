"""What several events of a ticket have in common."""

from datetime import datetime
from typing import Literal, TypedDict


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
