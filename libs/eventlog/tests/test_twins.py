"""Random requests to both logs: the same verdicts, the same streams."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

import pytest
from eventlog.appending import StolenIdError
from eventlog.errors import ConflictError
from eventlog.memory import MemoryLog
from eventlog.store import EventLog, New
from eventlog.vault import Vault
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from testkit.invariants import unbroken
from testkit.running import MASTER_KEY, a_log, whole
from testkit.servers import Database
from testkit.streams import new, opened


def an_event(stream: str, version: int, n: int) -> New:
    return new(f"ticket-{stream}", version, opened(stream), str(UUID(int=n + 1)))


EVENTS = st.builds(an_event, st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 11))
REQUESTS = st.lists(st.lists(EVENTS, min_size=1, max_size=3, unique_by=lambda one: one.id), min_size=1, max_size=8)
SOME_KNOWN = [
    [an_event("a", 0, 0)],
    [an_event("b", 0, 4), an_event("b", 0, 2)],
    [an_event("a", 0, 0), an_event("a", 0, 1), an_event("b", 0, 2)],
]
"""Of the last request the first and the third id are known, as far apart as if the second were between them."""


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests=REQUESTS)
@example(requests=SOME_KNOWN)
def test_both_logs_give_the_same_verdicts_and_hold_the_same_streams(
    requests: list[list[New]], module_database: Database, runner: asyncio.Runner
) -> None:
    runner.run(_compare(requests, module_database))


async def _compare(requests: Sequence[Sequence[New]], database: Database) -> None:
    memory = MemoryLog(Vault(MASTER_KEY), lambda: datetime.now(UTC))
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(a_log(database.owner_url))
        await postgres.pool.execute(
            "set session_replication_role = replica; truncate log.events; "
            "set session_replication_role = origin; update log.head set position = 0"
        )
        for request in requests:
            assert await _verdict(postgres, request) == await _verdict(memory, request)
        kept = await whole(postgres)
    assert unbroken(kept) == []
    assert [(each.id, each.stream, each.version) for each in kept] == [
        (each.id, each.stream, each.version) for each in await memory.page(0, 1_000)
    ]


async def _verdict(log: EventLog, request: Sequence[New]) -> object:
    try:
        appended = await log.append(request)
    except ConflictError as error:
        return error.stream, error.current
    except StolenIdError:
        return "stolen"
    return appended.first, appended.last, appended.known
