"""The copy of the log for outside consumers, and what a relay says."""

import asyncpg
from embedded.nats import Nats
from eventlog.inflow import Inflow
from eventlog.leading import Lead, releasing
from eventlog.postgres import PostgresLog
from eventlog.relay import Relay
from testkit.following import fill
from testkit.invariants import settled
from testkit.relayed import emptied, messages, positions
from testkit.running import a_feed, a_relay, in_background
from testkit.servers import Database
from testkit.waiting import until

UNKNOWN = '{"type":"ticket.melted.v7","ticket":"1"}'
FORGED = """
    select * from log.append('{0}', array[gen_random_uuid()], '{ticket-x}', '{1}', '{ticket.melted.v7}', array[$1],
        array['{"actor":7}'], '{}', '{}', '{}')
"""

SET_BACK = """
    set session_replication_role = replica;
    delete from log.events where position > 12;
    update log.head set position = 12;
"""
"""As a restored backup leaves it; what is appended then takes the places of what was there."""


async def test_every_event_is_in_the_stream_once_and_in_order(
    database: Database, intake: PostgresLog, own_nats: Nats
) -> None:
    await fill(intake, range(600), at_once=50)
    async with a_feed(own_nats.url) as feed, a_relay(intake, database.url_for("intake"), feed, own_nats.url):
        await until(lambda: _holds(own_nats, 1_200), "the stream holds the whole log")
        await fill(intake, range(600, 700))
        await until(lambda: _holds(own_nats, 1_400), "the stream holds the rest")
    assert settled(await positions(own_nats.url), 1_400) == []


async def test_a_second_relay_takes_over_where_the_first_left(
    database: Database, intake: PostgresLog, own_nats: Nats
) -> None:
    url = database.url_for("intake")
    for n in range(3):
        await fill(intake, range(n * 10, n * 10 + 10))
        async with a_feed(own_nats.url) as feed, a_relay(intake, url, feed, own_nats.url):
            await until(lambda there=n: _holds(own_nats, there * 20 + 20), "the stream holds the log")
    assert settled(await positions(own_nats.url), 60) == []


async def test_a_stream_that_age_has_emptied_is_not_filled_again(
    database: Database, intake: PostgresLog, own_nats: Nats
) -> None:
    url = database.url_for("intake")
    await fill(intake, range(10))
    async with a_feed(own_nats.url) as feed, a_relay(intake, url, feed, own_nats.url):
        await until(lambda: _holds(own_nats, 20), "the stream holds the log")
    await emptied(own_nats.url)
    await fill(intake, range(10, 12))
    async with a_feed(own_nats.url) as feed, a_relay(intake, url, feed, own_nats.url):
        await until(lambda: _holds(own_nats, 24), "the stream holds what came since")
    assert await positions(own_nats.url) == [21, 22, 23, 24]


async def test_a_log_that_was_set_back_is_copied_anew(
    database: Database, intake: PostgresLog, own_nats: Nats, owner: asyncpg.Connection
) -> None:
    url = database.url_for("intake")
    await fill(intake, range(10))
    async with a_feed(own_nats.url) as feed, a_relay(intake, url, feed, own_nats.url):
        await until(lambda: _holds(own_nats, 20), "the stream holds the log")
    await owner.execute(SET_BACK)
    await fill(intake, range(20, 30))
    async with a_feed(own_nats.url) as feed, a_relay(intake, url, feed, own_nats.url):
        await until(lambda: _holds(own_nats, 32), "the stream holds the log that there is")
    assert settled(await positions(own_nats.url), 32) == []


async def test_followers_hear_how_far_the_log_is(database: Database, intake: PostgresLog, own_nats: Nats) -> None:
    inflow = Inflow(intake)
    async with a_feed(own_nats.url) as feed, a_relay(intake, database.url_for("intake"), feed, own_nats.url):
        feed.into(inflow)
        await fill(intake, range(7))
        await until(lambda: inflow.head == 14 and inflow.broker_speaks, "the head was said")


async def test_what_the_relay_cannot_read_is_passed_on_as_it_is(
    database: Database, intake: PostgresLog, own_nats: Nats, owner: asyncpg.Connection
) -> None:
    await owner.execute(FORGED, UNKNOWN)
    await fill(intake, range(1))
    async with a_feed(own_nats.url) as feed, a_relay(intake, database.url_for("intake"), feed, own_nats.url):
        await until(lambda: _holds(own_nats, 3), "the stream holds the log")
    [unknown, *_] = await messages(own_nats.url)
    assert unknown.subject == "log.ticket.melted.v7"
    assert UNKNOWN.encode() in unknown.data


async def _holds(nats: Nats, head: int) -> bool:
    return (await positions(nats.url))[-1:] == [head]


class Counted(Lead):
    """Remembers how often it was asked for and let go."""

    takes = releases = 0

    async def take(self) -> bool:
        """Asked for."""
        self.takes += 1
        return await super().take()

    async def release(self) -> None:
        """Let go."""
        self.releases += 1
        await super().release()


async def test_who_waits_for_its_turn_does_so_on_one_connection(
    own_nats: Nats, database: Database, intake: PostgresLog
) -> None:
    url = database.url_for("intake")
    waiting = Counted(url, "relay")
    async with a_feed(own_nats.url) as feed, releasing(Lead(url, "relay")) as leading:
        assert await leading.take()
        async with in_background(Relay(intake, feed, own_nats.url, waiting).run()):
            await until(lambda: waiting.takes == 3, "it has asked three times")
            assert waiting.releases == 0
