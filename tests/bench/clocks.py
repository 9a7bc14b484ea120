"""A million open clocks in the sla service: how often it may look for the next deadline, 20,000 at once, memory.

`python -m tests.bench.clocks` measures one process that holds them and prints a `Held`.
"""

import gc
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from secrets import token_bytes
from statistics import median

import msgspec
import sla.app  # noqa: F401  # what a real process has loaded counts too
import uvloop
from contracts import CATALOGUE, Event, Meta, Recorded
from contracts.example import example
from contracts.intake import RegulationPublished, TicketOpened
from contracts.sla import DeadlineBreached
from contracts.streams import message_id, ticket_stream
from eventlog.deciding import Decider
from eventlog.follow import RINGS
from eventlog.postgres import PostgresLog, connect
from eventlog.reactor import provisional
from eventlog.vault import Vault
from regulation.document import Regulation
from regulation.load import load
from servicekit.serve import COLLECTING
from sla.reactor import SlaReactor
from sla.state import State

from tests.bench.arena import Arena, Database
from tests.bench.figures import Figure
from tests.bench.lives import IDS, TAIL
from tests.bench.machine import MEBIBYTE, resident_mebibytes

CLOCKS = 1_000_000
AT_ONCE = 20_000
TICKETS = 1_000
POLLS = 2_000
SATURDAY = datetime(2026, 11, 21, 17, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
"""09:00 in Moscow: what came at night starts now."""
STORMS = [(SATURDAY, MONDAY), *((at, at) for at in (MONDAY + timedelta(minutes=10), MONDAY + timedelta(minutes=20)))]
"""When many tickets came at once, and from when on their hour counted."""
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
CSN = Path(__file__).parents[2] / "regulations" / "csn.yaml"


class Storm(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds until all that rang was durable, those of deciding, and the deadlines missed."""

    wall: float
    deciding: float
    breaches: int


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured; spans in seconds, memory in MiB."""

    clocks: int
    tickets: int
    before: float
    resident: float
    after: float
    folded_cpu: float
    first_poll: float
    polls: list[float]
    storms: list["Storm"]
    snapshot: float


def run(arena: Arena) -> list[Figure]:
    """One process holds them; polls and storms are its runs."""
    held = _measured(arena.database("clocks"))
    polls = sorted(poll * 1000 for poll in held.polls)
    each = (held.resident - held.before) * MEBIBYTE / held.clocks
    cost = f"folded in {held.folded_cpu:.0f} CPU s, first look {held.first_poll:.1f} s, snapshot {held.snapshot:.1f} s"
    deciding = median(storm.deciding for storm in held.storms)
    return [
        _most("poll for the next deadline, median", "ms", polls, 5),
        _most("poll for the next deadline, slowest hundredth", "ms", polls[-len(polls) // 100 :], 5),
        _most(
            f"{AT_ONCE:,} due at once, all fired and durable",
            "s",
            [storm.wall for storm in held.storms],
            5,
            f"{deciding:.2f} s of it deciding",
        ),
        _most(
            "memory with a million open clocks",
            "MiB",
            [max(held.resident, held.after)],
            1024,
            f"{held.clocks:,} clocks of {held.tickets:,} tickets; {cost}",
        ),
        Figure(what="memory a clock, with its ticket and alarm", unit="bytes", ours=[each]),
    ]


def _most(what: str, unit: str, ours: Sequence[float], aim: float, note: str = "") -> Figure:
    return Figure(what=what, unit=unit, ours=ours, aim=aim, sense="most", note=note)


def _measured(database: Database) -> Held:
    environment = {**os.environ, "BENCH_DATABASE": database.url_for("sla")}
    words = [sys.executable, "-m", "tests.bench.clocks"]
    out = subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(out, type=Held)


class Crowd:
    """Tickets as their events tell them: some lives decided by the reactor itself, told again under other ids."""

    def __init__(self, regulation: Regulation) -> None:
        self.published = _published(regulation)
        self._maker: Decider[State] = Decider(SlaReactor(), State(), 0)
        self._maker.step([self.published])
        each = len(self._life(SATURDAY, "project-question", 0)) - 1
        self.blocks = -(-CLOCKS // (each * TICKETS))
        self._at_once = -(-AT_ONCE // self.blocks)

    def pages(self) -> Iterator[str]:
        """The same page over and over; ids end in the number of the block."""
        page = msgspec.json.encode([each for life in self._lives() for each in life]).decode()
        for block in range(self.blocks):
            tail = f"{block:0{TAIL}x}"
            yield IDS.sub(lambda found: found[0][:-TAIL] + tail, page)  # noqa: B023  # used at once

    def newcomer(self, number: int) -> list[Recorded[Event]]:
        """Another ticket with its clocks."""
        return self._life(MONDAY, "management-question", TICKETS + 1 + number)

    def _lives(self) -> Iterator[list[Recorded[Event]]]:
        chance = Random(1)
        for number in range(1, TICKETS + 1):
            storm = (number - 1) // self._at_once
            if storm < len(STORMS):
                yield self._life(STORMS[storm][0], "project-question", number)
            else:
                at = MONDAY + chance.randrange(1800) * SECOND
                yield self._life(at, chance.choice(("management-question", "service-change")), number)

    def _life(self, at: datetime, category: str, number: int) -> list[Recorded[Event]]:
        ticket = message_id("bench", str(number))
        said = msgspec.structs.replace(
            example(TicketOpened),
            at=at,
            ticket=ticket,
            category=category,
            priority="normal",
            stage="new",
            channel="cabinet",
            regulation="csn@1",
            service="",
        )
        opened = _recorded(said, ticket_stream(ticket), at)
        decided = self._maker.step([opened]).decided
        assert decided, "a ticket of these categories has its clocks"
        return [opened, *(provisional(each, at) for each in decided)]


def _recorded(said: Event, stream: str, at: datetime) -> Recorded[Event]:
    own = message_id("bench-event", stream)
    return Recorded(position=1, id=own, stream=stream, version=1, recorded_at=at, data=said, meta=Meta(correlation=own))


def _published(regulation: Regulation) -> Recorded[Event]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    said = RegulationPublished(at=at, effective_from=at, **regulation.published())
    return _recorded(said, f"regulation-{regulation.name}", at)


async def _hold() -> Held:
    log = await _opened_log()
    crowd = Crowd(load(CSN))
    decider: Decider[State] = Decider(SlaReactor(), State(), 0)
    decider.fold([crowd.published])
    before, started = resident_mebibytes(os.getpid()), time.process_time()
    for page in crowd.pages():
        decider.fold(CATALOGUE.decode_page(page))
    folded = time.process_time() - started
    first = _poll(decider)
    polls = [_poll_after(decider, crowd, number) for number in range(POLLS)]
    resident = resident_mebibytes(os.getpid())
    tickets = decider.state.tickets
    clocks = sum(len(ticket.clocks) for ticket in tickets.values())
    storms = [await _weathered(decider, log, since + HOUR) for _, since in STORMS]
    after = resident_mebibytes(os.getpid())
    moment = time.perf_counter()
    decider.reactor.stored(decider.state)
    return Held(
        clocks=clocks,
        tickets=len(tickets),
        before=before,
        resident=resident,
        after=after,
        folded_cpu=folded,
        first_poll=first,
        polls=polls,
        storms=storms,
        snapshot=time.perf_counter() - moment,
    )


def _poll(decider: Decider[State]) -> float:
    moment = time.perf_counter()
    assert decider.reactor.next_ring(decider.state)
    return time.perf_counter() - moment


def _poll_after(decider: Decider[State], crowd: Crowd, number: int) -> float:
    """The look at the alarms after another ticket was opened, as it is when the service is busy."""
    decider.fold(crowd.newcomer(number))
    return _poll(decider)


async def _weathered(decider: Decider[State], log: PostgresLog, due: datetime) -> Storm:
    """All these deadlines pass in one second; their warnings have been said before."""
    await _fired(decider, log, due - SECOND)
    storm = await _fired(decider, log, due + SECOND)
    assert storm.breaches >= AT_ONCE, "they were to fall due together"
    return storm


async def _fired(decider: Decider[State], log: PostgresLog, now: datetime) -> Storm:
    started, deciding, breaches = time.perf_counter(), 0.0, 0
    while (ring := decider.reactor.next_ring(decider.state)) and ring < now:
        moment = time.perf_counter()
        new = decider.ring(now, RINGS).decided
        deciding += time.perf_counter() - moment
        breaches += sum(isinstance(each.event, DeadlineBreached) for each in new)
        if new:
            await log.append(new)
    return Storm(wall=time.perf_counter() - started, deciding=deciding, breaches=breaches)


async def _opened_log() -> PostgresLog:
    pool = await connect(os.environ["BENCH_DATABASE"])
    return PostgresLog(pool, Vault(b64encode(token_bytes(32)).decode()), _untold)


async def _untold(_: Sequence[str]) -> None:
    """Nobody follows here."""


if __name__ == "__main__":
    gc.set_threshold(*COLLECTING)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_hold())))
