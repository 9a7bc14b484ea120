"""The whole service on a real PostgreSQL: events in, clocks out, over HTTP."""

import base64
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uuid_utils
from contracts import Event, Meta
from contracts.intake import RegulationPublished, TicketEscalated
from contracts.streams import regulation_stream, ticket_stream
from embedded.nats import Nats
from eventlog.postgres import PostgresLog, connect
from eventlog.store import NEXT, New
from eventlog.vault import Vault
from regulation.document import Regulation
from servicekit import keys
from servicekit.keys import Role, issue
from sla.app import create
from testkit.servers import Database

Desk = Any
Service = SimpleNamespace
LEVEL_1 = ("level1", "running", "1 час", 3600)
MASTER = base64.b64encode(b"m" * 32).decode()


@pytest.fixture
async def service(
    database: Database, nats_server: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    key, entry = issue("a lead", Role.lead)
    keys.write(tmp_path / "keys.json", [entry])
    given = {"DATABASE_URL": database.url_for("sla"), "NATS_URL": nats_server.url, "MASTER_KEY": MASTER}
    for name, value in {**given, "KEYS": str(tmp_path / "keys.json")}.items():
        monkeypatch.setenv(f"REGLAMENT_{name}", value)
    app = create()
    transport = httpx.ASGITransport(app)
    intake = await connect(database.url_for("intake"))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://sla.example") as client,
    ):
        client.headers["Authorization"] = f"Bearer {key}"
        log = PostgresLog(intake, Vault(MASTER), app.state.host.feed.publish)
        yield Service(client=client, log=log, host=app.state.host)
        await log.close()
    await intake.close()


async def told(service: Service, stream: str, said: Event) -> int:
    new = New(id=str(uuid_utils.uuid7()), stream=stream, version=NEXT, event=said, meta=Meta(actor="test"))
    appended = await service.log.append([new], frozenset({getattr(said, "requester", "")}) - {""})
    return int(appended.last)


@pytest.fixture
async def ticket(service: Service, desk: Desk) -> int:
    """A published regulation and an opened ticket `t`; the position of its opening."""
    published: RegulationPublished = desk.told[0].data
    await told(service, regulation_stream("csn"), published)
    desk.opened("2026-03-16 10:00")
    return await told(service, ticket_stream("t"), desk.told[-1].data)


async def reached(service: Service, position: int, path: str) -> httpx.Response:
    """The answer once the view holds the reaction to what stands at this position."""
    await service.host.follower.progress.reach(position, 5)
    head = await service.log.head()
    return await service.client.get(path, headers={"Reglament-After": str(head.position)})


async def test_an_opened_ticket_has_its_clock_at_the_log_s_time(service: Service, ticket: int) -> None:
    answer = await reached(service, ticket, "/tickets/t/clocks")
    [clock] = answer.json()
    recorded = (await service.log.read(ticket_stream("t")))[0].recorded_at
    assert (clock["clock"], clock["state"], clock["target"], clock["target_seconds"]) == LEVEL_1
    assert datetime.fromisoformat(clock["started_at"]) == recorded


async def test_an_escalation_shows_on_the_board(service: Service, ticket: int, desk: Desk) -> None:
    said = TicketEscalated(at=desk.now, ticket="t", stage="level2", previous="level1", agent="anna")
    answer = await reached(service, await told(service, ticket_stream("t"), said), "/board")
    body = answer.json()
    assert (body["open"], [line["clock"] for line in body["clocks"]]) == (1, ["level2"])


async def test_d3_a_clock_is_explained_by_the_ticket_s_own_events(service: Service, ticket: int) -> None:
    answer = await reached(service, ticket, "/tickets/t/clocks/level1/explain")
    found, [opening] = answer.json(), await service.log.read(ticket_stream("t"))
    assert (found["started_by"]["event"], found["cell"]["written"]) == (opening.id, "1 час")
    spans = [[datetime.fromisoformat(each) for each in pair] for pair in found["slices"]]
    assert sum((b - a).total_seconds() for a, b in spans) == found["target_seconds"]
    assert (await service.client.get(f"/tickets/t/clocks/{found['id']}/explain")).json()["clock"] == "level1"


async def test_d9_a_ticket_s_time_is_shared_out(service: Service, ticket: int) -> None:
    found = (await reached(service, ticket, "/tickets/t/attribution")).json()
    assert sum(found["seconds"].values()) == found["total_seconds"]
    assert (await service.client.get("/tickets/nothing/attribution")).status_code == 404
    assert (await service.client.get("/tickets/t/clocks/nothing/explain")).status_code == 404


async def test_d2_a_migration_is_previewed_for_those_who_may_decide_it(service: Service, ticket: int) -> None:
    await reached(service, ticket, "/board")
    answer = await service.client.post("/regulations/csn/migrations/preview", json={"to": "1"})
    assert (answer.status_code, answer.json()["totals"]["tickets"]) == (200, 0)
    assert (await service.client.post("/regulations/csn/migrations/preview", json={"to": "9"})).status_code == 422
    assert (await service.client.post("/regulations/no/migrations/preview", json={"to": "1"})).status_code == 404


async def test_doors_answer_with_problems_where_there_is_nothing(service: Service, ticket: int) -> None:
    await reached(service, ticket, "/board")
    assert (await service.client.get("/tickets/nothing/clocks")).status_code == 404
    wrong = {"calendar": "office", "from": "2026-03-16T10:00Z", "to": "2026-03-15T10:00Z"}
    refused = await service.client.post("/working-time", json=wrong)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    service.client.headers.pop("Authorization")
    assert (await service.client.get("/board")).status_code == 401


async def test_preview_and_working_time_know_the_published_regulation(service: Service, ticket: int) -> None:
    await reached(service, ticket, "/board")
    span = {"calendar": "office", "from": "2026-03-19T16:00:00+03:00", "work": "PT4H"}
    assert (await service.client.post("/working-time", json=span)).json()["due"] == "2026-03-20T08:00:00Z"
    timeline = [{"at": "2026-03-19T16:00:00+03:00", "event": "opened"}]
    body = {"regulation": "csn", "ticket": {"category": "defect", "priority": "critical"}, "timeline": timeline}
    [clock] = (await service.client.post("/preview", json=body)).json()["clocks"]
    assert (clock["plan"], clock["due_at"]) == ("outage", "2026-03-19T13:15:00Z")


async def test_metrics_show_open_deadlines_by_policy(service: Service, ticket: int) -> None:
    await reached(service, ticket, "/board")
    text = (await service.client.get("/metrics")).text
    assert 'sla_deadlines_open{policy="standard-support"} 1.0' in text
    assert "sla_scheduler_oldest_due_timestamp_seconds" in text


async def test_a_bare_name_at_the_doors_means_the_version_in_force(
    service: Service, ticket: int, changed_of: Callable[..., Regulation]
) -> None:
    later = changed_of(lambda document: document.update(version="2", effective_from="2099-01-01"))
    at = datetime(2099, 1, 1, tzinfo=UTC)
    said = RegulationPublished(at=datetime.now(UTC), effective_from=at, **later.published())
    await reached(service, await told(service, regulation_stream("csn"), said), "/board")
    timeline = [{"at": "2026-03-19T16:00:00+03:00", "event": "opened"}]
    for name, meant in (("csn", "csn@1"), ("csn@2", "csn@2")):
        answer = await service.client.post("/preview", json={"regulation": name, "timeline": timeline})
        assert answer.json()["regulation"] == meant
