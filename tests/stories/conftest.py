import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from reglament.credentials import Credentials
from reglament.demo.desk import Desk
from reglament.place import OFFSETS, Place
from reglament.programs import SERVICES
from reglament.service import Service
from reglament.stack import Stack, everything
from regulation.document import Regulation
from regulation.load import load
from testkit.doors import Doors
from testkit.ground import directory, free_base
from testkit.servers import run
from testkit.stillness import quiet
from testkit.world import Installation

REGULATIONS = Path(__file__).parents[2] / "regulations"
BOTS = ("telegram", "sup_coven_bot", "pn_support_doc_bot", "doc_sup24na7bot", "supzm_bot")
"""The channels whose webhooks hold Telegram's secret here."""
ROUND_THE_CLOCK = (("00:00", "24:00"),)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Json = Any


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
        told = {"REGLAMENT_CHANNEL_SECRETS": json.dumps({bot: [secret.telegram_secret] for bot in BOTS})}
        for each in self._services:
            if each.name == "intake":
                each.program = replace(each.program, env={**each.program.env, **told})
        return self._services


class Day:
    """A day in the life of one regulation: everybody's doors, on a platform of its own."""

    def __init__(self, running: Platform, http: httpx.AsyncClient) -> None:
        self.installed, self.place, self.http = running.installed, running.place, http
        self.desk = Desk(running.place, http)

    async def publish(self, name: str, closed: Sequence[str] = (), **parts: object) -> None:
        """A shipped regulation as its version `day`, open round the clock; these calendars are shut today."""
        shipped, today = self.shipped(name), datetime.now(UTC).date()
        hours = {each: _hours(known, shut=each in closed) for each, known in shipped.calendars.items()}
        edited = msgspec.structs.replace(shipped, version="day", effective_from=today, calendars=hours, **parts)
        answer = await self.ask("POST", "intake", "/regulations", edited.to_json(), role="admin")
        assert answer.get("status") is None, answer
        await quiet(self.installed)

    @staticmethod
    def shipped(name: str) -> Regulation:
        return load(REGULATIONS / f"{name}.yaml")

    async def register(self, agent: str, group: str, *sections: str, **card: object) -> None:
        body = {"name": agent.title(), "groups": [group], "email": f"{agent}@desk.example", **card}
        await self.ask("PUT", "routing", f"/agents/{agent}", body)
        for section in sections:
            await self.appear(agent, section)

    async def appear(self, agent: str, section: str, *, online: bool = True) -> None:
        await self.ask("POST", "routing", f"/agents/{agent}/presence", {"section": section, "online": online})

    async def write(self, channel: str, who: str, text: str, **said: object) -> Json:
        message = {"id": f"{channel}-{who}-{text}", "text": text, **said}
        body = {"channel": channel, "message": message, "author": {"id": who, "name": who}}
        return await self.ask("POST", "intake", "/messages", body, role="adapter")

    async def do(self, ticket: str, verb: str, agent: str = "", **said: object) -> Json:
        """What an agent does about a ticket, or what it was refused for."""
        named = {"agent": agent} if agent else {}
        return await self.ask("POST", "intake", f"/tickets/{ticket}/{verb}", {**named, **said})

    async def see(self, service: str, path: str) -> Json:
        await quiet(self.installed)
        return await self.ask("GET", service, path)

    async def holder(self, ticket: str) -> Json:
        return await self.see("routing", f"/tickets/{ticket}/assignment")

    async def ask(self, method: str, service: str, path: str, body: object = None, role: str = "lead") -> Json:
        """One request, a str as CSV and all else as JSON; what was answered, a refusal too."""
        content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body)
        media = "text/csv" if isinstance(body, str) else "application/json"
        headers = {"Authorization": f"Bearer {self.installed.keys[role]}", "Content-Type": media}
        url = f"{self.installed.url(service)}{path}"
        return (await self.http.request(method, url, content=content, headers=headers)).json()


def _hours(known: Any, *, shut: bool) -> Any:  # noqa: ANN401  # a calendar's own struct
    today = datetime.now(UTC).weekday()
    days = [WEEKDAYS[(today + 3) % 7]] if shut else WEEKDAYS
    bare = msgspec.structs.replace(known, production_calendar=None, holidays=frozenset(), days={})
    return msgspec.structs.replace(bare, hours=dict.fromkeys(days, ROUND_THE_CLOCK))


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    with directory() as data:
        running = Platform(data)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="module")
def live() -> Iterator[Callable[[Callable[[Day], Any]], Any]]:
    """What a day comes to on a platform of its own, since it plans rosters and publishes hours."""
    with directory() as data:
        running = Platform(data)

        async def lived(story: Callable[[Day], Any]) -> Any:  # noqa: ANN401  # what the story tells
            async with httpx.AsyncClient(timeout=20) as http:
                return await story(Day(running, http))

        try:
            running.start()
            yield lambda story: run(lived(story))
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
