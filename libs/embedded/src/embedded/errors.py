"""What can go wrong while servers start, in words for the person at the terminal."""


class EmbeddedError(Exception):
    """A server could not be started or kept; the message says what to do."""


class PortTakenError(EmbeddedError):
    """Another program listens on a port we need."""


class DiedError(EmbeddedError):
    """A program ended while we waited for it; the message ends with its last log lines."""


class NotReadyError(EmbeddedError):
    """A program lives but did not become ready in time."""


class UnreachableError(EmbeddedError):
    """PostgreSQL refuses to run as root and no other user can reach the data directory."""


class MissingBinaryError(EmbeddedError):
    """The server's program is not installed."""


class OtherVersionError(EmbeddedError):
    """The directory holds data of another major version of PostgreSQL."""
