import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from contracts import Event, Meta
from contracts.intake import TicketOpened, TicketResolved
from contracts.reasons import Assignment
from contracts.routing import TicketAssigned
from contracts.streams import assignment_stream, derived_id, ticket_stream
from csi.app import create
from embedded.nats import Nats
from eventlog.feed import Feed
from eventlog.postgres import PostgresLog, connect
from eventlog.store import NEXT, New
from eventlog.vault import Vault
from fastapi import FastAPI
from servicekit.keys import Role, issue, write
from testkit.servers import Database

SECRET = b64encode(bytes(range(32))).decode()
NOW = datetime.now(UTC)


class Desk:
    """What intake and routing would record, and everybody's clients."""

    def __init__(self, app: FastAPI, logs: dict[str, PostgresLog], keys: dict[str, str]) -> None:
        self.app, self.logs, self.keys = app, logs, keys
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://csi.example")

    async def say(self, who: str, said: Event, stream: str, *mint: str) -> str:
        new = New(id=str(uuid4()), stream=stream, version=NEXT, event=said, meta=Meta())
        await self.logs[who].append([new], frozenset(mint))
        return new.id

    async def resolved(
        self, agent: str = "anna", group: str = "support", channel: str = "email", language: str = "ru"
    ) -> str:
        """A ticket opened, given to somebody and resolved: the path of its rating page."""
        ticket = self.ticket = str(uuid4())
        what = {"ticket": ticket, "number": "T-1", "requester": f"r-{ticket}", "channel": channel}
        texts = {
            "section": "requests",
            "subject": "сбой",
            "text": "тайна",
            "reply_to": "i@example.com",
        }
        stage = {"category": "defect", "priority": "normal", "stage": "level1", "kind": "email", "regulation": "csn@1"}
        opened = TicketOpened(at=NOW, language=language, **what, **texts, **stage)
        await self.say("intake", opened, ticket_stream(ticket), f"r-{ticket}")
        given = TicketAssigned(at=NOW, ticket=ticket, group=group, agent=agent, because=Assignment(rule="turn"))
        await self.say("routing", given, assignment_stream(ticket))
        done = TicketResolved(at=NOW, ticket=ticket, requester=f"r-{ticket}", agent=agent, text="", previous="level2")
        survey = derived_id(await self.say("intake", done, ticket_stream(ticket)), "survey")
        await self._asked(survey)
        return str(self.app.state.links.link(survey)).removeprefix("http://127.0.0.1:8005")

    async def _asked(self, survey: str) -> None:
        while not (asked := await self.logs["intake"].read(f"survey-{survey}")):
            await asyncio.sleep(0.01)
        await self.get("/report", after=asked[-1].position)

    async def get(self, path: str, who: str = "lead", after: int = 0) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Reglament-After": str(after)}
        return await self.http.get(path, headers=headers)

    async def rate(self, path: str, score: object, comment: str = "") -> httpx.Response:
        return await self.http.post(path, data={"score": str(score), "comment": comment})

    async def ready(self) -> None:
        while (await self.http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def environment(
    module_database: Database, nats_server: Nats, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What csi is told, and a key for every role."""
    issued = {role.value: issue(role.value, role) for role in Role}
    ring = tmp_path_factory.mktemp("keys") / "ring.json"
    write(ring, [entry for _, entry in issued.values()])
    told = {"DATABASE_URL": module_database.url_for("csi"), "NATS_URL": nats_server.url, "KEYS": str(ring)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (told | {"MASTER_KEY": SECRET, "TOKEN_SECRET": SECRET}).items():
            patch.setenv(f"REGLAMENT_{name}", value)
        yield {name: key for name, (key, _) in issued.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(module_database: Database, nats_server: Nats, environment: dict[str, str]) -> AsyncIterator[Desk]:
    feed = Feed(nats_server.url)
    feed.start()
    pools = {who: await connect(module_database.url_for(who)) for who in ("intake", "routing")}
    logs = {who: PostgresLog(pool, Vault(SECRET), feed.publish) for who, pool in pools.items()}
    app = create()
    found = Desk(app, logs, environment)
    async with app.router.lifespan_context(app), found.http:
        await found.ready()
        yield found
    for who, pool in pools.items():
        await logs[who].close()
        await pool.close()
    await feed.stop()
