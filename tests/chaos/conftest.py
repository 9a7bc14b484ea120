import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from embedded.nats import Nats
from embedded.postgres import Postgres
from reglament.credentials import Credentials
from reglament.migrate import ensure_database
from reglament.place import OFFSETS, Place
from reglament.service import Service
from reglament.stack import DATABASE, Stack
from testkit.ground import directory, free_base
from testkit.postbox import Postbox, postbox
from testkit.world import World

from reglament import programs


class Ground:
    """A place with a PostgreSQL and a NATS that the test itself kills and starts."""

    def __init__(self, leaving: ExitStack) -> None:
        self._leaving = leaving
        self.place = Place(leaving.enter_context(directory()), free_base(OFFSETS.values()))
        self.postgres = Postgres(self.place.data / "store", self.place.port("postgres"))
        self.nats = Nats(self.place.data / "broker", self.place.port("nats"))
        self.services: list[Service] = []

    def build(self) -> World:
        for server in (self.postgres, self.nats):
            self._leaving.callback(server.stop)
            server.start()
        ensure_database(self.postgres.url(), DATABASE)
        stack = Stack(self._served(), print, lambda: False, self._programs)
        self._leaving.callback(stack.stop)
        place = stack.start()
        services = {service.name: service for service in self.services}
        return World(
            services=services,
            owner_url=place.owner_url or "",
            url=place.url,
            keys=json.loads(place.keys.read_text()),
            postgres=self.postgres,
            nats=self.nats,
        )

    def _served(self) -> Place:
        return replace(self.place, owner_url=self.postgres.url(DATABASE), nats_url=self.nats.url)

    def _programs(self, place: Place, secret: Credentials) -> list[Service]:
        self.services = programs.services(place, secret)
        return self.services


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with ExitStack() as leaving:
        yield Ground(leaving)


@pytest.fixture(scope="module")
def world(ground: Ground) -> World:
    return ground.build()


@pytest.fixture(scope="module")
def mails(ground: Ground, world: World) -> Iterator[Postbox]:
    with postbox(ground.place.port("smtp")) as box:
        yield box


@pytest.fixture(scope="module")
def seed() -> int:
    """REGLAMENT_CHAOS_SEED repeats a run."""
    chosen = int(os.environ.get("REGLAMENT_CHAOS_SEED") or time.time_ns() % 2**32)
    print(f"REGLAMENT_CHAOS_SEED={chosen}")  # noqa: T201  # whoever sees a failure needs it
    return chosen
