"""What an outside consumer finds in the JetStream stream of the log."""

from contextlib import suppress

import nats
from eventlog.relay import POSITION, STREAM
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError


async def messages(url: str) -> list[Msg]:
    """Every message of the stream in its order; none while there is no stream."""
    connection = await nats.connect(url, max_reconnect_attempts=1)
    try:
        return await _fetched(connection)
    except (NotFoundError, Error):
        return []
    finally:
        await connection.close()


async def positions(url: str) -> list[int]:
    """The positions of the stream's messages, in its order."""
    return [int((each.headers or {})[POSITION]) for each in await messages(url)]


async def emptied(url: str) -> None:
    """Take every message out of the stream, as age does; its sequence goes on."""
    connection = await nats.connect(url, max_reconnect_attempts=1)
    try:
        await connection.jetstream().purge_stream(STREAM)
    finally:
        await connection.close()


async def _fetched(connection: Client) -> list[Msg]:
    stream = connection.jetstream()
    wanted = (await stream.stream_info(STREAM)).state.messages
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
    reader = await stream.pull_subscribe("", stream=STREAM, config=config)
    found: list[Msg] = []
    with suppress(TimeoutError):
        while len(found) < wanted:
            found += await reader.fetch(min(500, wanted - len(found)), timeout=2)
    return found
