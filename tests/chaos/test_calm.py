"""One fault at a time, seen closely: repetitions at once, a client without keys, a broker that is away."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator

import httpx
import nats
import nats.js.errors
import pytest
from testkit.checker import kept_once
from testkit.load import Client
from testkit.staff import Staff
from testkit.stillness import not_ready, quiet, set_aside
from testkit.waiting import until
from testkit.world import World

LAG = re.compile(r"^event_loop_lag_seconds (\S+)", re.MULTILINE)
LONGEST_LAG = 1.0
"""Seconds for which an event loop may be blocked (I18)."""
MANY = 150
"""Messages handed in while the broker is away, at 10 a second."""

pytestmark = pytest.mark.usefixtures("mails")


@pytest.fixture
def client(world: World, seed: int) -> Client:
    return Client(world, 10, seed)


async def test_a_message_that_comes_twenty_times_at_once_is_one_ticket_i1(world: World, client: Client) -> None:
    await quiet(world)
    async with httpx.AsyncClient(timeout=20) as http:
        for message in (client.message(), client.message(), client.message()):
            told = await asyncio.gather(*(client.post(http, message) for _ in range(20)))
            assert Counter((post.status, post.outcome) for post in told) == {(202, "duplicate"): 19, (202, "opened"): 1}

    assert list(kept_once(client.history, await world.log())) == []


async def test_a_client_that_repeats_under_fresh_keys_is_caught_i1(world: World, client: Client) -> None:
    await quiet(world)
    message = client.message()
    async with httpx.AsyncClient(timeout=20) as http:
        for attempt in (message, client.again(message)):
            assert (await client.post(http, attempt)).taken

    wrong = [*kept_once(client.history, await world.log())]
    assert wrong[0] == "I1: message 1 is in the log 2 times"


@pytest.fixture
def away(world: World) -> Iterator[None]:
    """The broker is away."""
    world.nats.kill()
    yield
    world.nats.start()


async def pulse(world: World, client: Client) -> list[float]:
    """How far the event loops lag while the client is at work; every health door answers at once."""
    lags = []
    async with httpx.AsyncClient(timeout=5) as http:
        while len(client.history) < MANY:
            for name in world.services:
                (await http.get(f"{world.url(name)}/healthz")).raise_for_status()
                found = LAG.search((await http.get(f"{world.url(name)}/metrics")).text)
                lags.append(float(found[1]) if found else LONGEST_LAG)
            await asyncio.sleep(0.5)
    return lags


async def relayed(world: World) -> int:
    """How many events the broker keeps, 0 while it keeps none."""
    connection = await nats.connect(world.nats.url)
    try:
        return (await connection.jetstream().stream_info("LOG")).state.messages
    except nats.js.errors.NotFoundError:
        return 0
    finally:
        await connection.close()


@pytest.mark.usefixtures("away")
async def test_without_a_broker_everything_goes_on_i5_i18(world: World, client: Client) -> None:
    await Staff(world, {"anna": "anna@desk.example"}).come()
    _, lags = await asyncio.gather(client.run(lambda: len(client.history) < MANY), pulse(world, client))
    await quiet(world)

    assert all(post.taken for post in client.history), client.history.told()
    assert max(lags) < LONGEST_LAG
    assert [*await not_ready(world), *await set_aside(world), *world.ended_by_themselves()] == []


async def test_the_broker_is_filled_up_again_i5(world: World) -> None:
    world.nats.kill()
    world.nats.erase()
    world.nats.start()

    async def whole() -> bool:
        return await relayed(world) == await world.head()

    await until(whole, "the broker holds the whole log", 60)
