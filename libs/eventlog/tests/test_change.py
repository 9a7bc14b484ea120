"""A command that comes again under its cause: recorded once, and answered by what the log says (I6)."""

from __future__ import annotations

import asyncio

import pytest
from contracts import Meta
from contracts.intake import TicketClosed, TicketOpened
from eventlog.aggregate import Aggregate, event
from eventlog.change import By, Changed, UsedCauseError, change
from eventlog.store import EventLog
from testkit.proxy import proxied
from testkit.running import a_log, whole
from testkit.servers import Database
from testkit.streams import closed, new, opened

STREAM = "ticket-1"


class Box(Aggregate):
    """Something that can be closed any number of times."""

    @event("Opened")
    def __init__(self, id: str, said: TicketOpened) -> None:  # noqa: A002  # the library names it so
        self.times = 0

    def close(self) -> None:
        self._closed(closed("1"))

    @event("Closed")
    def _closed(self, said: TicketClosed) -> None:
        self.times += 1


def by(key: int, asked: str = "close") -> By:
    return By(Meta(correlation=asked), f"00000000-0000-5000-8000-{key:012}")


async def close(log: EventLog, who: By) -> Changed[Box]:
    return await change(log, Box, STREAM, Box.close, who)


async def test_a_command_that_comes_again_is_answered_by_what_has_become_since(log: EventLog) -> None:
    await log.append([new(STREAM, 1, opened("1"))])
    for key in (1, 2):
        await close(log, by(key))
    again = await close(log, by(1))
    assert (again.aggregate.times, again.position, len(await log.read(STREAM))) == (2, 3, 3)


async def test_another_command_under_a_used_cause_is_refused_and_leaves_nothing(log: EventLog) -> None:
    await log.append([new(STREAM, 1, opened("1"))])
    await close(log, by(1))
    with pytest.raises(UsedCauseError):
        await close(log, by(1, "something else"))
    assert len(await log.read(STREAM)) == 2


async def test_one_command_that_comes_twice_at_once_is_recorded_once(log: EventLog) -> None:
    await log.append([new(STREAM, 1, opened("1"))])
    both = await asyncio.gather(*(close(log, by(1)) for _ in range(2)))
    assert [(each.aggregate.times, each.position) for each in both] == [(1, 2), (1, 2)]


async def test_two_commands_that_come_under_one_cause_at_once_are_not_both_accepted(log: EventLog) -> None:
    await log.append([new(STREAM, 1, opened("1"))])
    wishes = [close(log, by(1, asked)) for asked in ("close", "something else")]
    told = await asyncio.gather(*wishes, return_exceptions=True)
    assert sorted(type(each).__name__ for each in told) == ["Changed", "UsedCauseError"]


@pytest.mark.parametrize("who", [By(Meta()), by(1)], ids=["without a cause", "with a cause"])
async def test_a_command_whose_answer_from_the_log_is_lost_is_recorded_once(database: Database, who: By) -> None:
    port = int(database.owner_url.rpartition(":")[2].partition("/")[0])
    async with proxied(port) as proxy, a_log(proxy.url(database.url_for("intake"))) as log:
        await log.append([new(STREAM, 1, opened("1"))])
        proxy.lose_answer_to(b"ticket.closed")
        told = await close(log, who)
        assert (proxy.lost, told.aggregate.times, told.position, len(await whole(log))) == (1, 1, 2, 2)
