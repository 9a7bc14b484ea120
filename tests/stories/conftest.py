import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from reglament.credentials import Credentials
from reglament.demo.desk import Desk
from reglament.place import OFFSETS, Place
from reglament.programs import SERVICES
from reglament.service import Service
from reglament.stack import Stack, everything
from testkit.doors import Doors
from testkit.ground import directory, free_base
from testkit.servers import run
from testkit.stillness import quiet
from testkit.world import Installation


class Platform:
    """Everything `reglament up` runs, supervised in a thread; it may be stopped and started again."""

    def __init__(self, data: Path) -> None:
        self._bare = self.place = Place(data, free_base(OFFSETS.values()))
        self._services: list[Service] = []
        self._watching: threading.Thread | None = None
        self.said: list[str] = []

    def start(self) -> None:
        self._asked = threading.Event()
        self._stack = Stack(self._bare, self.said.append, self._asked.is_set, self._programs)
        self.place = self._stack.start()
        self._watching = threading.Thread(target=self._stack.watch, name="watching")
        self._watching.start()
        run(quiet(self.installed))

    def stop(self) -> None:
        self._asked.set()
        if self._watching is not None:
            self._watching.join()
        self._stack.stop()

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def installed(self) -> Installation:
        services = {each.name: each for each in self._services if each.name in SERVICES}
        keys = json.loads(self.place.keys.read_text())
        return Installation(services=services, owner_url=self.place.owner_url or "", url=self.place.url, keys=keys)

    def _programs(self, place: Place, secret: Credentials) -> list[Service]:
        self._services = everything(place, secret)
        return self._services


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    with directory() as data:
        running = Platform(data)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def place(platform: Platform) -> Place:
    return platform.place


@pytest.fixture(scope="session")
def said(platform: Platform) -> list[str]:
    """What the supervisor said so far."""
    return platform.said


@pytest.fixture(scope="session")
def telegram_secret(place: Place) -> str:
    return str(json.loads(place.secrets.read_text())["telegram_secret"])


@pytest.fixture
def installed(platform: Platform) -> Installation:
    return platform.installed


@pytest.fixture
def restart(platform: Platform) -> Callable[[], None]:
    return platform.restart


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture
def desk(place: Place, http: httpx.AsyncClient) -> Desk:
    return Desk(place, http)


@pytest.fixture
def doors(installed: Installation, http: httpx.AsyncClient) -> Doors:
    return Doors(installed, http)
