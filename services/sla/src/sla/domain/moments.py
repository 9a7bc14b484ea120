"""Moments as whole UTC epoch seconds and back: a million clocks keep them as plain numbers (§1.8: precision)."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def second(at: datetime) -> int:
    """An aware moment as epoch seconds, fractions cut off."""
    return (at - EPOCH) // SECOND


def moment(seconds: int) -> datetime:
    """Epoch seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)
