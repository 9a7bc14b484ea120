"""Appends that share a batch: nobody suffers for a neighbour, nobody waits for ever (I19)."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import asyncpg
import pytest
from embedded.postgres import Postgres
from eventlog.appending import Placed, Querying, Verdict
from eventlog.errors import ConflictError, InDoubtError, LogUnavailableError
from eventlog.grouping import WAITING, Appender
from eventlog.postgres import PostgresLog
from eventlog.store import Appended
from eventlog.telling import UNTOLD, Teller
from eventlog.vault import Sealed
from eventlog.wire import text_of
from testkit.invariants import unbroken
from testkit.running import a_log, connected, in_background, nobody, whole
from testkit.servers import Database
from testkit.streams import NINE, closed, new, opened, registered
from testkit.waiting import until

BAD = {
    "id": new("ticket-bad", 1, opened("1"), "not-a-uuid"),
    "stream": new("Nobody's", 1, opened("1")),
    "nul in stream": new("ticket-\0", 1, opened("1")),
    "foreign": new("clock-1", 1, opened("1")),
    "surrogate": new("ticket-bad", 1, opened("1", category="\ud800")),
    "version": new("ticket-bad", 7, opened("1")),
    "huge version": new("ticket-bad", 2**40, opened("1")),
}


@pytest.fixture
async def frozen(own_server: Postgres, own_database: Database) -> AsyncIterator[PostgresLog]:
    """A log with a connection that is alive, on a server that has just stopped in its tracks."""
    async with a_log(own_database.url_for("intake")) as log:
        await log.append([new("requester-r", 1, registered("r", "Инна"))], mint=frozenset({"r"}))
        log.vault.forget("r")
        own_server.freeze()
        yield log
        own_server.thaw()


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_request_fails_alone(kind: str, intake: PostgresLog) -> None:
    good = [[new(f"ticket-{n}", 1, opened("1"))] for n in range(6)]

    answers = await asyncio.gather(
        *(intake.append(each) for each in (*good[:3], [BAD[kind]], *good[3:])), return_exceptions=True
    )
    failed = [n for n, answer in enumerate(answers) if isinstance(answer, Exception)]
    assert failed == [3]
    assert not isinstance(answers[3], LogUnavailableError)
    assert len(await whole(intake)) == 6


async def test_after_a_bad_request_the_next_one_is_served(intake: PostgresLog) -> None:
    for bad in BAD.values():
        with pytest.raises((ConflictError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, OverflowError)):
            await intake.append([bad])
    assert (await intake.append([new("ticket-1", 1, opened("1"))])).last == 1


async def test_a_publisher_that_fails_or_hangs_stops_no_append(database: Database) -> None:
    calls = 0

    async def broken(lines: Sequence[str]) -> None:
        nonlocal calls
        calls += 1
        await (asyncio.Event().wait() if calls % 2 else asyncio.sleep(0))
        raise RuntimeError("the broker is in a bad way")

    async with a_log(database.url_for("intake"), broken) as log:
        for n in range(1, 5):
            await log.append([new("ticket-1", n, closed("1"))])
        assert len(await whole(log)) == 4


async def test_concurrent_appends_share_batches_and_keep_each_callers_order(intake: PostgresLog) -> None:
    async def caller(name: int) -> None:
        for version in range(1, 11):
            await intake.append([new(f"ticket-{name}", version, closed("1"))])

    await asyncio.gather(*(caller(name) for name in range(20)))
    assert unbroken(await whole(intake)) == []


async def test_of_two_that_want_the_same_version_in_one_batch_one_is_told(intake: PostgresLog) -> None:
    both = [[new("ticket-1", 1, opened("1"))], [new("ticket-1", 1, opened("1"))]]

    answers = await asyncio.gather(*(intake.append(each) for each in both), return_exceptions=True)
    assert [type(answer) for answer in answers].count(ConflictError) == 1


class Silent(Querying):
    """A store that has not answered yet."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]:
        self.asked.set()
        await asyncio.Event().wait()
        return []


async def test_more_than_the_queue_holds_is_refused_at_once() -> None:
    appender = Appender(silent := Silent(), nobody)
    request = Sealed((new("ticket-1", 1, opened("1")),))
    waiting = [asyncio.create_task(appender.append(request))]
    await silent.asked.wait()
    waiting += [asyncio.create_task(appender.append(request)) for _ in range(WAITING)]
    await until(lambda: len(appender._waiting) == WAITING, "the queue is full")

    with pytest.raises(LogUnavailableError, match="too many"):
        await appender.append(request)
    await appender.close()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in answers] == [InDoubtError, *[LogUnavailableError] * WAITING]


