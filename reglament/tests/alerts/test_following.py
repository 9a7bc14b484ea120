"""Alerts on a real broker with a real relay: each once while all is well, none lost when nothing is."""

# ruff: noqa: ANN001 - the types of conftest.py cannot be imported where pytest imports by path

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE

import nats
import pytest
from contracts.sla import ClockCancelled, DeadlineBreached
from embedded.nats import Nats
from eventlog.postgres import PostgresLog
from eventlog.relay import STREAM
from nats.js.errors import NotFoundError
from reglament.alerts.signing import key_of
from standardwebhooks import Webhook
from testkit.relayed import positions
from testkit.running import connected
from testkit.servers import Database
from testkit.streams import NINE, new
from testkit.waiting import until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FORGED = """
    select * from log.append('{0}', array[gen_random_uuid()], '{clock-x}', '{1}', array[$1], array[$2],
        array['{}'], '{}', '{}', '{}')
"""


def breach(n: int) -> DeadlineBreached:
    return DeadlineBreached(at=NINE, clock=f"c{n}", ticket=f"t{n}", name="reaction", due_at=NINE, late=n)


async def breached(log: PostgresLog, *numbers: int) -> list[str]:
    """Deadlines missed now; the ids of the events."""
    events = [new(f"clock-c{n}", 1, breach(n)) for n in numbers]
    await log.append(events)
    return [event.id for event in events]


async def test_every_breach_is_one_line_and_one_signed_post(relayed, alerts, receiver) -> None:
    async with alerts(receiver.url, key_of(SECRET)) as seen:
        ids = await breached(relayed, 1, 2, 3)
        await until(lambda: len(receiver.taken) == 3, "all were posted")
    assert (seen.ids, receiver.taken) == (ids, ids)
    first = receiver.posts[0]
    Webhook(SECRET).verify(first.body, first.headers)
    said = json.loads(first.body)
    assert (said["id"], said["type"], said["subject"], said["data"]["late"]) == (ids[0], "clock.breached.v1", "t1", 1)


async def test_other_events_are_no_alerts(relayed, alerts) -> None:
    async with alerts() as seen:
        other = ClockCancelled(at=NINE, clock="c1", ticket="t1", name="x", reason="y")
        await relayed.append([new("clock-c1", 1, other)])
        ids = await breached(relayed, 2)
        await until(lambda: bool(seen.alerts), "the breach was shown")
    assert seen.ids == ids


async def test_what_a_webhook_did_not_take_is_offered_again(relayed, alerts, receiver) -> None:
    receiver.answers += [500, 400]
    async with alerts(receiver.url) as seen:
        ids = await breached(relayed, 1, 2)
        await until(lambda: len(receiver.taken) == 2, "both were taken")
    assert (sorted(receiver.taken), seen.ids) == (sorted(ids), ids)
    assert len({post.body for post in receiver.posts}) == 2


async def test_a_restart_repeats_nothing_acknowledged_and_goes_on(relayed, alerts, receiver) -> None:
    async with alerts(receiver.url):
        before = await breached(relayed, 1, 2)
        await until(lambda: len(receiver.taken) == 2, "the first were posted")
    meanwhile = await breached(relayed, 3)
    async with alerts(receiver.url):
        await until(lambda: len(receiver.taken) == 3, "the one from meanwhile was posted")
    assert receiver.taken == [*before, *meanwhile]


async def test_what_was_refused_before_a_restart_is_offered_after_it(relayed, alerts, receiver) -> None:
    receiver.answers += [503]
    async with alerts(receiver.url):
        first = await breached(relayed, 1)
        await until(lambda: len(receiver.posts) == 1, "it was refused")
    async with alerts(receiver.url):
        second = await breached(relayed, 2)
        await until(lambda: len(receiver.taken) == 2, "both were taken")
    assert sorted(receiver.taken) == sorted(first + second)


async def test_a_wiped_broker_repeats_nothing_and_loses_nothing(relayed, alerts, receiver, own_nats: Nats) -> None:
    async with alerts(receiver.url) as seen:
        before = await breached(relayed, 1, 2)
        await until(lambda: len(receiver.taken) == 2, "the first were posted")
        own_nats.kill()
        own_nats.erase()
        after = await breached(relayed, 3)
        own_nats.start()
        after += await breached(relayed, 4)
        await until(lambda: len(receiver.taken) == 4, "the rest was posted", 60)
    assert receiver.taken == seen.ids == [*before, *after]


async def test_a_deleted_durable_is_made_again(relayed, alerts, receiver, own_nats: Nats) -> None:
    async with alerts(receiver.url):
        before = await breached(relayed, 1)
        await until(lambda: len(receiver.taken) == 1, "the first was posted")
        ops = await nats.connect(own_nats.url)
        await ops.jetstream().delete_consumer(STREAM, "alerts")
        await ops.close()
        after = await breached(relayed, 2)
        await until(lambda: len(receiver.taken) == 2, "the second was posted")
    assert receiver.taken == before + after


@pytest.mark.parametrize("kind", ["clock.breached.v9", "clock.breached.v1"])
async def test_what_cannot_be_read_is_reported_once_and_holds_nothing_up(
    kind: str, relayed, alerts, database: Database, own_nats: Nats
) -> None:
    async with connected(database.owner_url) as owner:
        await owner.execute(FORGED, kind, json.dumps({"type": kind, "late": "very"}))
    async with alerts() as seen:
        ids = await breached(relayed, 1)
        await until(lambda: _settled(own_nats), "both are acknowledged")
    assert seen.ids == ids
    told = f"Position 1: {kind} cannot be read here and was passed over."
    assert [each for each in seen.told if kind in each] == [told]


async def test_a_message_that_is_no_event_is_passed_over(relayed, alerts, own_nats: Nats) -> None:
    await breached(relayed, 1)
    await until(lambda: _holds(own_nats, 1), "the stream is there")
    stranger = await nats.connect(own_nats.url)
    await stranger.jetstream().publish("log.clock.breached.v1", b"\xff")
    await stranger.close()
    async with alerts() as seen:
        await until(lambda: any("no event" in told for told in seen.told), "it was reported")
        await until(lambda: _settled(own_nats), "it is acknowledged")


async def test_the_command_prints_a_line_for_each(relayed, own_nats: Nats, environment) -> None:
    await breached(relayed, 1)
    words = (sys.executable, "-m", "reglament", "alerts", "--after", "0")
    told = environment | {"REGLAMENT_READER_URL": own_nats.reader_url}
    process = await asyncio.create_subprocess_exec(*words, env=told, stdout=PIPE, stderr=DEVNULL)
    assert process.stdout
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    process.kill()
    await process.communicate()
    assert line.startswith("23.11 09:00:00 UTC  Deadline missed  ticket t1")


async def _holds(server: Nats, head: int) -> bool:
    return (await positions(server.url))[-1:] == [head]


async def _settled(server: Nats) -> bool:
    """Something was delivered, nothing waits and nothing is under way."""
    looking = await nats.connect(server.url)
    try:
        info = await looking.jetstream().consumer_info(STREAM, "alerts")
    except NotFoundError:
        return False
    finally:
        await looking.close()
    delivered = info.delivered.consumer_seq if info.delivered else 0
    return (delivered >= 2, info.num_pending, info.num_ack_pending) == (True, 0, 0)
