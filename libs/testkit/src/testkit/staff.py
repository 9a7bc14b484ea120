"""Agents at work: registered and online, they solve tickets as they come, and take no as an answer."""

import asyncio
from collections.abc import Callable
from itertools import count

import httpx

from testkit.history import History
from testkit.world import Installation

PACE = 0.4
"""Seconds from one ticket to the next."""


class Staff:
    """A few agents behind the lead's key; those with an address are told by mail."""

    def __init__(self, world: Installation, agents: dict[str, str]) -> None:
        self._world = world
        self._agents = agents
        self._headers = {"Authorization": f"Bearer {world.keys['lead']}"}

    async def come(self) -> None:
        """Register and go online in both sections."""
        async with httpx.AsyncClient(timeout=10, headers=self._headers) as http:
            for agent, email in self._agents.items():
                url = f"{self._world.url('routing')}/agents/{agent}"
                body = {"name": agent.title(), "groups": ["support", "duty"], "email": email, "language": "ru"}
                (await http.put(url, json=body)).raise_for_status()
                for section in ("requests", "chat"):
                    said = {"section": section, "online": True}
                    (await http.post(f"{url}/presence", json=said)).raise_for_status()

    async def work(self, history: History, going_on: Callable[[], bool]) -> None:
        """Escalate and resolve one ticket after another; what fails is somebody else's to repeat."""
        done: set[str] = set()
        async with httpx.AsyncClient(timeout=5, headers=self._headers) as http:
            for n in count():
                if not going_on():
                    return
                if ticket := next((post.ticket for post in history if post.ticket not in done and post.ticket), ""):
                    done.add(ticket)
                    await self._solve(http, ticket, list(self._agents)[n % len(self._agents)])
                await asyncio.sleep(PACE)

    async def _solve(self, http: httpx.AsyncClient, ticket: str, agent: str) -> None:
        url = f"{self._world.url('intake')}/tickets/{ticket}"
        said = ("escalate", {"stage": "level2", "reason": "a bug"}), ("resolve", {"text": "Исправлено."})
        for verb, body in said:
            try:
                await http.post(f"{url}/{verb}", json={**body, "agent": agent})
            except httpx.TransportError:
                return
