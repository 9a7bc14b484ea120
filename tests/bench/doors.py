"""`POST /messages` of one intake process, durable and authenticated, against the same route that only validates."""

import os
from base64 import b64encode
from secrets import token_bytes

import uvloop
from embedded.child import Child
from embedded.waiting import until
from servicekit.keys import Role, issue, write

from tests.bench.arena import PATIENCE, Arena
from tests.bench.client import Outcome, Plan, percentile, send
from tests.bench.figures import Figure
from tests.bench.machine import cpu_seconds

RUNS = 3
COUNT = 4_000
WARM = 600


class Door:
    """A server with `POST /messages`, loaded run by run."""

    def __init__(self, child: Child, key: str) -> None:
        self._child = child
        self._key = key
        self._runs = 0
        self.rates: list[float] = []
        self.per_cpu: list[float] = []
        self.latencies: list[float] = []

    def open(self) -> None:
        """Wait until messages are accepted: a regulation must be in force."""
        until(lambda: self._send(1).accepted == 1, PATIENCE, self._child.program.name)

    def load(self, count: int) -> Outcome:
        """So many messages over 32 connections; all must be accepted."""
        outcome = self._send(count)
        if outcome.accepted != count:
            raise RuntimeError(f"{self._child.program.name}: {outcome.statuses}")
        return outcome

    def _send(self, count: int) -> Outcome:
        self._runs += 1
        name = f"{self._child.program.name}{self._runs}"
        return uvloop.run(send(Plan(port=self._child.program.port, key=self._key, run=name, count=count)))

    def measure(self) -> None:
        """One run."""
        before = cpu_seconds(self._child.pid)
        outcome = self.load(COUNT)
        used = cpu_seconds(self._child.pid) - before
        self.rates.append(COUNT / outcome.seconds)
        self.per_cpu.append(COUNT / used if used else 0.0)
        self.latencies.append(percentile(outcome.latencies, 0.5) * 1000)


def run(arena: Arena) -> list[Figure]:
    """Alternating, so that a busy neighbour disturbs both."""
    ours, bare = _intake(arena), Door(arena.run("validating", "tests.bench.validating", env={}), "")
    for door in (ours, bare):
        door.open()
        door.load(WARM)
    for _ in range(RUNS):
        for door in (ours, bare):
            door.measure()
    return [
        Figure(what="requests", unit="requests/s", ours=ours.rates, ceiling=bare.rates, aim=0.35),
        Figure(what="per server CPU second", unit="requests", ours=ours.per_cpu, ceiling=bare.per_cpu),
        Figure(what="p50, 32 connections", unit="ms", ours=ours.latencies, ceiling=bare.latencies, sense="times"),
    ]


def _intake(arena: Arena) -> Door:
    key, entry = issue("bench", Role.adapter)
    ring = arena.directory / "intake.keys"
    write(ring, [entry])
    settings = {
        "DATABASE_URL": arena.database("doors").url_for("intake"),
        "NATS_URL": arena.nats.url,
        "KEYS": str(ring),
        "MASTER_KEY": b64encode(token_bytes(32)).decode(),
        "TOKEN_SECRET": b64encode(token_bytes(32)).decode(),
        "REGULATIONS": os.path.realpath("regulations"),
    }
    environment = {f"REGLAMENT_{name}": value for name, value in settings.items()}
    return Door(arena.serve("intake", environment), key)
