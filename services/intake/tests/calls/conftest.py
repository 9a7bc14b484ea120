"""An intake that goes by the demo's regulation, which includes `missed-calls`, and people at its doors."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from intake.settings import IntakeSettings
from regulation.document import Regulation
from regulation.load import load
from testkit.waiting import until

REGULATIONS = Path(__file__).parents[4] / "regulations"
NUMBER = "+7 (999) 000-00-01"
MONDAY = datetime.fromisoformat("2026-07-06T10:00:00+03:00")


@pytest.fixture(scope="session")
def demo() -> Regulation:
    return load(REGULATIONS / "demo.yaml")


@pytest.fixture(scope="module")
def settings(settings: IntakeSettings) -> Iterator[IntakeSettings]:
    """The same as everywhere, with the demo's regulation beside csn."""
    for name in ("demo.yaml", "missed-calls.yaml"):
        shutil.copy(REGULATIONS / name, settings.regulations)
    return settings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(app: FastAPI) -> FastAPI:
    """Intake, once it knows both regulations."""
    regulations = app.state.house.host.state.regulations
    await until(lambda: "demo" in regulations, "the demo's regulation is published")
    return app


class Exchange:
    """A telephone exchange's adapter, and agents who look at what it told."""

    def __init__(self, client: httpx.AsyncClient, bearer: dict[str, dict[str, str]]) -> None:
        self.client = client
        self.bearer = bearer

    async def tell(self, kind: str = "missed", caller: object = NUMBER, **fields: object) -> httpx.Response:
        """One call."""
        said = {"id": uuid4().hex, "channel": "demo-phone", "kind": kind, "caller": caller, "at": MONDAY.isoformat()}
        return await self.client.post("/calls", json=said | fields, headers=self.bearer["adapter"])

    async def missed(self, caller: str = "", **fields: object) -> dict[str, Any]:
        """A missed call of somebody new, seen by the lists."""
        answer = await self.tell(caller=caller or uuid4().hex, **fields)
        assert answer.status_code == 202, answer.text
        await self.listed(after=answer.headers["reglament-position"])
        told: dict[str, Any] = answer.json()
        return told

    async def listed(self, query: str = "?limit=200", after: str = "0") -> list[dict[str, Any]]:
        """The calls, not before the list holds a position."""
        headers = self.bearer["agent"] | {"Reglament-After": after}
        answer = await self.client.get(f"/calls{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["calls"]
        return rows

    async def seen(self, call: str, after: str = "0") -> dict[str, Any]:
        """One call as the list has it."""
        return next(each for each in await self.listed("?state=all&limit=200", after) if each["call"] == call)

    async def do(self, call: str, verb: str, role: str = "lead", **said: object) -> httpx.Response:
        """Something done about a call."""
        return await self.client.post(f"/calls/{call}/{verb}", json=said, headers=self.bearer[role])

    async def ticket_verb(self, ticket: str, verb: str, role: str = "lead", **said: object) -> httpx.Response:
        """Something done about a ticket, seen by the lists."""
        answer = await self.client.post(f"/tickets/{ticket}/{verb}", json=said, headers=self.bearer[role])
        await self.listed(after=answer.headers.get("reglament-position", "0"))
        return answer

    async def wrote(self, author: dict[str, str], channel: str = "demo-phone") -> str:
        """The id of a ticket that somebody opened by writing."""
        body = {"channel": channel, "message": {"id": uuid4().hex, "text": "Где заказ?"}, "author": author}
        answer = await self.client.post("/messages", json=body, headers=self.bearer["adapter"])
        return str(answer.json()["ticket"])

    async def ticket(self, ticket: str) -> dict[str, Any]:
        """One ticket whole."""
        found: dict[str, Any] = (await self.client.get(f"/tickets/{ticket}", headers=self.bearer["agent"])).json()
        return found


@pytest.fixture
def exchange(client: httpx.AsyncClient, issued: SimpleNamespace) -> SimpleNamespace:
    """An `Exchange`, in the only form whose attributes another test module may name without importing it."""
    made = Exchange(client, issued.bearer)
    doors = ("tell", "missed", "listed", "seen", "do", "ticket_verb", "wrote", "ticket")
    return SimpleNamespace(client=client, bearer=issued.bearer, **{name: getattr(made, name) for name in doors})
