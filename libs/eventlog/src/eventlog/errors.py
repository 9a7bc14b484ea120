"""What can go wrong with the log, as its callers see it."""


class ConflictError(Exception):
    """Somebody else appended to the stream first; load it again and decide anew."""

    def __init__(self, stream: str, expected: int, current: int) -> None:
        super().__init__(f"{stream} is at version {current}, not at {expected}")
        self.stream = stream
        self.expected = expected
        self.current = current


class UnknownStreamError(LookupError):
    """No event has been recorded in this stream."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"nothing is recorded in {stream}")
        self.stream = stream


class ForgottenError(LookupError):
    """There is no key for this requester: never registered, or forgotten, so nothing personal can be recorded."""

    def __init__(self, requester: str) -> None:
        super().__init__(f"there is no key for requester {requester}")
        self.requester = requester


class LogUnavailableError(Exception):
    """The store is away, full, read-only or overloaded: nothing was accepted, ask again after `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: int = 2) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class InDoubtError(LogUnavailableError):
    """The store was asked and has not answered: it may have recorded this; the same ids again will tell."""
