"""Each safeguard taken away: the checkers must turn red, else they prove nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest
import uuid_utils
from contracts import Event, Recorded
from eventlog.bookkeeping import Books
from eventlog.deciding import Decider
from eventlog.follow import Follower
from eventlog.inflow import Inflow
from eventlog.leading import Lead
from eventlog.postgres import PostgresLog
from eventlog.reactor import Cause, Reaction, as_new
from eventlog.rows import CHUNK
from eventlog.store import New
from testkit.following import broken, fill
from testkit.invariants import once
from testkit.running import a_log, caught_up, in_background, made_follower, whole
from testkit.servers import Database
from testkit.toys import ToyRouting, Turns
from testkit.waiting import until


class EveryoneLeads(Lead):
    """A lock that keeps nobody out: the moment of doubt, prolonged."""

    async def take(self) -> bool:
        await super().take()
        return True


class Unfenced(Books):
    """Mutation: the cursor moves whoever moves it."""

    moving = "update cursor set position = $3 where follower = $1 and $2::bigint is not null returning 1"


class Blind(Decider[Turns]):
    """Mutation: own reactions are known only when they come back."""

    def _take_in(self, reactions: Sequence[Reaction], cause: Cause | None, at: object) -> list[New]:
        return [as_new(each, each.cause or cause, self.reactor.name) for each in reactions]


class Hasty(Inflow):
    """Mutation: takes what comes as it comes, and asks the store for nothing."""

    async def after(self, position: int, patience: float) -> Sequence[Recorded[Event]]:
        self._reached = position
        await self._bell.wait(0.05)
        self._unpack()
        came, self._buffer = [*self._buffer.values()], {}
        return came


def random_id(reaction: Reaction, cause: Cause, actor: str) -> New:
    return msgspec.structs.replace(as_new(reaction, cause, actor), id=str(uuid_utils.uuid7()))


@asynccontextmanager
async def two_leaders(database: Database, books: type[Books]) -> AsyncIterator[None]:
    url = database.url_for("routing")
    async with a_log(url) as one, a_log(url) as other:
        followers = [made_follower(log, url, ToyRouting()) for log in (one, other)]
        for follower in followers:
            follower._lead = EveryoneLeads(url, "toy")
            follower._books = follower._scribe._books = books("routing")
        async with in_background(followers[0].run()), in_background(followers[1].run()):
            await until(lambda: all(each.progress.live for each in followers), "both believe to lead")
            yield


async def _flow(intake: PostgresLog) -> None:
    for n in range(30):
        await fill(intake, range(n * 4, n * 4 + 4))
        await asyncio.sleep(0.02)

    async def answered() -> bool:
        return len({each.stream for each in await whole(intake)}) == 240

    await until(answered, "every ticket was answered")


@pytest.fixture(params=[CHUNK, -1], ids=["one statement", "a transaction"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many rows a step may have that is written as one statement: enough, or none."""
    monkeypatch.setattr("eventlog.scribe.CHUNK", request.param)


@pytest.mark.usefixtures("steps")
async def test_of_two_that_believe_to_lead_the_fence_lets_one_through(database: Database, intake: PostgresLog) -> None:
    async with two_leaders(database, Books):
        await _flow(intake)
    async with a_log(database.url_for("routing")) as log:
        follower = made_follower(log, database.url_for("routing"), ToyRouting())
        async with in_background(follower.run()):
            await caught_up(follower, intake)
    assert await broken(intake, database.owner_url) == []


@pytest.mark.usefixtures("steps")
async def test_without_the_fence_effects_are_doubled_though_derived_ids_keep_the_log_single(
    database: Database, intake: PostgresLog
) -> None:
    async with two_leaders(database, Unfenced):
        await _flow(intake)
    assert await broken(intake, database.owner_url) != []
    assert once(await whole(intake)) == []


async def test_without_the_fence_and_with_random_ids_the_log_itself_holds_doubles(
    database: Database, intake: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventlog.deciding.as_new", random_id)
    async with two_leaders(database, Unfenced):
        await _flow(intake)
    assert once(await whole(intake)) != []


async def test_without_anticipation_tickets_of_one_page_get_the_same_turn(
    database: Database, intake: PostgresLog, routing: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventlog.follow.Decider", Blind)
    await fill(intake, range(10))
    follower = made_follower(routing, database.url_for("routing"), ToyRouting())
    async with in_background(follower.run()):
        await caught_up(follower, intake)
    assert any(wrong.startswith("turn") for wrong in await broken(intake, database.owner_url))


@pytest.mark.parametrize(("kind", "red"), [(Inflow, False), (Hasty, True)])
async def test_batches_that_overtake_each_other_do_harm_only_without_the_gap_check(
    kind: type[Inflow], red: bool, database: Database, intake: PostgresLog, routing: PostgresLog
) -> None:
    inflow = kind(routing)
    url = database.url_for("routing")
    follower = Follower(routing, inflow, ToyRouting(), Lead(url, "toy"))
    async with in_background(follower.run()):
        await until(lambda: follower.progress.live, "it leads")
        await fill(intake, range(1), at_once=1)
        for after in (1, 0):
            inflow.take((await intake._value("select log.page($1, 1)", after)).encode())
            await until(lambda: follower.progress.position > 1, "it has taken in something")
        await until(lambda: red or follower.progress.position == 3, "it has taken in everything")
    assert (await broken(intake, database.owner_url) != []) == red


async def test_a_crash_after_the_answer_was_written_but_before_it_was_read_is_no_second_answer(
    database: Database, intake: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random ids alone stay invisible while cursor and reaction commit together: the fence is what carries this."""
    monkeypatch.setattr("eventlog.deciding.as_new", random_id)
    await fill(intake, range(10))
    for _ in range(2):
        async with a_log(database.url_for("routing")) as log:
            follower = made_follower(log, database.url_for("routing"), ToyRouting())
            async with in_background(follower.run()):
                await caught_up(follower, intake)
    assert once(await whole(intake)) == []
