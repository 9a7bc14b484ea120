"""A real help desk's cases through the real API: 10,000 messages, each solved, an invented crew of twelve."""

import asyncio
import csv
import gzip
import time
from collections import Counter
from itertools import cycle, islice
from typing import Any, NamedTuple

import httpx

from tests.bench.arena import Arena
from tests.bench.distribution import ALWAYS_THERE, ARRIVALS, LOG, OTHERS
from tests.bench.figures import Figure
from tests.bench.installation import LONGEST, Installation

HANDS = 16
TURN = 500
"""Arrivals after which one of the others comes or goes."""
POLL = 0.5

Json = Any


class Told(NamedTuple):
    """One case of the log: what it was about, and what was done last."""

    subject: str
    outcome: str


class Desk:
    """Everybody's requests to one platform."""

    def __init__(self, running: Installation, http: httpx.AsyncClient) -> None:
        self._running = running
        self._http = http
        self._keys = {role: running.key(role) for role in ("adapter", "lead")}

    async def ask(self, service: str, method: str, path: str, body: Json = None, role: str = "lead") -> Json:
        """One answer; httpx.HTTPStatusError for anything but success."""
        url = f"http://127.0.0.1:{self._running.place.port(service)}{path}"
        answer = await self._http.request(
            method, url, json=body, headers={"Authorization": f"Bearer {self._keys[role]}"}, timeout=60
        )
        answer.raise_for_status()
        return answer.json()

    async def appear(self, agent: str, *, online: bool) -> None:
        """Come or go."""
        await self.ask("routing", "POST", f"/agents/{agent}/presence", {"section": "requests", "online": online})

    async def case(self, n: int, told: Told) -> None:
        """A message comes, and somebody solves it."""
        message = {"id": f"case-{n}", "subject": told.subject, "text": f"{told.subject}, {n}"}
        body = {"channel": "api", "author": {"id": f"r{n % 3000}", "name": "Клиент"}, "message": message}
        ticket = (await self.ask("intake", "POST", "/messages", body, "adapter"))["ticket"]
        await self.ask("intake", "POST", f"/tickets/{ticket}/resolve", {"text": told.outcome})


def run(arena: Arena) -> list[Figure]:
    """How evenly and how fast; nothing where the log does not lie beside us."""
    if not LOG.exists():
        return []
    with Installation(arena.directory / "arrivals") as running:
        running.staff(0)
        return asyncio.run(_day(running))


async def _day(running: Installation) -> list[Figure]:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=HANDS)) as http:
        desk = Desk(running, http)
        for agent in (*ALWAYS_THERE, *OTHERS):
            await desk.ask("routing", "PUT", f"/agents/{agent}", {"name": agent, "groups": ["support"]})
            await desk.appear(agent, online=True)
        began = time.monotonic()
        await _arrive(desk)
        ledger = await _settled(desk)
        seconds = time.monotonic() - began
    return _figures(ledger, seconds)


async def _arrive(desk: Desk) -> None:
    """The cases in order of the log, over again until there are enough; now and then somebody comes or goes."""
    waiting = iter(enumerate(islice(cycle(_cases()), ARRIVALS)))
    away: set[str] = set()

    async def hand() -> None:
        for n, told in waiting:
            if n % TURN == TURN - 1:
                await _change(desk, OTHERS[n // TURN % len(OTHERS)], away)
            await desk.case(n, told)

    await asyncio.gather(*(hand() for _ in range(HANDS)))


async def _change(desk: Desk, agent: str, away: set[str]) -> None:
    await desk.appear(agent, online=agent in away)
    away ^= {agent}


async def _settled(desk: Desk) -> Counter[str]:
    """The turns of everybody, once every ticket has somebody."""
    until = time.monotonic() + LONGEST
    turns: Counter[str] = Counter()
    while turns.total() < ARRIVALS and time.monotonic() < until:
        await asyncio.sleep(POLL)
        turns = Counter({each["agent"]: each["turns"] for each in await desk.ask("routing", "GET", "/fairness")})
    return turns


def _figures(turns: Counter[str], seconds: float) -> list[Figure]:
    there = [turns[agent] for agent in ALWAYS_THERE]
    note = ", ".join(f"{agent} {count:,}" for agent, count in turns.most_common())
    what = f"{ARRIVALS:,} real cases through the API: max − min turns of the four who were always there"
    return [
        Figure(what=what, unit="turns", ours=[max(there) - min(there)], aim=1, sense="most", note=note),
        Figure(what="of them assigned to somebody", unit="", ours=[turns.total() / ARRIVALS], ceiling=[1.0], aim=1.0),
        Figure(what="cases opened, assigned and solved", unit="cases/s", ours=[ARRIVALS / seconds]),
    ]


def _cases() -> list[Told]:
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        acts: dict[str, list[str]] = {}
        for row in csv.DictReader(file):
            acts.setdefault(row["case_id"], []).append(row["concept:name"])
    return [Told(each[0], each[-1]) for each in acts.values()]