async def test_a_frozen_store_is_told_in_time_and_the_loop_lives_on(frozen: PostgresLog) -> None:
    beats: list[None] = []

    async def heart() -> None:
        while True:
            beats.append(None)
            await asyncio.sleep(0.05)

    async with in_background(heart()):
        answers = await asyncio.gather(
            frozen.append([new("ticket-1", 1, opened("1"))]),
            frozen.append([new("requester-r", 2, registered("r", "Инна"))]),
            frozen.read("ticket-1"),
            return_exceptions=True,
        )
    assert {type(answer) for answer in answers} == {LogUnavailableError, InDoubtError}
    assert len(beats) > 10, "the loop must turn while the store is frozen"


async def test_a_thawed_store_takes_appends_again(frozen: PostgresLog, own_server: Postgres) -> None:
    event = new("ticket-1", 1, opened("1"))
    with pytest.raises(LogUnavailableError):
        await frozen.append([event])
    own_server.thaw()

    async def accepted() -> bool:
        try:
            return (await frozen.append([event])).last == 2
        except LogUnavailableError:
            return False

    await until(accepted, "the append is accepted")
    assert [each.id for each in await frozen.read("ticket-1")] == [event.id]


async def test_a_stalled_writer_that_holds_the_head_delays_but_breaks_nothing(database: Database) -> None:
    async with a_log(database.url_for("intake")) as log, connected(database.owner_url) as stalled:
        stalling = stalled.transaction()
        await stalling.start()
        await stalled.execute("select * from log.head for update")
        with pytest.raises(LogUnavailableError):
            await log.append([new("ticket-1", 1, opened("1"))])
        await stalling.rollback()
        assert (await log.append([new("ticket-2", 1, opened("2"))])).recorded_at


class Watched(Querying):
    """A store before whose first answer another caller comes along."""

    def __init__(self, log: PostgresLog, said: list[str], meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._log = log
        self._said = said
        self._meanwhile = meanwhile

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]:
        self._said.append("sent")
        rows = await self._log.pool.fetch(query, *args)
        await self._meanwhile()
        return rows


async def test_what_waits_is_sent_before_the_callers_of_the_batch_before_are_told(intake: PostgresLog) -> None:
    said: list[str] = []
    callers: list[asyncio.Task[None]] = []

    async def caller(stream: str) -> None:
        await appender.append(Sealed((new(stream, 1, opened("1")),)))
        said.append("told")

    async def another() -> None:
        if len(callers) == 1:
            callers.append(asyncio.create_task(caller("ticket-2")))
            await asyncio.sleep(0)

    appender = Appender(Watched(intake, said, another), nobody)
    callers.append(asyncio.create_task(caller("ticket-1")))
    await until(lambda: said.count("told") == 2, "both were told")
    await appender.close()
    assert said == ["sent", "sent", "told", "told"]


async def test_followers_are_told_in_order_of_position(database: Database) -> None:
    told: list[int] = []

    async def listen(lines: Sequence[str]) -> None:
        await asyncio.sleep(0)
        told.extend(json.loads(line)["position"] for line in lines)

    async with a_log(database.url_for("intake"), listen) as log:
        await asyncio.gather(*(log.append([new(f"ticket-{n}", 1, opened("1"))]) for n in range(300)))
        await until(lambda: len(told) == 300, "everything was told")
    assert told == list(range(1, 301))


async def test_a_broker_that_hangs_costs_news_not_memory() -> None:
    told: list[Sequence[str]] = []
    speaking = asyncio.Event()

    async def listen(lines: Sequence[str]) -> None:
        await speaking.wait()
        told.append(lines)

    teller = Teller(listen)
    for n in range(1, UNTOLD + 11):
        teller.tell([_appended(n)])
    speaking.set()
    await until(lambda: len(told) == UNTOLD, "what was kept is told")
    await teller.close()
    assert [json.loads(line)["position"] for [line] in told] == list(range(11, UNTOLD + 11))


def _appended(position: int) -> Verdict:
    one = new("ticket-1", position, closed("1"))
    landed = Appended(first=position, last=position, known=False, recorded_at=NINE)
    return Verdict(landed, placed=(Placed(one, text_of(one), position),))
