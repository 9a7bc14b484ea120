"""The ceiling of the whole platform: POST → insert → JetStream → insert, without a decision or a check.

`python -m tests.bench.bare accept|finish`: one process takes messages in, one finishes them, as fast as they can be:
what waits goes together.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import nats
import uvicorn
import uvloop
from fastapi import FastAPI, Request, Response
from intake.reading.contract import MessageReceived
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

BATCH = 500
SUBJECT = "bare.message"
SCHEMA = """
    create table if not exists taken (
        id text primary key, body json not null, at timestamptz default clock_timestamp()
    );
    create table if not exists done (id text primary key, at timestamptz default clock_timestamp());
"""
TAKE = "insert into taken (id, body) select * from unnest($1::text[], $2::json[])"
FINISH = "insert into done (id) select unnest($1::text[]) on conflict do nothing"

Flush = Callable[[list[tuple[str, str]]], Awaitable[None]]


class Together:
    """Callers wait for a batch that is written by one writer."""

    def __init__(self, flush: Flush) -> None:
        self._flush = flush
        self._waiting: list[tuple[tuple[str, str], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    async def put(self, row: tuple[str, str]) -> None:
        """Return once the row is written."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        self._wake.set()
        await done

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._flush([row for row, _ in batch])
                for _, done in batch:
                    done.set_result(None)


def accepting() -> FastAPI:
    """The door: validate, insert, publish, answer."""

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        connection = await asyncpg.connect(os.environ["BARE_DATABASE"])
        await connection.execute(SCHEMA)
        broker = await nats.connect(os.environ["BARE_NATS"])
        stream = broker.jetstream()
        await stream.add_stream(name="BARE", subjects=["bare.>"])

        async def flush(rows: list[tuple[str, str]]) -> None:
            await connection.execute(TAKE, [key for key, _ in rows], [body for _, body in rows])
            await asyncio.gather(*(stream.publish(SUBJECT, key.encode()) for key, _ in rows))

        app.state.together = Together(flush)
        yield
        await broker.close()
        await connection.close()

    app = FastAPI(lifespan=living)

    @app.post("/messages")
    async def messages(request: Request) -> Response:
        """Take a message in."""
        body = await request.body()
        data = MessageReceived.model_validate_json(body)
        await request.app.state.together.put((data.message.id, body.decode()))
        return Response(b"{}", 202, media_type="application/json")

    return app


async def finish() -> None:
    """The consumer: take what is there, insert, acknowledge."""
    connection = await asyncpg.connect(os.environ["BARE_DATABASE"])
    broker = await nats.connect(os.environ["BARE_NATS"])
    stream = broker.jetstream()
    await stream.add_stream(name="BARE", subjects=["bare.>"])
    queue: asyncio.Queue[Msg] = asyncio.Queue()
    pending = ConsumerConfig(max_ack_pending=10 * BATCH)
    await stream.subscribe(SUBJECT, durable="finishing", cb=queue.put, manual_ack=True, config=pending)
    await asyncio.start_server(lambda *_: None, "127.0.0.1", int(os.environ["PORT"]))  # an open port says: ready
    while True:
        messages = [await queue.get()]
        while not queue.empty() and len(messages) < BATCH:
            messages.append(queue.get_nowait())
        await connection.execute(FINISH, [message.data.decode() for message in messages])
        for message in messages:
            await message.ack()


if __name__ == "__main__":
    if sys.argv[1] == "finish":
        uvloop.run(finish())
    else:
        port = int(os.environ["PORT"])
        uvicorn.run(accepting(), port=port, loop="uvloop", http="httptools", access_log=False, log_config=None)
