"""`GET /tickets/{ticket}/attribution`: whose every second of a ticket was (D9)."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Event, Recorded
from pydantic import BaseModel
from servicekit.problems import NotFound

from sla.domain.attributing import Versions, attributed
from sla.domain.moments import moment


class Shares(BaseModel):
    """Seconds by party: they sum to `total_seconds`; what lies outside the plan's calendar is nobody's.

    `first_response_seconds` is null where nobody has answered yet or a member of staff wrote the ticket (A-34);
    `reopened_seconds` is the time after reopenings, which no promise covers (A-13). Both also in working time.
    """

    ticket: str
    opened_at: datetime
    until: datetime
    total_seconds: int
    seconds: dict[str, int]
    first_response_seconds: int | None
    first_response_worked_seconds: int | None
    reopened_seconds: int
    reopened_worked_seconds: int


def shares(ticket: str, events: Sequence[Recorded[Event]], versions: Versions, now: datetime) -> Shares:
    """Who had the ticket, from its own stream; raises NotFound for one that was never opened."""
    found = attributed(events, versions, now)
    if found is None:
        raise NotFound("No ticket has this id: look it up in the list.")
    return Shares(
        ticket=ticket,
        opened_at=moment(found.opened),
        until=moment(found.until),
        total_seconds=found.total,
        seconds=found.parties,
        first_response_seconds=found.first_response,
        first_response_worked_seconds=found.first_response_worked,
        reopened_seconds=found.reopened,
        reopened_worked_seconds=found.reopened_worked,
    )
