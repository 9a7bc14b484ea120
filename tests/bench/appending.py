"""Events appended per second by many callers at once, against plain batches of the same rows."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from secrets import token_bytes

import asyncpg
import uvloop
from contracts.intake import RequesterRegistered
from contracts.streams import requester_stream
from eventlog.postgres import PostgresLog, connect
from eventlog.store import New
from eventlog.vault import Vault
from eventlog.wire import text_of

from tests.bench.arena import Arena, Database
from tests.bench.figures import Figure
from tests.bench.samples import WHEN, chunks, opening

RUNS = 3
EVENTS = {8: 4_000, 256: 12_000}
REQUESTERS = 500
BATCH = 1_000
PLAIN = """
    create table public.plain (like log.events including constraints including indexes including defaults)
"""
INSERT = """
    insert into public.plain (position, id, stream, version, type, data, meta, recorded_at)
    select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::json[], $7::json[],
        $8::timestamptz[])
"""


def run(arena: Arena) -> list[Figure]:
    """With 8 and with 256 callers."""
    return uvloop.run(_figures(arena.database("appending")))


async def _figures(database: Database) -> list[Figure]:
    pool = await connect(database.url_for("intake"))
    log = PostgresLog(pool, Vault(b64encode(token_bytes(32)).decode()), _untold)
    plain = await asyncpg.connect(database.owner_url)
    await plain.execute(PLAIN)
    names = await _registered(log)
    found = [await _figure(log, plain, names, callers) for callers in EVENTS]
    await log.close()
    await pool.close()
    await plain.close()
    return found


async def _figure(log: PostgresLog, plain: asyncpg.Connection, names: Sequence[str], callers: int) -> Figure:
    ours, ceiling = [], []
    for _ in range(RUNS):
        events = [opening(names[n % len(names)], n) for n in range(EVENTS[callers])]
        sealed = (await log.vault.seal(events, frozenset(), log.wrapped_keys)).events
        ceiling.append(len(sealed) / await _plainly(plain, sealed))
        ours.append(len(events) / await _appended(log, events, callers))
    return Figure(what=f"{callers} callers", unit="events/s", ours=ours, ceiling=ceiling, aim=0.5)


async def _appended(log: PostgresLog, events: Sequence[New], callers: int) -> float:
    """Seconds until all of these are durable; each caller waits for its event before it sends the next."""
    left = iter(events)

    async def caller() -> None:
        for event in left:
            await log.append([event])

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return time.perf_counter() - started


async def _plainly(connection: asyncpg.Connection, events: Sequence[New]) -> float:
    """Seconds until the same rows are inserted with nothing checked, BATCH at a time."""
    await connection.execute("truncate public.plain")
    started = time.perf_counter()
    for n, batch in enumerate(chunks(events, BATCH)):
        texts = [text_of(new) for new in batch]
        await connection.execute(
            INSERT,
            list(range(n * BATCH, n * BATCH + len(batch))),
            [new.id for new in batch],
            [new.stream for new in batch],
            [new.version for new in batch],
            [text.kind for text in texts],
            [text.data for text in texts],
            [text.meta for text in texts],
            [WHEN + timedelta(microseconds=n)] * len(batch),
        )
    return time.perf_counter() - started


async def _registered(log: PostgresLog) -> list[str]:
    names = [f"{n:032x}" for n in range(REQUESTERS)]
    await asyncio.gather(*(log.append([_registration(name)], frozenset([name])) for name in names))
    return names


def _registration(name: str) -> New:
    said = RequesterRegistered(at=WHEN, requester=name, kind="api", address=f"client-{name}", name="Мария Соколова")
    opened = opening(name, 0)
    return New(id=opened.id, stream=requester_stream(name), version=1, event=said, meta=opened.meta)


async def _untold(_: Sequence[str]) -> None:
    """Nobody follows here."""
