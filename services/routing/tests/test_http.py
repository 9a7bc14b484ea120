"""Routing behind its doors, on a real PostgreSQL and NATS."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest
from contracts import Event, Meta
from contracts.intake import RegulationPublished, TicketClosed, TicketOpened
from contracts.streams import assignment_stream, regulation_stream, ticket_stream
from embedded.nats import Nats
from eventlog.bookkeeping import Books
from eventlog.feed import Feed
from eventlog.postgres import PostgresLog, connect
from eventlog.rebuilding import prepare_views
from eventlog.store import NEXT, New
from eventlog.vault import Vault
from regulation.load import load
from routing.app import create
from routing.reactor import RoutingReactor
from servicekit.keys import Role, issue, write
from testkit.servers import Database

MASTER = b64encode(bytes(range(32))).decode()
CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
NOW = datetime.now(UTC)


class Intake:
    """What intake would record, and a client for every role."""

    def __init__(self, log: PostgresLog, http: httpx.AsyncClient, keys: dict[str, str]) -> None:
        self.log, self.http, self.keys = log, http, keys

    async def say(self, said: Event, stream: str, mint: frozenset[str] = frozenset()) -> int:
        new = New(id=str(uuid4()), stream=stream, version=NEXT, event=said, meta=Meta())
        return (await self.log.append([new], mint)).last

    async def ready(self) -> None:
        """Wait until the follower holds what was published."""
        while (await self.http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.02)
        await self.get("/queues", after=1)

    async def publish(self) -> None:
        said = RegulationPublished(
            at=NOW,
            name="csn",
            version="1",
            hash=CSN.hash,
            effective_from=NOW,
            document=msgspec.json.decode(CSN.to_json()),
        )
        await self.say(said, regulation_stream("csn"))

    async def open(self, ticket: str) -> None:
        """A ticket is opened and the follower has given it to somebody."""
        what = {"ticket": ticket, "number": "T-1", "requester": ticket, "channel": "email", "kind": "email"}
        texts = {"section": "requests", "subject": "s", "text": "t", "reply_to": "i@example.com"}
        stage = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": "csn@1"}
        await self.say(TicketOpened(at=NOW, **what, **texts, **stage), ticket_stream(ticket), {ticket})
        await self.given(ticket, 1)

    async def given(self, ticket: str, times: int) -> None:
        """Wait until the ticket has been given to somebody so many times, and the views know."""
        while len(given := await self.log.read(assignment_stream(ticket))) < times:
            await asyncio.sleep(0.01)
        await self.get("/queues", after=given[-1].position)

    async def call(self, verb: str, path: str, body: object = None, who: str = "lead") -> httpx.Response:
        return await self.http.request(verb, path, json=body, headers={"Authorization": f"Bearer {self.keys[who]}"})

    async def get(self, path: str, who: str = "lead", after: int = 0) -> list[dict[str, object]]:
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Reglament-After": str(after)}
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def agent(self, agent: str, *groups: str, online: bool = True) -> None:
        await self.call("PUT", f"/agents/{agent}", {"name": agent.title(), "groups": groups or ["support"]})
        if online:
            await self.call("POST", f"/agents/{agent}/presence", {"section": "requests", "online": True})


@pytest.fixture
async def intake(
    database: Database, nats_server: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Intake]:
    names = [(role.value, role) for role in Role] + [("anna", Role.agent), ("boris", Role.agent)]
    issued = {name: issue(name, role) for name, role in names}
    write(tmp_path / "ring.json", [entry for _, entry in issued.values()])
    environment = {"DATABASE_URL": database.url_for("routing"), "NATS_URL": nats_server.url, "MASTER_KEY": MASTER}
    for name, value in (environment | {"KEYS": str(tmp_path / "ring.json")}).items():
        monkeypatch.setenv(f"REGLAMENT_{name}", value)
    app, pool, feed = create(), await connect(database.url_for("intake")), Feed(nats_server.url)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing.example")
    log = PostgresLog(pool, Vault(MASTER), feed.publish)
    found = Intake(log, http, {name: key for name, (key, _) in issued.items()})
    feed.start()
    await found.publish()
    async with app.router.lifespan_context(app), http:
        await found.ready()
        yield found
    await log.close()
    await feed.stop()
    await pool.close()


async def test_a_ticket_is_given_in_turn_and_says_why(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.agent("boris", online=False)
    await intake.open("t1")

    shown = (await intake.call("GET", "/tickets/t1/assignment", who="agent")).json()

    assert (shown["agent"], shown["group"], shown["because"]["rule"]) == ("anna", "support", "turn")
    assert [(each["agent"], each.get("excluded")) for each in shown["because"]["candidates"]] == [
        ("anna", None),
        ("boris", "offline"),
    ]


async def test_queues_load_and_fairness_count_the_same_work(intake: Intake) -> None:
    await intake.open("t0")
    await intake.agent("anna")
    await intake.given("t0", 3)
    await intake.open("t1")

    queue = {"group": "support", "section": "requests", "channel": "email", "waiting": 0, "held": 2, "oldest": None}
    assert await intake.get("/queues") == [queue]
    (load,) = await intake.get("/load")
    assert (load["agent"], load["open"], load["open_requests"], load["requests"]) == ("anna", 2, 2, True)
    (share,) = await intake.get("/fairness")
    assert (share["pool"], share["agent"], share["turns"], share["share"]) == ("support/requests", "anna", 2, 1.0)
    assert await intake.get("/fairness?until=2020-01-01") == []


async def test_waiting_work_shows_how_long_it_waits(intake: Intake) -> None:
    await intake.open("t0")

    (queue,) = await intake.get("/queues")

    assert queue["waiting"] == 1
    assert queue["oldest"] is not None


async def test_an_agent_takes_and_passes_on(intake: Intake) -> None:
    await intake.open("t1")
    await intake.agent("anna", online=False)
    await intake.agent("boris", "Дежурная группа", online=False)

    taken = await intake.call("POST", "/tickets/t1/take", who="anna")
    passed = await intake.call("POST", "/tickets/t1/transfer", {"agent": "boris", "reason": "his project"}, "anna")

    assert (taken.json()["agent"], passed.json()) == ("anna", {"ticket": "t1", "agent": "boris", "group": "duty"})
    history = (await intake.call("GET", "/tickets/t1/assignment")).json()["history"]
    assert [(each["agent"], each["by"], each["reason"]) for each in history] == [
        ("", "routing", ""),
        ("anna", "anna", ""),
        ("boris", "anna", "his project"),
    ]
    (load,) = [
        each for each in await intake.get("/load", after=int(passed.headers["reglament-position"])) if each["open"]
    ]
    assert load["agent"] == "boris"


async def test_a_ticket_handed_to_a_group_by_title_is_dealt_there(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    await intake.agent("boris", "duty")

    await intake.call("POST", "/tickets/t1/transfer", {"group": "Duty group"})
    await intake.given("t1", 3)

    shown = (await intake.call("GET", "/tickets/t1/assignment")).json()
    assert (shown["agent"], shown["group"], shown["because"]["rule"]) == ("boris", "duty", "turn")


IMPOSSIBLE = [
    ("/tickets/t1/take", None, "boris", 409),  # not in the group
    ("/tickets/t1/take", None, "lead", 409),  # no agent at all
    ("/tickets/t1/transfer", {"agent": "nobody"}, "anna", 409),
    ("/tickets/t1/transfer", {"agent": "boris", "group": "duty"}, "anna", 422),
    ("/tickets/t1/transfer", {}, "anna", 422),
    ("/tickets/t1/transfer", {"group": "chess"}, "anna", 422),
    ("/tickets/t1/transfer", {"agent": "boris"}, "analyst", 403),
    ("/tickets/t9/take", None, "anna", 404),
]


async def test_the_impossible_is_refused(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.agent("boris", "duty")
    await intake.open("t1")

    for path, body, who, status in IMPOSSIBLE:
        answer = await intake.call("POST", path, body, who)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), body


async def test_a_closed_ticket_cannot_be_taken(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    closed = await intake.say(TicketClosed(at=NOW, ticket="t1", by="system"), ticket_stream("t1"))
    await intake.get("/queues", after=closed)

    answer = await intake.call("POST", "/tickets/t1/take", who="anna")

    assert (answer.status_code, answer.json()["reason"]) == (409, "closed")
    assert await intake.get("/queues") == []


async def test_presence_is_ones_own_or_the_heads_to_say(intake: Intake) -> None:
    await intake.agent("anna", online=False)

    for who, status in {"boris": 403, "ops": 403, "anna": 200, "lead": 200, "admin": 200}.items():
        answer = await intake.call("POST", "/agents/anna/presence", {"section": "chat", "online": True}, who)
        assert answer.status_code == status, who

    (anna,) = await intake.get("/agents", after=int(answer.headers["reglament-position"]))
    assert (anna["chat"], anna["requests"]) == (True, False)


async def test_registering_again_replaces_and_unknown_groups_are_named(intake: Intake) -> None:
    await intake.agent("anna")
    answer = await intake.call("PUT", "/agents/anna", {"name": "Анна", "groups": ["support", "duty"], "language": "en"})
    refused = await intake.call("PUT", "/agents/anna", {"name": "Анна", "groups": ["support", "chess"]})

    (anna,) = await intake.get("/agents", after=int(answer.headers["reglament-position"]))
    assert (anna["name"], anna["groups"], anna["language"], anna["requests"]) == (
        "Анна",
        ["support", "duty"],
        "en",
        True,
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/groups/1")


def shift(agent: str, hours: float, length: float = 8) -> dict[str, str]:
    starts = NOW + timedelta(hours=hours)
    return {"agent": agent, "starts": starts.isoformat(), "ends": (starts + timedelta(hours=length)).isoformat()}


async def test_a_roster_is_replaced_and_read_in_order(intake: Intake) -> None:
    empty = await intake.call("PUT", "/roster", [])
    await intake.call("PUT", "/roster", [shift("anna", 1), shift("boris", 9)])
    answer = await intake.call("PUT", "/roster", [shift("vera", 20), shift("anna", 1), shift("anna", -20)])

    shifts = await intake.get("/roster", after=int(answer.headers["reglament-position"]))
    assert (empty.json()["shifts"], answer.json()["shifts"]) == (0, 2)
    assert [(each["agent"], each["roster"]) for each in shifts] == [("anna", "main"), ("vera", "main")]


async def test_a_shift_that_makes_no_sense_is_malformed(intake: Intake) -> None:
    without_zone = {"agent": "anna", "starts": "2026-01-01T09:00:00", "ends": "2026-01-01T18:00:00"}

    for wrong in (shift("anna", 1, -1), shift("anna", 1, 49), shift("an na", 1), without_zone):
        assert (await intake.call("PUT", "/roster", [wrong])).status_code == 422


async def test_views_made_anew_are_the_same(intake: Intake, database: Database) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    reads = ("/agents", "/queues", "/load", "/fairness")
    before = [await intake.get(path) for path in reads]

    pool = await connect(database.url_for("routing"))
    await pool.execute("update view_state set code = 'older'")
    await prepare_views(PostgresLog(pool, Vault(MASTER), intake.log.publish), RoutingReactor(), Books("routing"))
    await pool.close()

    assert [await intake.get(path) for path in reads] == before
