"""A client that hands in messages at its own pace, whatever the answers, and repeats each under its key (I1)."""

import asyncio
import random
from collections.abc import Callable, Mapping
from itertools import count

import httpx
import msgspec

from testkit.history import History, Post
from testkit.world import Installation

TIMEOUT = 6.0
PATIENCE = 90.0
"""Seconds after which a client gives up on a message."""
MAIL = """From: Client {n} <client-{who}@example.ru>
To: support@desk.example
Subject: Message {n}
Message-ID: {key}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Не открывается карточка клиента, сообщение {n}.
"""


class Message(msgspec.Struct, frozen=True):
    """One message as it goes over the wire, again and again the same."""

    intent: int
    channel: str
    key: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Open-loop: a message leaves every 1/rate seconds; a third of them mails, the others from an adapter."""

    def __init__(self, world: Installation, rate: float, seed: int) -> None:
        self.history = History()
        self._url = world.url("intake")
        self._key = world.keys["adapter"]
        self._rate = rate
        self._rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self._numbers = count(1)
        self._space = f"{seed:x}-{self._rng.getrandbits(32):08x}"

    async def run(self, going_on: Callable[[], bool]) -> None:
        """Send while it is to go on, then wait until every message was taken or given up."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with httpx.AsyncClient(timeout=TIMEOUT, limits=httpx.Limits(max_connections=200)) as http:
            sending: set[asyncio.Task[None]] = set()
            while going_on():
                sending.add(asyncio.create_task(self.insist(http, self.message())))
                await asyncio.sleep(max(0.0, began + len(sending) / self._rate - loop.time()))
            await asyncio.gather(*sending)

    async def insist(self, http: httpx.AsyncClient, message: Message) -> None:
        """Hand a message in until it is taken; the same key each time."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + PATIENCE, 0.1
        while loop.time() < deadline:
            if (await self.post(http, message)).taken and self._rng.random() > 0.05:
                return  # now and then the answer counts as lost, and the message goes out again
            await asyncio.sleep(pause * self._rng.uniform(0.5, 1.5))
            pause = min(2.0, pause * 2)

    async def post(self, http: httpx.AsyncClient, message: Message) -> Post:
        """One attempt, and what came of it."""
        try:
            answer = await http.post(f"{self._url}{message.path}", headers=dict(message.headers), content=message.body)
        except httpx.TransportError:
            post = Post(intent=message.intent, channel=message.channel, key=message.key, status=0)
        else:
            post = _told(message, answer)
        self.history.note(post)
        return post

    def message(self) -> Message:
        """The next message."""
        n = next(self._numbers)
        return self._adapted(n) if n % 3 else self._mail(n)

    def again(self, message: Message) -> Message:
        """The same message under a fresh key: what a client without idempotency keys sends when it repeats."""
        key = f"{message.key}-{self._rng.getrandbits(32):08x}"
        return msgspec.structs.replace(message, key=key, headers={**message.headers, "Idempotency-Key": key})

    def _mail(self, n: int) -> Message:
        key = f"<{self._space}.{n}@example.ru>"
        body = MAIL.format(n=n, who=n, key=key).replace("\n", "\r\n").encode()
        return Message(n, "email", key, "/channels/email", self._headers("message/rfc822"), body)

    def _adapted(self, n: int) -> Message:
        key = f"{self._space}-{n}"
        message = {"id": key, "subject": f"Message {n}", "text": "Как добавить сотрудника?"}
        author = {"id": f"{self._space}-{n}", "name": f"Client {n}"}
        body = msgspec.json.encode({"channel": "api", "message": message, "author": author})
        headers = {**self._headers("application/json"), "Idempotency-Key": key}
        return Message(n, "api", key, "/messages", headers, body)

    def _headers(self, media_type: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}", "Content-Type": media_type}


def _told(message: Message, answer: httpx.Response) -> Post:
    receipt = answer.json() if answer.is_success else {}
    return Post(
        intent=message.intent,
        channel=message.channel,
        key=message.key,
        status=answer.status_code,
        ticket=receipt.get("ticket") or "",
        outcome=receipt.get("outcome", ""),
    )
