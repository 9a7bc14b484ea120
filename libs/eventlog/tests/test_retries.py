"""An answer that is lost on its way back: the events are there once, whatever the caller could know (I1)."""

import asyncio

import asyncpg
import msgspec
import pytest
import uuid_utils
from eventlog.appending import APPEND, Batch
from eventlog.errors import InDoubtError, LogUnavailableError
from eventlog.grouping import AWAY, Appender
from eventlog.postgres import PostgresLog
from eventlog.store import NEXT, New
from eventlog.vault import Sealed
from testkit.invariants import durable, unbroken
from testkit.proxy import Proxy, proxied
from testkit.running import a_log, connected, nobody, whole
from testkit.servers import Database
from testkit.streams import new, opened
from testkit.waiting import until

TIMES = 50
GOOD_BYE = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reglament_intake'"


class Forgetful(Appender):
    """The mutation: asks again under fresh ids, as a retry without idempotency does."""

    async def _insist(self, batch: Batch) -> list[asyncpg.Record]:
        try:
            return await self._connection.fetch(APPEND, *batch.arguments)
        except AWAY:
            return await self._insist(Batch([Sealed((_renamed(each.events[0]),)) for each in batch.requests]))


def _renamed(one: msgspec.Struct) -> msgspec.Struct:
    return msgspec.structs.replace(one, id=str(uuid_utils.uuid7()))


async def test_fifty_lost_answers_leave_every_append_there_exactly_once(database: Database) -> None:
    async with proxied(_port(database)) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        accepted = await _append_and_lose(log, proxy)
        kept = await whole(log)
    assert proxy.lost == TIMES
    assert durable(accepted, _streams(), kept) == []
    assert unbroken(kept) == []


async def test_the_checker_is_red_when_a_retry_takes_fresh_ids(database: Database) -> None:
    async with proxied(_port(database)) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        log._appender = Forgetful(log.pool, nobody)
        accepted = await _append_and_lose(log, proxy)
        assert durable(accepted, _streams(), await whole(log)) != []


async def test_connections_reset_between_appends_fail_none_of_them(database: Database, intake: PostgresLog) -> None:
    accepted = []
    async with proxied(_port(database)) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        for stream in _streams():
            event = new(stream, 1, opened("1"))
            await log.append([event])
            accepted.append(event.id)
            proxy.reset()
    assert durable(accepted, _streams(), await whole(intake)) == []


async def test_a_connection_that_the_server_has_said_good_bye_on_fails_no_append(database: Database) -> None:
    """As in a restart: the last words have come, the socket's end has not, and a statement is asked meanwhile."""
    async with proxied(_port(database)) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        await log.append([new("ticket-1", 1, opened("1"))])
        proxy.lingering = True
        async with connected(database.owner_url) as owner:
            await owner.execute(GOOD_BYE)
        await until(lambda: proxy.left > 0, "the server has left")
        assert (await log.append([new("ticket-2", 1, opened("2"))])).last == 2


async def test_while_the_network_is_a_black_hole_the_caller_is_told_to_come_back(database: Database) -> None:
    event = new("ticket-1", 1, opened("1"))
    async with proxied(_port(database)) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        proxy.blackhole()
        with pytest.raises(LogUnavailableError):
            await log.append([event])
        proxy.heal()
        assert (await log.append([event])).last == 1
        assert durable([event.id], ["ticket-1"], await whole(log)) == []


async def test_who_was_sent_may_be_recorded_and_who_only_waited_is_not(database: Database, intake: PostgresLog) -> None:
    sent, waits = new("ticket-1", 1, opened("1")), new("ticket-2", 1, opened("2"))
    async with proxied(_port(database)) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        await log.append([new("ticket-3", 1, opened("3"))])
        proxy.blackhole()
        first = asyncio.create_task(log.append([sent]))
        await until(lambda: _is_under_way(log, sent), "the first is on its way")
        answers = await asyncio.gather(first, log.append([waits]), return_exceptions=True)
        assert [type(each) for each in answers] == [InDoubtError, LogUnavailableError]
        proxy.heal()
        assert (await log.append([sent])).last == 2
    assert [each.stream for each in await whole(intake)] == ["ticket-3", "ticket-1"]


def _is_under_way(log: PostgresLog, event: New) -> bool:
    return log._appender is not None and any(each.request.events[0].id == event.id for each in log._appender._under_way)


async def _append_and_lose(log: PostgresLog, proxy: Proxy) -> list[str]:
    accepted = []
    for stream in _streams():
        event = new(stream, NEXT, opened("1"))
        proxy.lose_answer_to(stream.encode())
        await log.append([event])
        accepted.append(event.id)
    return accepted


def _streams() -> list[str]:
    return [f"ticket-lost-{n:03}" for n in range(TIMES)]


def _port(database: Database) -> int:
    return int(database.owner_url.rpartition(":")[2].partition("/")[0])
