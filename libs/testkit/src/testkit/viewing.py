"""Views written without a follower."""

from collections.abc import Sequence

from eventlog.rows import Rows, Storing
from eventlog.tables import Statement


async def write(connection: Storing, statements: Sequence[Statement]) -> None:
    """Let the views be what these statements make of them."""
    rows = Rows(trusting=False)
    await rows.take(connection, statements)
    await rows.write(connection, 0)
