"""The doors as the demo's people use them: adapters, agents, customers with a mail program and a browser."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx

from reglament.credentials import known_keys
from reglament.demo.letters import Letter
from reglament.place import Place

LINK = re.compile(r"http://[^\s\"'<>]+/rate/[0-9a-f.]+")
PATIENCE = 20.0
"""Seconds the demo waits for the platform to react before it says that something is wrong."""

POLL = 0.05

Json = Any


class StuckError(Exception):
    """The platform did not do in time what the story needs next; the message says what."""


class Desk:
    """One HTTP client with everybody's keys."""

    def __init__(self, place: Place, http: httpx.AsyncClient) -> None:
        self._place = place
        self._http = http
        self._keys = known_keys(place)

    async def register(self, agent: str, name: str) -> None:
        """An agent takes up his duty: known, planned for today, online in both sections."""
        body = {"name": name, "groups": ["support", "duty"], "email": f"{agent}@desk.example", "language": "ru"}
        await self._ask("routing", "PUT", f"/agents/{agent}", "lead", body)
        for section in ("requests", "chat"):
            await self._ask(
                "routing", "POST", f"/agents/{agent}/presence", "lead", {"section": section, "online": True}
            )

    async def register_head(self, agent: str, name: str) -> None:
        """The head of support hears what nobody else can mend; no requests are dealt to him."""
        body = {"name": name, "groups": [], "email": f"{agent}@desk.example", "in_distribution": False}
        await self._ask("routing", "PUT", f"/agents/{agent}", "lead", body)

    async def mail(self, letter: Letter) -> Json:
        """A mail arrives."""
        headers = {"Authorization": f"Bearer {self._keys['adapter']}", "Content-Type": "message/rfc822"}
        url = f"{self._place.url('intake')}/channels/email"
        return _checked(await self._http.post(url, content=letter.raw, headers=headers))

    async def message(self, external_id: str, author: dict[str, str], subject: str, text: str) -> Json:
        """The cabinet's adapter posts what a client wrote there."""
        message = {"id": external_id, "subject": subject, "text": text}
        body = {"channel": "cabinet", "message": message, "author": author}
        return await self._ask("intake", "POST", "/messages", "adapter", body, key=external_id)

    async def chat(self, chat: int, name: str, text: str) -> None:
        """Somebody writes to the bot, through the Telegram double and its webhook."""
        url = f"{self._place.url('telegram')}/api/chats/{chat}/messages"
        _checked(await self._http.post(url, json={"text": text, "name": name, "language": "ru"}))

    async def do(self, ticket: str, verb: str, agent: str, **body: str) -> Json:
        """An agent does something about a ticket; the lead's key may act in an agent's name."""
        return await self._ask("intake", "POST", f"/tickets/{ticket}/{verb}", "lead", {**body, "agent": agent})

    async def assignment(self, ticket: str) -> Json:
        """Who has the ticket, or nothing while nobody has."""
        headers = {"Authorization": f"Bearer {self._keys['lead']}"}
        answer = await self._http.get(f"{self._place.url('routing')}/tickets/{ticket}/assignment", headers=headers)
        return None if answer.status_code == 404 else _checked(answer)

    async def newest_mail(self, address: str, *words: str) -> Json:
        """The newest mail to somebody in which all of these words stand, whole; nothing if there is none."""
        for mail in await self.mails_to(address):
            whole = _checked(await self._http.get(f"{self._place.url('mail')}/api/mails/{mail['id']}"))
            text = json.dumps(whole, ensure_ascii=False)
            if all(word in text for word in words):
                return whole
        return None

    async def mails_to(self, address: str) -> list[Json]:
        """What the mail catcher holds for somebody, newest first."""
        return list(_checked(await self._http.get(f"{self._place.url('mail')}/api/mails", params={"to": address})))

    async def rating_link(self, address: str, number: str) -> str:
        """The link in the newest mail to somebody that has one for this ticket."""
        mail = await self.newest_mail(address, number, "/rate/")
        link = LINK.search(json.dumps(mail, ensure_ascii=False)) if mail else None
        return link[0] if link else ""

    async def rate(self, link: str, score: int, comment: str) -> None:
        """The requester opens the form and sends it."""
        (await self._http.get(link)).raise_for_status()
        answer = await self._http.post(link, data={"score": str(score), "comment": comment})
        if answer.is_error:
            raise StuckError(f"the rating form answered {answer.status_code}")

    async def _ask(self, service: str, method: str, path: str, role: str, body: Json = None, key: str = "") -> Json:  # noqa: PLR0913  # what a request has
        headers = {"Authorization": f"Bearer {self._keys[role]}", "Idempotency-Key": key or uuid4().hex}
        url = f"{self._place.url(service)}{path}"
        return _checked(await self._http.request(method, url, json=body, headers=headers))


async def awaited(what: str, look: Callable[[], Awaitable[Json]]) -> Json:
    """What `look` finds, as soon as it finds something; StuckError after 20 s."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := await look():
            return found
        await asyncio.sleep(POLL)
    raise StuckError(f"waited {PATIENCE:.0f} s for {what}: look at `reglament status` and the logs")


def _checked(answer: httpx.Response) -> Json:
    if answer.is_error:
        raise StuckError(
            f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text}"
        )
    return answer.json() if answer.content else None
