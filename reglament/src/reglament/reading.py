"""The log as a person at this installation may read it: with the role `ops`, who can change nothing."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from reglament.credentials import credentials
from reglament.place import Place
from reglament.programs import role_url
from reglament.stack import DATABASE


def ops_url(place: Place) -> str:
    """The address of the log for reading; REGLAMENT_OPS_URL says another one."""
    if given := os.environ.get("REGLAMENT_OPS_URL"):
        return given
    owner = place.owner_url or f"postgresql://owner@127.0.0.1:{place.port('postgres')}/{DATABASE}"
    return role_url(owner, "ops", credentials(place).roles["ops"])


@asynccontextmanager
async def log_opened(place: Place) -> AsyncIterator[asyncpg.Pool]:
    """A connection for reading while the block runs; OSError where nothing of ours runs."""
    try:
        pool = await asyncpg.create_pool(ops_url(place), min_size=1, max_size=2, command_timeout=60)
    except asyncpg.InvalidAuthorizationSpecificationError as error:  # another installation has the port
        raise ConnectionRefusedError("the database there knows no such key") from error
    async with pool:
        yield pool
