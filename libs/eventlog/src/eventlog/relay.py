"""Copies the whole log, in order, to JetStream for outside consumers, and says how far the log is (I5).

The stream itself tells where to go on: its last message carries its position and its event's id. So a wiped or rolled
back broker is simply filled up again, and the relay remembers nothing.
"""

import asyncio
import logging
from collections.abc import Sequence

import asyncpg
import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StreamConfig
from prometheus_client import Counter, Gauge

from eventlog.feed import Feed
from eventlog.grouping import in_time
from eventlog.leading import Lead, releasing
from eventlog.postgres import PostgresLog
from eventlog.sealer import seal_settled

STREAM = "LOG"
POSITION = "Reglament-Position"
ID = "Nats-Msg-Id"
WINDOW = 500
"""Messages on their way at a time."""
GATHER = 0.1
"""Seconds events gather before the next window, so that a window carries many of them."""
BEAT = 1.0
"""Seconds between heartbeats."""
SEALING = 30
"""Heartbeats between seals."""
LINES = """
    select position, id::text, 'log.' || type as subject, coalesce(meta->>'traceparent', '') as traceparent,
        convert_to(log.line(e), 'UTF8') as line
    from log.events e where position > $1 order by position limit $2
"""
"""Everything as it goes out: what this program cannot read is copied all the same."""

KNOWN = "select exists (select from log.events where position = $1 and id::text = $2)"

RELAYED = Gauge("relay_position", "Position up to which the log stands in JetStream")
FAILURES = Counter("relay_publish_failures_total", "Times JetStream did not take a window", ["reason"])

logger = logging.getLogger(__name__)

CONFIG = StreamConfig(
    name=STREAM,
    subjects=["log.>"],
    retention=RetentionPolicy.LIMITS,
    discard=DiscardPolicy.OLD,
    max_age=7 * 24 * 3600,
    max_bytes=4 * 1024**3,
    duplicate_window=600,
    deny_delete=True,
)


class Relay:
    """One for the whole log, hosted by whichever process holds its lock."""

    def __init__(self, log: PostgresLog, feed: Feed, url: str, lead: Lead) -> None:
        self._log = log
        self._feed = feed
        self._url = url
        self._lead = lead
        self._position = 0
        self._sequence = 0

    async def run(self) -> None:
        """Relay for ever, if it is this process's turn; whatever goes wrong outside is waited out."""
        while True:
            try:
                async with releasing(self._lead):
                    await self._lead_when_free()
            except Exception as error:  # noqa: BLE001  # whatever it is, a dead relay would be worse (I18)
                FAILURES.labels(type(error).__name__).inc()
            await asyncio.sleep(BEAT)

    async def _lead_when_free(self) -> None:
        # On one connection: opening another every second is half of what an idle platform would do.
        while True:
            if await self._lead.take():
                await self._beat_and_copy()
            await asyncio.sleep(BEAT)

    async def _beat_and_copy(self) -> None:
        copying = asyncio.create_task(self._copy(), name="relay")
        try:
            await self._beat()
        finally:
            copying.cancel()
            await asyncio.gather(copying, return_exceptions=True)

    async def _beat(self) -> None:
        """Say the head every second, seal what has settled every half minute."""
        beats = 0
        while True:
            await self._lead.check()
            await self._feed.say_head((await self._log.head()).position)
            if beats % SEALING == 0:
                await seal_settled(self._log.pool)
            beats += 1
            await asyncio.sleep(BEAT)

    async def _copy(self) -> None:
        while True:
            try:
                await self._copy_on_one_connection()
            except Exception as error:  # noqa: BLE001  # as above
                FAILURES.labels(type(error).__name__).inc()
            await asyncio.sleep(BEAT)

    async def _copy_on_one_connection(self) -> None:
        connection = await nats.connect(self._url, max_reconnect_attempts=-1, connect_timeout=2, error_cb=_swallow)
        try:
            stream = connection.jetstream(timeout=5)
            await self._find_place(stream)
            while True:
                await self._copy_page(connection, stream)
        finally:
            await connection.close()

    async def _find_place(self, stream: JetStreamContext) -> None:
        """Where the stream ends; it is declared anew when it has vanished."""
        try:
            state = (await stream.stream_info(STREAM)).state
        except nats.js.errors.NotFoundError:
            state = (await stream.add_stream(CONFIG)).state
        self._sequence = state.last_seq
        # Each position was sent once and in order: where age has taken every message, their number tells as much.
        self._position = state.last_seq
        known = self._position <= (await self._log.head()).position
        if state.messages:
            last = await stream.get_msg(STREAM, seq=state.last_seq)
            headers = last.headers or {}
            self._position = int(headers.get(POSITION, "0"))
            known = await in_time(self._log.pool.fetchval(KNOWN, self._position, headers.get(ID, "")))
        if not known:
            await self._begin_anew(stream)

    async def _begin_anew(self, stream: JetStreamContext) -> None:
        """The log is not the one that was copied: it was set back to a backup. What consumers have of it is void."""
        logger.warning("the stream holds events that the log does not: it is made anew")
        await stream.delete_stream(STREAM)
        await stream.add_stream(CONFIG)
        self._sequence = self._position = 0

    async def _copy_page(self, connection: Client, stream: JetStreamContext) -> None:
        page = await in_time(self._log.pool.fetch(LINES, self._position, WINDOW))
        if not page:
            await asyncio.sleep(BEAT / 4)
            await self._check_place(stream)
            return
        await self._publish(connection, stream, page)
        self._position = page[-1]["position"]
        RELAYED.set(self._position)
        if len(page) < WINDOW:
            await asyncio.sleep(GATHER)

    async def _check_place(self, stream: JetStreamContext) -> None:
        """A stream that ends elsewhere than this relay left it was wiped, rolled back or written to by another."""
        if (await stream.stream_info(STREAM)).state.last_seq != self._sequence:
            raise ConnectionError("the stream is not as it was left")

    async def _publish(self, connection: Client, stream: JetStreamContext, page: Sequence[asyncpg.Record]) -> None:
        """Each message expects to follow the one before: once the last one is acknowledged, all of them are stored."""
        for event in page[:-1]:
            await connection.publish(event["subject"], event["line"], headers=self._headers(event))
            self._sequence += 1
        last = page[-1]
        ack = await stream.publish(last["subject"], last["line"], headers=self._headers(last), stream=STREAM)
        self._sequence += 1
        if ack.seq != self._sequence:
            raise ConnectionError("the stream is not as it was left")

    def _headers(self, event: asyncpg.Record) -> dict[str, str]:
        return {
            ID: event["id"],
            "Nats-Expected-Last-Sequence": str(self._sequence),
            POSITION: str(event["position"]),
            "traceparent": event["traceparent"],
        }


async def _swallow(_: Exception) -> None:
    """Connection errors show as failures of what was tried."""
