"""Changes to nothing but views wait for company: nobody may see a position that the views do not hold (I8, I15)."""

from collections.abc import Iterable

import asyncpg
from contracts import Event, Recorded
from eventlog.postgres import PostgresLog
from eventlog.reactor import Reaction
from testkit.following import fill
from testkit.running import a_follower, a_log, caught_up
from testkit.servers import Database
from testkit.streams import closed, of_ticket, opened
from testkit.toys import ToyRouting, Turns
from testkit.waiting import until

ROWS = "select count(*) from routing.applied where position <= $1"


class Silent(ToyRouting):
    """Answers nothing: every step of its follower changes views only."""

    def react(self, state: Turns, event: Recorded[Event]) -> Iterable[Reaction]:
        """Nothing follows."""
        return ()


async def test_a_position_that_was_waited_for_is_in_the_views(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    async with a_follower(routing, database.url_for("routing"), Silent()) as follower:
        for n in range(5):
            appended = await intake.append(of_ticket(str(n), opened(str(n)), closed(str(n))))
            assert await follower.progress.reach(appended.last, 30)
            assert await owner.fetchval(ROWS, appended.last) == appended.last


async def test_a_stop_writes_what_waited(database: Database, intake: PostgresLog, owner: asyncpg.Connection) -> None:
    for n in range(5):
        last = await _followed_shortly(database, intake, str(n))
        assert await owner.fetchval("select position from routing.cursor") == last
        assert await owner.fetchval(ROWS, last) == last


async def _followed_shortly(database: Database, intake: PostgresLog, ticket: str) -> int:
    url = database.url_for("routing")
    async with a_log(url) as log, a_follower(log, url, Silent()) as follower:
        await until(lambda: follower.progress.live, "it leads")
        appended = await intake.append(of_ticket(ticket, opened(ticket), closed(ticket)))
        await until(lambda: len(follower.state.evolved) == appended.last, "it was taken in")
    return appended.last


async def test_poison_in_what_waited_parks_only_its_ticket(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    async with a_follower(routing, database.url_for("routing"), Silent()) as follower:
        await until(lambda: follower.progress.live, "it leads")
        await fill(intake, range(3), at_once=1)
        await intake.append(of_ticket("bad", opened("bad", category="poison-sql"), closed("bad")))
        await fill(intake, range(3, 6), at_once=1)
        await caught_up(follower, intake)
    assert [row["position"] for row in await owner.fetch("select position from routing.parked")] == [7, 8]
    assert await owner.fetchval(ROWS, 14) == 12
