"""Which of several replicas is the live one: a session lock on a connection of its own, free of transactions."""

import contextlib
from collections.abc import AsyncIterator

import asyncpg

ALIVE = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}
"""So that the server lets go within seconds of the lock of a machine that vanished; its own default is two hours."""


class Lead:
    """Holds or does not hold one named lock; the cursor's fence guards against the moment of doubt (I12)."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: asyncpg.Connection | None = None

    async def take(self) -> bool:
        """Try to become the live one."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=5, command_timeout=3, server_settings=ALIVE)
        held: bool = await self._connection.fetchval("select pg_try_advisory_lock(hashtext($1))", self._name)
        return held

    async def check(self) -> None:
        """Raises what asyncpg raises when the session, and with it the lock, is gone."""
        if self._connection is None:
            raise ConnectionError("the lock was never taken")
        await self._connection.execute("select 1")

    async def release(self) -> None:
        """Let another replica lead."""
        if self._connection is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._connection.close(timeout=2)
            self._connection = None


@contextlib.asynccontextmanager
async def releasing(lead: Lead) -> AsyncIterator[Lead]:
    """Whatever happens inside, the lock is let go afterwards."""
    try:
        yield lead
    finally:
        await lead.release()
