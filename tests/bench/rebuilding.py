"""How fast a service's state and views are made anew from the log, by CPU and by the clock.

`python -m tests.bench.rebuilding SERVICE` measures one service in a process of its own and prints a `Rebuilt`.
"""

import gc
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from itertools import islice
from secrets import token_bytes

import asyncpg
import msgspec
import uvloop
from contracts import CATALOGUE
from csi.links import Links
from csi.reactor import CsiReactor
from eventlog.bookkeeping import Books
from eventlog.deciding import Decider
from eventlog.follow import Follower
from eventlog.inflow import PAGE, Inflow
from eventlog.leading import Lead
from eventlog.postgres import PostgresLog, connect
from eventlog.reactor import Reactor
from eventlog.rebuilding import prepare_views
from eventlog.vault import Vault
from intake.reactor import IntakeReactor
from notify.reactor import NotifyReactor
from reglament.programs import SERVICES
from routing.reactor import RoutingReactor
from servicekit.serve import COLLECTING
from sla.reactor import SlaReactor

from tests.bench.arena import Arena, Database
from tests.bench.figures import Figure
from tests.bench.lives import COLUMNS, copied, recorded

RUNS = 3
EVENTS = 240_000
"""What costs the same however long the log is (making tables, the last rows, the commit) must not count for much."""
MILLION = 1_000_000
CHUNK = 5_000
WARM = 100


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds for `EVENTS` events."""

    state_cpu: float
    state_wall: float
    views_cpu: float
    views_wall: float
    decode_cpu: float


def run(arena: Arena) -> list[Figure]:
    """Every service, from a log of its own making."""
    database = arena.database("rebuilding")
    uvloop.run(_fill(database, *recorded(arena.installation)))
    found = {service: [_measured(database, service) for _ in range(RUNS)] for service in SERVICES}
    return [figure for service, runs in found.items() for figure in _figures(service, runs)]


def _figures(service: str, runs: list[Rebuilt]) -> list[Figure]:
    decode = [EVENTS / each.decode_cpu for each in runs]
    state = [EVENTS / each.state_cpu for each in runs]
    both = [EVENTS / (each.state_cpu + each.views_cpu) for each in runs]
    scale = MILLION / EVENTS
    walls = [(each.state_wall + each.views_wall) * scale for each in runs]
    unit = "events/CPU s"
    return [
        Figure(what=f"{service}, state", unit=unit, ours=state, ceiling=decode, aim=0.5),
        Figure(what=f"{service}, state and views", unit=unit, ours=both, ceiling=decode, aim=0.5),
        Figure(what=f"{service}, a million events", unit="s", ours=walls, aim=10.0, sense="most"),
    ]


def _measured(database: Database, service: str) -> Rebuilt:
    words = [sys.executable, "-m", "tests.bench.rebuilding", service]
    environment = {**os.environ, "BENCH_DATABASE": database.url_for(service)}
    out = subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(out, type=Rebuilt)


async def _fill(database: Database, before: str, lives: str) -> None:
    connection = await asyncpg.connect(database.owner_url)
    rows = copied(before, lives, EVENTS)
    while chunk := list(islice(rows, CHUNK)):
        await connection.copy_records_to_table("events", schema_name="log", columns=COLUMNS, records=chunk)
    await connection.execute("update log.head set position = $1", EVENTS)
    await connection.execute("analyze log.events")
    await connection.close()


def _reactor(service: str, log: PostgresLog) -> Reactor[object]:
    made: dict[str, object] = {
        "intake": IntakeReactor(log),
        "routing": RoutingReactor(),
        "sla": SlaReactor(),
        "notify": NotifyReactor(),
        "csi": CsiReactor(Links(token_bytes(32), "http://127.0.0.1:8005")),
    }
    found: Reactor[object] = made[service]  # type: ignore[assignment]  # each has a state of its own
    return found


async def _rebuild(service: str) -> Rebuilt:
    pool = await connect(os.environ["BENCH_DATABASE"])
    log = PostgresLog(pool, Vault(b64encode(token_bytes(32)).decode()), _untold)
    reactor = _reactor(service, log)
    Decider(reactor, reactor.fresh(), 0).fold(await log.page(0, WARM))  # loads calendars, once a process
    decode = await _decoded(log)
    state = time.process_time(), time.perf_counter()
    await _folded(log, reactor)
    views = time.process_time(), time.perf_counter()
    await _viewed(log, reactor)
    end = time.process_time(), time.perf_counter()
    await pool.close()
    return Rebuilt(
        state_cpu=views[0] - state[0],
        state_wall=views[1] - state[1],
        views_cpu=end[0] - views[0],
        views_wall=end[1] - views[1],
        decode_cpu=decode,
    )


async def _decoded(log: PostgresLog) -> float:
    """CPU seconds to decode the very same texts and to count events by ticket."""
    spent, position = 0.0, 0
    counted: Counter[str] = Counter()
    while position < EVENTS:
        text = await log.pool.fetchval("select log.page($1, $2)", position, PAGE)
        before = time.process_time()
        for each in CATALOGUE.decode_page(text):
            counted[getattr(each.data, "ticket", "")] += 1
        spent += time.process_time() - before
        position += PAGE
    return spent


async def _folded(log: PostgresLog, reactor: Reactor[object]) -> None:
    """By the very code of a follower that finds no snapshot."""
    follower = Follower(log, Inflow(log), reactor, Lead("", ""))
    decider = Decider(reactor, reactor.fresh(), 0)
    await follower.fold(decider, EVENTS)
    assert decider.position == EVENTS


async def _viewed(log: PostgresLog, reactor: Reactor[object]) -> None:
    books = Books(reactor.name)
    cursor = "insert into cursor values ($1, $2) on conflict (follower) do update set position = excluded.position"
    await log.pool.execute(cursor, reactor.name, EVENTS)
    await log.pool.execute("delete from view_state")
    await prepare_views(log, reactor, books)


async def _untold(_: object) -> None:
    """Nobody follows here."""


if __name__ == "__main__":
    gc.set_threshold(*COLLECTING)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_rebuild(sys.argv[1]))))
