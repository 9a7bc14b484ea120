"""A durable consumer of the stream LOG in FastStream, with every default that loses messages or hangs set otherwise."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import nats.errors
from eventlog.relay import POSITION, STREAM
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.nats.annotations import NatsMessage as Message
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy as Acknowledge
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from reglament.alerts.watch import Watch

INBOX = "_INBOX_reader"
"""Where the user `reader` may hear answers."""
BEAT = 1.0
"""Seconds between looks whether the consumer is still there, and between attempts to come back."""
PULL = 5.0
"""Seconds one request for the next message waits at the broker."""
LEAVING = 2.0
"""Seconds that leaving the broker may take."""
AWAY = (nats.errors.Error, OSError, TimeoutError)


@dataclass(frozen=True)
class Source:
    """Where the stream is, the durable consumer's name, its subjects, and where to begin at the first start."""

    url: str
    name: str
    subjects: Sequence[str]
    after: int | None = None


class Consumer:
    """Follows the stream for ever: a lost broker is waited for, a lost consumer is made again."""

    def __init__(self, source: Source, watch: Watch, tell: Callable[[str], None]) -> None:
        self._source = source
        self._watch = watch
        self._tell = tell
        self._told: set[str] = set()

    async def run(self) -> None:
        """Follow until cancelled; raises only what went wrong in this program itself."""
        while True:
            try:
                await self._one_life()
            except NotFoundError:
                self._say(f"The stream {STREAM} or our consumer is not there; it is made again.")
            except AWAY as error:
                self._say(f"NATS does not answer ({type(error).__name__}); alerts go on when it does.")
            await asyncio.sleep(BEAT)

    async def _one_life(self) -> None:
        """One connection: as soon as anything is wrong with it, the next one starts from the beginning."""
        broker = self._broker()
        client = await broker.connect()
        try:
            stream = client.jetstream(timeout=5)
            await self._declare(stream)
            await broker.start()
            self._all_is_well()
            await self._look_after(stream)
        finally:
            await _leave(broker, client)

    def _broker(self) -> NatsBroker:
        broker = NatsBroker(
            self._source.url,
            logger=None,  # two lines a message by default
            max_reconnect_attempts=-1,  # by default it gives up after two minutes, and then spins
            reconnect_time_wait=1,
            ping_interval=2,  # by default a frozen broker goes unnoticed for minutes
            max_outstanding_pings=2,
            connect_timeout=2,
            inbox_prefix=INBOX,
            decoder=_untouched,  # or a message that pydantic dislikes never reaches the handler
            error_cb=self._hear,
        )
        # One at a time: FastStream handles a fetched batch concurrently, and may lose one on its way
        take = broker.subscriber(
            stream=JStream(STREAM, declare=False),  # the relay declares it; a reader may not
            durable=self._source.name,
            config=self._config(),
            pull_sub=PullSub(batch_size=1, timeout=PULL),
            ack_policy=AckPolicy.MANUAL,  # by default a handler that raises loses the message
            inbox_prefix=f"{INBOX}.".encode(),  # the broker's own does not reach subscribers
            no_reply=True,
        )
        take(self._take)
        return broker

    async def _take(self, message: Message) -> None:
        await self._watch.take(message)

    def _config(self) -> ConsumerConfig:
        """One each time: FastStream changes the one it gets."""
        return ConsumerConfig(
            name=self._source.name,
            durable_name=self._source.name,
            deliver_policy=DeliverPolicy.ALL,  # what is done already is known from the bookmark
            ack_policy=Acknowledge.EXPLICIT,
            ack_wait=30,
            max_deliver=-1,  # a limit would be a silent hole
            max_ack_pending=5_000,
            filter_subjects=list(self._source.subjects),
        )

    async def _declare(self, stream: JetStreamContext) -> None:
        """Make the durable where it is not there or has other subjects; the bookmark first, so nothing is missed."""
        if not self._watch.bookmark.begun:
            after = self._source.after
            self._watch.bookmark.begin(await self._end(stream) if after is None else after)
        await stream.add_consumer(STREAM, config=self._config())

    async def _end(self, stream: JetStreamContext) -> int:
        """The position after which a first start begins: what the durable has acknowledged, or the end."""
        state = (await stream.stream_info(STREAM)).state
        last = state.last_seq
        with contextlib.suppress(NotFoundError):
            floor = (await stream.consumer_info(STREAM, self._source.name)).ack_floor
            last = floor.stream_seq if floor else 0
        if not state.messages or last < state.first_seq:
            return 0
        return int(((await stream.get_msg(STREAM, seq=last)).headers or {}).get(POSITION, "0"))

    async def _look_after(self, stream: JetStreamContext) -> None:
        """Return never; raises when the consumer is gone, the broker silent, or the watch has failed."""
        while self._watch.failure is None:
            await stream.consumer_info(STREAM, self._source.name)
            await asyncio.sleep(BEAT)
        raise self._watch.failure

    async def _hear(self, error: Exception) -> None:
        """What the client notices beside what was tried: no broker, no rights."""
        self._say(f"NATS: {str(error) or type(error).__name__}; trying again.")

    def _say(self, what: str) -> None:
        """Say it once, until all is well again."""
        if what not in self._told:
            self._told.add(what)
            self._tell(what)

    def _all_is_well(self) -> None:
        self._told.clear()
        self._tell("Following the log.")


async def _untouched(message: NatsMessage) -> bytes:
    body: bytes = message.body
    return body


async def _leave(broker: NatsBroker, client: Client) -> None:
    """Leave in order; a client that is looking for its broker may find it first, since it cannot be closed until then.

    Closed too early, nats-py's client leaves tasks behind, and at times goes on looking and keeps what it finds.
    """
    with contextlib.suppress(*AWAY):
        async with asyncio.timeout(LEAVING):
            await broker.stop()
    while client.is_reconnecting:  # noqa: ASYNC110  # the client offers no event to wait for
        await asyncio.sleep(BEAT)
    with contextlib.suppress(*AWAY):
        await client.close()
