"""One poison event in a page full of others: it is found soon, and the others are taken in meanwhile (I15)."""

from collections.abc import Sequence

import asyncpg
import pytest
from contracts import Event, Recorded
from eventlog.follow import Follower
from eventlog.postgres import PostgresLog
from testkit.following import broken, fill
from testkit.running import caught_up, in_background, made_follower
from testkit.servers import Database
from testkit.streams import closed, of_ticket, opened
from testkit.toys import ToyRouting, Turns

TICKETS = 200


class Counted(PostgresLog):
    """A log that counts how often it is read page by page."""

    pages = 0

    async def page(self, after: int, limit: int) -> list[Recorded[Event]]:
        """As ever."""
        self.pages += 1
        return await super().page(after, limit)


def counted_steps(follower: Follower[Turns], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where each step that is written ends."""
    ends: list[int] = []
    write = follower._scribe.write

    async def counting(step: object, unparked: Sequence[int] = ()) -> None:
        ends.append(step.new)  # type: ignore[attr-defined]
        await write(step, unparked)  # type: ignore[arg-type]

    monkeypatch.setattr(follower._scribe, "write", counting)
    return ends


@pytest.mark.parametrize("where", ["sql", "act"])
async def test_a_poison_event_in_a_full_page_is_found_in_some_steps_and_two_readings(
    where: str, database: Database, intake: PostgresLog, routing: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(intake, range(TICKETS), at_once=50)
    await intake.append(of_ticket("bad", opened("bad", category=f"poison-{where}"), closed("bad")))
    await fill(intake, range(TICKETS, TICKETS + 50), at_once=50)
    log = Counted(routing.pool, routing.vault, routing.publish)
    follower = made_follower(log, database.url_for("routing"), ToyRouting())
    ends = counted_steps(follower, monkeypatch)
    async with in_background(follower.run()):
        await caught_up(follower, intake)
        assert follower.state.turn == TICKETS + 50
    before = [each for each in ends if each <= 2 * TICKETS + 1]
    assert (len(before) < 100, log.pages < 20) == (True, True)
    assert [wrong for wrong in await broken(intake, database.owner_url) if "bad" not in wrong] == []


async def test_of_several_poison_events_in_a_page_every_one_is_parked_and_nothing_else(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    for n, where in enumerate(("sql", "project", "act", "sql")):
        await fill(intake, range(n * 30, n * 30 + 30), at_once=30)
        await intake.append(of_ticket(f"bad{n}", opened(f"bad{n}", category=f"poison-{where}")))
    follower = made_follower(routing, database.url_for("routing"), ToyRouting())
    async with in_background(follower.run()):
        await caught_up(follower, intake)
    assert [row["subject"] for row in await owner.fetch("select subject from routing.parked order by position")] == [
        f"bad{n}" for n in range(4)
    ]
    assert follower.state.turn == 120
