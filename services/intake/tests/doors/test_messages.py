"""`POST /messages`, the public contract."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from hmac import digest as hmac
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = bytes(range(32))
FORM: dict[str, Any] = {
    "channel": "cabinet",
    "message": {"id": "m-1", "text": "Не открывается отчёт"},
    "author": {"id": "client-1"},
}
EVENT: dict[str, Any] = {
    "specversion": "1.0", "id": "e-1", "source": "/adapters/cabinet", "type": "reglament.message.received",
    "data": FORM,
}  # fmt: skip


def signed(body: bytes, key: bytes = KEY, name: str = "e-1") -> dict[str, str]:
    moment = str(int(datetime.now(UTC).timestamp()))
    mark = b64encode(hmac(key, f"{name}.{moment}.".encode() + body, "sha256")).decode()
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{mark}"}


async def post(
    client: httpx.AsyncClient, body: bytes, headers: dict[str, str], media: str = "application/json"
) -> httpx.Response:
    return await client.post("/messages", content=body, headers={"Content-Type": media} | headers)


async def test_a_message_becomes_a_ticket(desk: SimpleNamespace) -> None:
    answer = await desk.send()
    assert answer.status_code == 202
    assert answer.json().keys() == {"message", "ticket", "number", "outcome"}
    assert (answer.json()["outcome"], answer.json()["number"][:4]) == ("opened", "TIC-")
    assert int(answer.headers["reglament-position"]) > 0


async def test_the_same_message_twice_is_one_ticket(desk: SimpleNamespace) -> None:
    first, second = await desk.send("twice"), await desk.send("twice")
    assert (second.status_code, second.json()["outcome"]) == (202, "duplicate")
    assert first.json()["ticket"] == second.json()["ticket"]


async def test_another_body_under_the_same_key_is_a_conflict(desk: SimpleNamespace) -> None:
    await desk.send("reused")
    answer = await desk.send("reused", author={"id": "client-2"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


async def test_a_cloud_event_is_taken_and_told_apart_by_source_and_id(
    client: httpx.AsyncClient, issued: SimpleNamespace
) -> None:
    body, media = json.dumps(EVENT).encode(), "application/cloudevents+json"
    first = await post(client, body, issued.bearer["cabinet"], media)
    second = await post(client, body, issued.bearer["cabinet"])
    assert [each.json()["outcome"] for each in (first, second)] == ["opened", "duplicate"]


async def test_a_signed_event_needs_no_key(client: httpx.AsyncClient) -> None:
    body = json.dumps(EVENT | {"id": "e-2"}).encode()
    answer = await post(client, body, signed(body), "application/cloudevents+json")
    assert answer.json()["outcome"] == "opened"


async def test_a_signed_delivery_cannot_come_again_under_a_key_that_nobody_signed(client: httpx.AsyncClient) -> None:
    body = json.dumps(FORM).encode()
    delivery = signed(body, name="delivery-1")
    keys: list[dict[str, str]] = [{}, {"Idempotency-Key": "evil-1"}, {"Idempotency-Key": "evil-2"}]
    answers = [await post(client, body, delivery | key) for key in keys]
    assert [each.json()["outcome"] for each in answers] == ["opened", "duplicate", "duplicate"]
    assert len({each.json()["ticket"] for each in answers}) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer dk_a_b"}, 401), ({"webhook-signature": "v1,x"}, 401)],
)
async def test_nobody_unknown_gets_in(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    answer = await post(client, json.dumps(FORM).encode(), headers)
    assert answer.status_code == status


async def test_a_wrong_signature_and_another_channels_secret_are_refused(client: httpx.AsyncClient) -> None:
    body = json.dumps(FORM).encode()
    assert (await post(client, body, signed(body, bytes(32)))).status_code == 401
    other = json.dumps(FORM | {"channel": "api"}).encode()
    assert (await post(client, other, signed(other))).status_code == 403


async def test_a_key_serves_its_own_channels_only(client: httpx.AsyncClient, issued: SimpleNamespace) -> None:
    body = json.dumps(FORM | {"channel": "api"}).encode()
    assert (await post(client, body, issued.bearer["cabinet"])).status_code == 403
    assert (await post(client, body, issued.bearer["agent"])).status_code == 403


async def test_an_unknown_channel_is_answered_with_those_that_exist(desk: SimpleNamespace) -> None:
    answer = await desk.send(channel="pigeon")
    assert answer.status_code == 404
    assert "cabinet" in answer.json()["detail"]


HOSTILE = {
    "no json": b"{",
    "not utf-8": b'{"channel": "\xff\xfe"}',
    "deep": b'{"channel":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep with half an emoji": b'{"a":"\\ud83d","channel":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a list": b"[]",
    "wrong types": json.dumps(FORM | {"message": {"id": 5, "text": ["a"]}}).encode(),
    "nothing said by nobody": b"{}",
    "a big number": b'{"channel": 1e999, "message": 5}',
    "long text": json.dumps(FORM | {"message": {"id": "m", "text": "я" * 200_000}}, ensure_ascii=False).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_malformed_body_is_a_problem_that_says_where(
    client: httpx.AsyncClient, issued: SimpleNamespace, name: str
) -> None:
    answer = await post(client, HOSTILE[name], issued.bearer["adapter"])
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_half_an_emoji_costs_nobody_their_message(
    client: httpx.AsyncClient, desk: SimpleNamespace, issued: SimpleNamespace
) -> None:
    body = json.dumps(FORM | {"message": {"id": "m", "text": "привет \ud83d и \u0000 всё"}}).encode()
    answer = await post(client, body, issued.bearer["adapter"])
    said = (await desk.get(f"/tickets/{answer.json()['ticket']}")).json()["conversation"][0]["said"]["text"]
    assert said == "привет  и  всё"


async def test_a_body_over_the_limit_is_refused_without_being_kept(
    client: httpx.AsyncClient, issued: SimpleNamespace
) -> None:
    answer = await post(client, b" " * (1024 * 1024 + 1), issued.bearer["adapter"])
    assert answer.status_code == 413


async def test_another_media_type_is_told_which_ones_are_taken(
    client: httpx.AsyncClient, issued: SimpleNamespace
) -> None:
    answer = await post(client, b"<a/>", issued.bearer["adapter"], "application/xml")
    assert answer.status_code == 415


async def test_hints_choose_category_and_priority(desk: SimpleNamespace) -> None:
    answer = await desk.send(hints={"category": "Проблемы с хостингом", "priority": "Критичный"})
    ticket = (await desk.get(f"/tickets/{answer.json()['ticket']}")).json()
    assert (ticket["category"], ticket["priority"]) == ("hosting-problem", "critical")


async def test_files_by_reference_are_named_in_the_ticket(desk: SimpleNamespace) -> None:
    files = [{"name": "a.png", "media_type": "image/png", "url": "https://cabinet.example/a.png"}]
    answer = await desk.send(message={"id": "m", "text": "вот", "attachments": files})
    said = (await desk.get(f"/tickets/{answer.json()['ticket']}")).json()["conversation"][0]["said"]
    assert (
        said["attachments"][0] | {"name": "a.png", "source": "https://cabinet.example/a.png"} == said["attachments"][0]
    )
