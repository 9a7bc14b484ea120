"""When to try again: a pure schedule without randomness, so that every replica says the same."""

from datetime import datetime, timedelta
from hashlib import sha256

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=30)
GIVES_UP_AFTER = timedelta(hours=24)
ABSENT = timedelta(0)


def next_attempt(
    attempts: int,
    at: datetime,
    retry_after: timedelta | None,
    key: str,
    since: datetime | None = None,
) -> datetime | None:
    """The moment after `attempts` (from 1) failures, the last of them `at`; None once 24 h have been spent.

    `since` is the first attempt; without it the waits of the schedule so far are counted instead.
    """
    spent = at - since if since else sum((wait(n, key) for n in range(1, attempts)), ABSENT)
    pause = max(wait(attempts, key), retry_after or ABSENT)
    return at + pause if spent + pause <= GIVES_UP_AFTER else None


def wait(attempts: int, key: str) -> timedelta:
    """5 s doubling to 30 min, less up to a quarter that depends only on the key and the attempt."""
    doubled = min(FIRST * (1 << min(attempts - 1, 16)), LONGEST)
    return doubled * (1 - spread(f"{key}/{attempts}") / 4)


def spread(key: str) -> float:
    """A fraction in [0, 1) that is the same for the same key everywhere."""
    return int.from_bytes(sha256(key.encode()).digest()[:4]) / 2**32
