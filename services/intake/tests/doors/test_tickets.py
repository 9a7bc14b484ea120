"""Lists, one ticket, verbs, regulations."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_list_is_filtered_and_paged(desk: SimpleNamespace) -> None:
    sent = [await desk.send(author={"id": "busy"}) for _ in range(5)]
    numbers, position = [each.json()["number"] for each in sent], sent[-1].headers["reglament-position"]
    first = await desk.get(f"/tickets/{sent[0].json()['ticket']}")
    mine = f"requester={first.json()['requester']}"
    assert [row["number"] for row in await desk.listed(f"?{mine}&limit=2", position)] == numbers[:2:-1]
    page = (await desk.get(f"/tickets?{mine}&limit=2")).json()
    rest = (await desk.get(f"/tickets?{mine}&limit=3&cursor={page['next']}")).json()
    assert ([row["number"] for row in rest["tickets"]], rest["next"]) == (numbers[2::-1], None)


async def test_filters_go_together(desk: SimpleNamespace) -> None:
    answer = await desk.send(author={"id": "filtered"})
    number, position = answer.json()["number"], answer.headers["reglament-position"]
    same = f"?stage=level1&channel=cabinet&category=project-question&agent=&q={number.lower()}"
    assert number in [row["number"] for row in await desk.listed(same, position)]
    assert await desk.listed(f"?stage=level2&q={number}") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?stage=%00", 200),
        ("?stage='--", 200),
        ("?q=x", 422),
        ("?limit=0", 422),
        ("?cursor=-1", 422),
        ("?order=1", 422),
    ],
)
async def test_a_hostile_filter_finds_nothing_or_is_refused(desk: SimpleNamespace, query: str, status: int) -> None:
    answer = await desk.get(f"/tickets{query}")
    assert (answer.status_code, answer.json().get("tickets", [])) == (status, [])


async def test_a_ticket_is_read_by_id_and_by_number_with_its_whole_conversation(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    number = (await desk.do(ticket, "note", text="Похоже на склад")).json()["number"]
    await desk.do(number.lower(), "reply", text="Смотрим")
    found = (await desk.get(f"/tickets/{number}")).json()
    assert found["id"] == ticket
    assert [each["said"].get("text") for each in found["conversation"]] == [
        "Не открывается отчёт", "Похоже на склад", "Смотрим",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["TIC-999999", "x", "00000000-0000-0000-0000-000000000000", "%00", "a" * 300])
async def test_a_ticket_that_does_not_exist_is_not_found(desk: SimpleNamespace, name: str) -> None:
    assert (await desk.get(f"/tickets/{name}")).status_code == 404
    assert (await desk.do(name, "note", text="?")).status_code == 404


async def test_a_ticket_goes_its_way_through_the_regulation(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    assert (await desk.do(ticket, "classify", category="Проблемы с хостингом")).json()["category"] == "hosting-problem"
    assert (await desk.do(ticket, "prioritize", priority="urgent", reason="склад")).json()["priority"] == "urgent"
    assert (await desk.do(ticket, "escalate")).json()["stage"] == "level2"
    assert (await desk.do(ticket, "ask", text="Какой?")).json()["waiting"] is True
    assert (await desk.do(ticket, "resolve", text="Готово")).json()["standing"] == "resolved"
    closed = await desk.do(ticket, "close", "cabinet")
    reopened = await desk.do(ticket, "reopen", by="requester")
    assert (closed.json()["stage"], reopened.json()["stage"]) == ("closed", "reopened")
    (row,) = await desk.listed(f"?q={closed.json()['number']}&stage=reopened", reopened.headers["reglament-position"])
    assert (row["category"], row["priority"], row["waiting"]) == ("hosting-problem", "urgent", False)


async def test_the_impossible_is_refused_with_what_is_possible(desk: SimpleNamespace) -> None:
    answer = await desk.do(await desk.opened(), "escalate", stage="level4")
    assert (answer.status_code, answer.json()["reason"]) == (409, "no-such-transition")
    assert "level2" in answer.json()["detail"]


async def test_an_unknown_category_is_answered_with_the_known(desk: SimpleNamespace) -> None:
    answer = await desk.do(await desk.opened(), "classify", category="чудеса")
    assert answer.status_code == 422
    assert "hosting-problem" in answer.json()["errors"][0]["detail"]


async def test_the_same_command_twice_is_recorded_once(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    for _ in range(2):
        headers = desk.bearer["agent"] | {"Idempotency-Key": "c-1"}
        await desk.client.post(f"/tickets/{ticket}/reply", json={"text": "Смотрим"}, headers=headers)
    assert len((await desk.get(f"/tickets/{ticket}")).json()["conversation"]) == 2


@pytest.mark.parametrize(
    ("verb", "said", "role", "status"),
    [
        ("reply", {}, "agent", 422),
        ("reply", {"text": ""}, "agent", 422),
        ("reply", {"text": "a", "author": "x"}, "agent", 422),
        ("prioritize", {"priority": "urgent", "sla_policy": "x"}, "agent", 422),
        ("reply", {"text": "a", "agent": "boris"}, "agent", 403),
        ("reply", {"text": "a", "agent": "boris"}, "lead", 200),
        ("reply", {"text": "a"}, "analyst", 403),
        ("reply", {"text": "a"}, "adapter", 403),
        ("fly", {}, "agent", 404),
        ("close", {"by": "system"}, "agent", 422),
    ],
)
async def test_who_may_say_what(desk: SimpleNamespace, verb: str, said: dict[str, Any], role: str, status: int) -> None:
    assert (await desk.do(await desk.opened(), verb, role, **said)).status_code == status


async def test_an_adapter_closes_only_tickets_of_its_channels(desk: SimpleNamespace, client: httpx.AsyncClient) -> None:
    answer = await desk.send(channel="api")
    assert (await desk.do(answer.json()["ticket"], "close", "cabinet")).status_code == 404


async def test_texts_are_for_agents_and_lists_hold_none(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    assert (await desk.get(f"/tickets/{ticket}", "analyst")).status_code == 403
    assert "отчёт" not in (await desk.get("/tickets", "analyst")).text


async def test_the_contract_is_described(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/messages", "/channels/{channel}", "/tickets/{ticket}/resolve", "/quarantine"} <= paths.keys()
