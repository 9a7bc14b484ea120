"""The log as a person at this installation may read it: with the role `ops`, who can change nothing."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from reglament.credentials import known_credentials
from reglament.place import Place
from reglament.programs import role_url
from reglament.running import place_running
from reglament.screen import complain, using
from reglament.stack import DATABASE

UNREADABLE = 3
"""The exit code where the log cannot be read, which says nothing about what stands in it."""
HAS_LOG = "select to_regclass('log.events') is not null"
HOW = "start it with `make up`, or give the right REGLAMENT_OPS_URL."
SHAPE = (
    "REGLAMENT_OPS_URL is no address of a PostgreSQL database: write "
    "postgresql://reglament_ops:PASSWORD@HOST:5432/reglament, with %40 for an @ in the password, %2F for a / and so on."
)
MALFORMED = (ValueError, OverflowError)
"""What is raised for an address that makes no sense; its words may quote the password."""
LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    asyncpg.UndefinedTableError,
)
"""What can happen to a log that is being read; everything else is a mistake of this program."""


class LogError(Exception):
    """The log cannot be read; the message says why and what to do, without the password."""


def ops_url(place: Place) -> str:
    """The address of the log for reading; REGLAMENT_OPS_URL says another one."""
    if given := os.environ.get("REGLAMENT_OPS_URL"):
        return given
    owner = place.owner_url or f"postgresql://owner@127.0.0.1:{place_running(place).port('postgres')}/{DATABASE}"
    return role_url(owner, "ops", known_credentials(place).roles["ops"])


@asynccontextmanager
async def log_opened(place: Place) -> AsyncIterator[asyncpg.Pool]:
    """Connections for reading while the block runs; raises `LogError` where there is no log for us."""
    url = ops_url(place)
    where = url.rpartition("@")[2].partition("?")[0]
    async with await _connected(url, where) as pool:
        if not await pool.fetchval(HAS_LOG):
            raise LogError(f"The database {where} holds no log: name the platform's database in REGLAMENT_OPS_URL.")
        yield pool


async def _connected(url: str, where: str) -> asyncpg.Pool:
    try:
        return await asyncpg.create_pool(url, min_size=1, max_size=2, timeout=10, command_timeout=60)
    except MALFORMED as error:
        raise LogError(SHAPE) from error
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise LogError(f"The database {where} knows no such password, it is another installation's: {HOW}") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
        raise LogError(f"The log cannot be reached at {where} ({_words(error)}): {HOW}") from error


@contextmanager
def reading(place: Place) -> Iterator[None]:
    """End the command in so many words and with exit code 3 where the log cannot be read, or not to its end."""
    try:
        with using(place, UNREADABLE):
            yield
    except LogError as error:
        complain(str(error))
    except LOST as error:
        complain(f"The log could not be read to its end ({_words(error)}): look at `reglament status`, and try again.")
    else:
        return
    raise SystemExit(UNREADABLE)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
