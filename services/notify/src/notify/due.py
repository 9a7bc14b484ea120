"""A message whose turn it is, and what the outcome of an attempt means for it."""

from datetime import datetime, timedelta

import msgspec
from contracts import Event
from contracts.notify import DeliveryFailed, DeliverySent

from notify.sending.backoff import next_attempt
from notify.sending.outcome import Outcome, Refused, RetryLater, Sent, Unknown


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose turn it is; `doubts` is how many attempts before left open whether it arrived."""

    delivery: str
    ticket: str
    audience: str
    template: str
    language: str
    staff: str
    cause: str
    epoch: int
    attempts: int
    doubts: int
    since: datetime
    now: datetime


def verdict(due: Due, outcome: Outcome) -> Event | None:
    """The event that settles the delivery, or None while it is worth trying again.

    An outcome that stays unknown is tried once more under the same Message-ID, then a person has to look.
    """
    at, delivery, ticket, attempts = due.now, due.delivery, due.ticket, due.attempts
    match outcome:
        case Sent(reference=reference):
            return DeliverySent(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reference=reference)
        case Refused(reason=reason):
            return DeliveryFailed(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reason=reason)
        case Unknown(reason=reason) if due.doubts:
            why = f"{reason}; it may or may not have arrived"
            return DeliveryFailed(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reason=why)
        case RetryLater(reason=reason, after=after) if next_turn(due, after) is None:
            why = f"given up after {attempts} attempts: {reason}"
            return DeliveryFailed(at=at, delivery=delivery, ticket=ticket, attempts=attempts, reason=why)
        case _:
            return None


def next_turn(due: Due, after: timedelta | None) -> datetime | None:
    """When to try again, not before what was asked for; None when it has been tried for 24 h."""
    return next_attempt(due.attempts, due.now, after, due.delivery, due.since)
