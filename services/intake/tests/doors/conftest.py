"""Bodies and headers that the doors' tests send."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest

FORM: dict[str, Any] = {
    "channel": "cabinet",
    "message": {"id": "m-1", "text": "Не открывается отчёт", "subject": "Отчёт"},
    "author": {"id": "client-1", "name": "Анна Пример"},
}


class Desk:
    """A person or adapter at intake's doors."""

    def __init__(self, client: httpx.AsyncClient, bearer: dict[str, dict[str, str]]) -> None:
        self.client = client
        self.bearer = bearer

    async def send(self, key: str = "", **fields: object) -> httpx.Response:
        """A message as plain JSON."""
        headers = self.bearer["adapter"] | {"Idempotency-Key": key or str(uuid4())}
        return await self.client.post("/messages", json=FORM | fields, headers=headers)

    async def opened(self) -> str:
        """The id of a fresh ticket, already seen by the lists."""
        answer = await self.send()
        await self.listed(after=answer.headers["reglament-position"])
        return str(answer.json()["ticket"])

    async def do(self, ticket: str, verb: str, role: str = "agent", **said: object) -> httpx.Response:
        """A verb on a ticket."""
        return await self.client.post(f"/tickets/{ticket}/{verb}", json=said, headers=self.bearer[role])

    async def get(self, path: str, role: str = "agent") -> httpx.Response:
        """A page as this role sees it."""
        return await self.client.get(path, headers=self.bearer[role])

    async def listed(self, query: str = "", after: str = "0") -> list[dict[str, Any]]:
        """The list of tickets, not before it holds a position."""
        headers = self.bearer["agent"] | {"Reglament-After": after}
        answer = await self.client.get(f"/tickets{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["tickets"]
        return rows


@pytest.fixture
def desk(client: httpx.AsyncClient, issued: SimpleNamespace) -> SimpleNamespace:
    """A `Desk`, in the only form whose attributes another test module may name without importing it."""
    made = Desk(client, issued.bearer)
    doors = {name: getattr(made, name) for name in ("send", "opened", "do", "get", "listed")}
    return SimpleNamespace(client=client, bearer=issued.bearer, **doors)
