"""What operators ask a service: its events, and what it could not apply."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jsonschema
import pytest
from contracts.catalogue import OWNERS
from eventlog.postgres import connect
from servicekit import keys
from servicekit.app import create_app
from servicekit.auth import Role, issue
from servicekit.settings import Settings
from testkit.servers import Database

PARK = """
    insert into parked (follower, position, id, subject, reason)
    values ('sla', 7, gen_random_uuid(), 'ticket-a', 'ValueError: no'), ('sla', 9, gen_random_uuid(), 'ticket-b', 'x')
"""


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    ring = {role: issue(f"one-{role}", role) for role in (Role.ops, Role.agent)}
    keys.write(tmp_path / "ring.json", [entry for _, entry in ring.values()])
    app = create_app("sla", description="", settings=Settings(keys=tmp_path / "ring.json"), routers=[])
    pool = await connect(database.url_for("sla"))
    app.state.host = SimpleNamespace(log=SimpleNamespace(pool=pool))
    await pool.execute(PARK)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sla") as http:
        http.headers["Authorization"] = f"Bearer {ring[Role.ops][0]}"
        yield http
    await pool.close()


async def test_operators_see_what_is_parked_and_why(client: httpx.AsyncClient) -> None:
    found = (await client.get("/parked")).json()

    assert [(each["position"], each["subject"], each["reason"]) for each in found] == [
        (7, "ticket-a", "ValueError: no"),
        (9, "ticket-b", "x"),
    ]


async def test_one_tickets_parked_events_can_be_tried_again(client: httpx.AsyncClient) -> None:
    answer = await client.post("/parked/ticket-a/replay")

    assert (answer.status_code, answer.json()) == (202, {"events": 1})
    assert [each["replay"] for each in (await client.get("/parked")).json()] == [True, False]


async def test_nothing_parked_is_nothing_to_replay(client: httpx.AsyncClient) -> None:
    assert (await client.post("/parked/ticket-z/replay")).status_code == 404


async def test_a_subject_that_no_text_can_be_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/parked/%00/replay")).status_code == 422


async def test_parked_events_are_for_operators_only(client: httpx.AsyncClient) -> None:
    assert (await client.get("/parked", headers={"Authorization": "Bearer dk_x_y"})).status_code == 401


async def test_the_events_a_service_says_and_hears_are_described(client: httpx.AsyncClient) -> None:
    document = (await client.get("/asyncapi")).json()

    sent = {name.partition(":")[2] for name, each in document["operations"].items() if each["action"] == "send"}
    assert len(sent) == len(OWNERS["sla"])
    assert sent < set(document["channels"])
    for channel in document["channels"].values():
        for message in channel["messages"].values():
            jsonschema.Draft202012Validator.check_schema(message["payload"])
            assert {"position", "stream", "data", "meta"} <= set(*[each["required"] for each in _whole(message)])


def _whole(message: dict[str, Any]) -> list[dict[str, Any]]:
    """What a message as a whole has to hold: the event stands in its `data`."""
    payload = message["payload"]
    return [payload["$defs"][payload["$ref"].rpartition("/")[2]]]
