"""The store's own errors as what they mean to a caller: come back later."""

from collections.abc import Iterator
from contextlib import contextmanager

from eventlog.errors import LogUnavailableError
from eventlog.grouping import AWAY, REFUSING


@contextmanager
def store_awaited() -> Iterator[None]:
    """Raise LogUnavailableError (503) where the store is away, full or read-only."""
    try:
        yield
    except (*AWAY, *REFUSING) as error:
        raise LogUnavailableError(f"the store does not answer: {type(error).__name__}") from error
