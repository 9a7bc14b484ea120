"""Moments as whole UTC epoch seconds and back: a million clocks keep them as plain numbers (§1.8: precision)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = 86_400
"""Seconds of a day."""


def second(at: datetime) -> int:
    """An aware moment as epoch seconds, fractions cut off."""
    since = at - EPOCH
    return since.days * DAY + since.seconds


@lru_cache(maxsize=8192)
def moment(seconds: int) -> datetime:
    """Epoch seconds as an aware UTC datetime; openings, closings and deadlines are asked for again and again."""
    return datetime.fromtimestamp(seconds, UTC)
