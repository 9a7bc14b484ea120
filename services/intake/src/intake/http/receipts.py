"""What a sender is told about a message."""

from functools import cache
from typing import Any

import msgspec
from fastapi import Response
from prometheus_client import Counter
from pydantic import BaseModel, Field
from servicekit.positions import POSITION

from intake.arriving import Outcome
from intake.arriving import Receipt as Told

MESSAGES = Counter("intake_messages_total", "What became of the messages that came.", ("channel", "outcome"))

_encode = msgspec.json.Encoder().encode


class Receipt(BaseModel):
    """What became of a message; `ticket` and `number` are null where it belongs to none."""

    message: str = Field(description="The id under which we keep the message.")
    outcome: Outcome = Field(description="What became of it; `duplicate` repeats the first answer.")
    ticket: str | None = Field(default=None, description="The ticket's id.")
    number: str | None = Field(default=None, description="The ticket's number.", examples=["TIC-42"])


ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": Receipt, "description": "Durably recorded."},
    401: {"description": "The key, signature or token is missing or wrong."},
    413: {"description": "The body is too large."},
    503: {"description": "Nothing was accepted, or nobody knows: send the same again after Retry-After seconds."},
}


def answer(told: Told, channel: str, status: int = 202) -> Response:
    """The receipt on its way back; its position covers everything that the message led to here."""
    _counter(channel, told.outcome).inc()
    said = {
        "message": told.message,
        "outcome": told.outcome,
        "ticket": told.ticket or None,
        "number": told.number or None,
    }
    return Response(_encode(said), status, {POSITION: str(told.position)}, "application/json")


@cache
def _counter(channel: str, outcome: Outcome) -> Counter:
    """The counter itself: `labels()` takes a lock each time; channels and outcomes are few."""
    return MESSAGES.labels(channel, outcome)
