"""What breaks a world on purpose, seeded: the same seed does the same things in the same order."""

import asyncio
import contextlib
import random
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from testkit.crashing import Point
from testkit.world import World

EVERYWHERE: Sequence[tuple[str, str]] = (
    ("eventlog.scribe", "Scribe._state"),
    ("eventlog.scribe", "Scribe._transact"),
    ("eventlog.scribe", "append_all"),
    ("eventlog.bookkeeping", "Books.move"),
    ("eventlog.bookkeeping", "Books.keep"),
    ("eventlog.feed", "Feed.publish"),
)
"""Between reading and commit, commit and publishing: where a follower may die."""
AT_THE_DOOR: Sequence[tuple[str, str]] = (
    ("eventlog.grouping", "append_all"),
    ("eventlog.grouping", "Appender._tell"),
)
"""Between commit, publishing and answer: where an appending door may die."""
SENDING: Sequence[tuple[str, str]] = (("notify.outbox", "_settle"), ("notify.outbox", "_claim"))
"""Between claiming, sending and recording the outcome."""
OWN = {"intake": AT_THE_DOOR, "notify": SENDING}
LONGEST_CALL = 15
"""A crash comes at one of the first 15 calls."""

Deed = Callable[[], None]


class Nemesis:
    """Two lanes of deeds at a time: one hurts services, one hurts the servers that they live on."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._names = sorted(world.services)
        self._rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self.services = self._shuffled([*self._kills(), *self._crashes(), *self._freezes()])
        self.servers = self._shuffled([*self._broker(), *self._store()])

    async def rage(self) -> None:
        """Do everything once."""
        await asyncio.gather(self._lane(self.services), self._lane(self.servers))

    async def _lane(self, deeds: Sequence[tuple[Deed, float]]) -> None:
        for deed, pause in deeds:
            await asyncio.to_thread(deed)
            await asyncio.sleep(pause)

    def _shuffled(self, deeds: Sequence[Deed]) -> list[tuple[Deed, float]]:
        chosen = self._rng.sample(list(deeds), len(deeds))
        return [(deed, self._rng.uniform(0.1, 1.0)) for deed in chosen]

    def _kills(self) -> list[Deed]:
        return [partial(self._world.kill, name) for name in self._rng.sample(self._names, 3)]

    def _crashes(self) -> list[Deed]:
        anybody = self._rng.sample(self._names, 2)
        chosen = [(name, *self._rng.choice(EVERYWHERE)) for name in anybody]
        chosen += [(name, *point) for name, points in OWN.items() for point in self._rng.sample(points, 2)]
        return [self._crash(*each) for each in chosen]

    def _crash(self, name: str, module: str, function: str) -> Deed:
        when = self._rng.choice(("before", "after"))
        nth = self._rng.randint(1, LONGEST_CALL)
        point = Point(module, function, "before" if when == "before" else "after", nth)
        return partial(self._world.crash, name, point)

    def _freezes(self) -> list[Deed]:
        return [self._freeze(self._rng.choice(self._names), self._rng.uniform(2.0, 5.0))]

    def _freeze(self, name: str, seconds: float) -> Deed:
        def deed() -> None:
            self._world.journal.note(f"freeze for {seconds:.1f} s", name)
            self._world.services[name].freeze()
            time.sleep(seconds)
            self._world.services[name].thaw()

        return deed

    def _broker(self) -> list[Deed]:
        away = self._rng.uniform(2.0, 5.0)
        frozen = self._rng.uniform(3.0, 7.0)
        return [
            partial(away_for, self._world, away),
            partial(wiped, self._world),
            partial(rolled_back, self._world),
            partial(broker_frozen, self._world, frozen),
        ]

    def _store(self) -> list[Deed]:
        pauses = [self._rng.uniform(0.0, 2.0) for _ in range(2)]
        return [partial(store_killed, self._world, pause) for pause in pauses]


def away_for(world: World, seconds: float) -> None:
    """The broker dies and stays away (F2, F4)."""
    world.journal.note(f"kill -9, away for {seconds:.1f} s", "NATS")
    world.nats.kill()
    time.sleep(seconds)
    world.nats.start()


def wiped(world: World) -> None:
    """The broker dies and comes back without any data (F3)."""
    world.journal.note("kill -9, wiped", "NATS")
    world.nats.kill()
    world.nats.erase()
    world.nats.start()


def rolled_back(world: World) -> None:
    """The broker dies and comes back with the data of a while ago: acknowledged writes are lost (F3)."""
    data = world.nats.directory / "jetstream"
    older = data.with_name("older")
    world.journal.note("copied, frozen meanwhile", "NATS")
    world.nats.freeze()
    _copied(data, older)
    world.nats.thaw()
    time.sleep(3.0)
    world.journal.note("kill -9, rolled back", "NATS")
    world.nats.kill()
    _copied(older, data)
    world.nats.start()


def broker_frozen(world: World, seconds: float) -> None:
    """The broker keeps its connections and says nothing (F8)."""
    world.journal.note(f"freeze for {seconds:.1f} s", "NATS")
    world.nats.freeze()
    time.sleep(seconds)
    world.nats.thaw()


def store_killed(world: World, pause: float) -> None:
    """The database dies with all its sessions and recovers (F5)."""
    world.journal.note(f"kill -9, away for {pause:.1f} s", "PostgreSQL")
    world.postgres.kill()
    time.sleep(pause)
    world.postgres.start()
    world.journal.note("is ready again", "PostgreSQL")


def _copied(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        shutil.copytree(source, target)
