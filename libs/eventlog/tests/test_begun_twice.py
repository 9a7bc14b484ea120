"""A row that is begun although it is there keeps what it was; the follower goes on, and so does a rebuild."""

from collections.abc import Iterable, Iterator, Sequence

import asyncpg
import msgspec
import pytest
from contracts import Event, Recorded
from contracts.intake import TicketClosed, TicketOpened
from eventlog import reading, rebuilding
from eventlog.bookkeeping import Books
from eventlog.postgres import PostgresLog
from eventlog.rebuilding import prepare_views
from eventlog.tables import Statement, Table, Views
from testkit.running import a_follower, a_log, caught_up
from testkit.servers import Database
from testkit.streams import closed, new, opened
from testkit.toys import ToyRouting


class Seen(msgspec.Struct, frozen=True):
    """A stream, and the version it was seen at first."""

    stream: str
    version: int


SEEN = Table("seen", Seen, "stream")


def seen(event: Recorded[Event]) -> Iterator[Statement]:
    yield SEEN.begin(Seen(event.stream, event.version))


class Looking(ToyRouting):
    """Every event begins its stream's row."""

    views = Views(
        tables=[SEEN],
        ddl="create table seen (stream text primary key, version int)",
        rules={TicketOpened: seen, TicketClosed: seen},
    )

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """Rows of streams."""
        return self.views.project(events)


async def followed(url: str, intake: PostgresLog) -> None:
    """A follower that remembers nothing takes in what there is."""
    async with a_log(url) as log, a_follower(log, url, Looking()) as follower:
        await caught_up(follower, intake)


async def test_a_follower_looks_again_and_goes_on(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    await intake.append([new("ticket-a", 1, opened("a"))])
    await followed(database.url_for("routing"), intake)
    await intake.append([new("ticket-a", 2, closed("a"))])
    await followed(database.url_for("routing"), intake)
    assert [tuple(row) for row in await owner.fetch("select * from routing.seen")] == [("ticket-a", 1)]


async def test_a_rebuild_begins_again_and_ends(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await intake.append([new("ticket-a", 1, opened("a")), new("ticket-a", 2, closed("a"))])
    await followed(database.url_for("routing"), intake)
    await owner.execute("delete from routing.view_state; delete from routing.seen")
    monkeypatch.setattr(rebuilding, "KEPT", 0)
    monkeypatch.setattr(rebuilding, "MORE", 1)
    monkeypatch.setattr(reading, "PAGE", 1)
    async with a_log(database.url_for("routing")) as log:
        await prepare_views(log, Looking(), Books("routing"))
    assert [tuple(row) for row in await owner.fetch("select * from routing.seen")] == [("ticket-a", 1)]
