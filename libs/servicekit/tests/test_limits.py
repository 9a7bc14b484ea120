from collections.abc import AsyncIterator

import httpx
import pytest

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


async def chunks(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 1000):
        yield b"x" * 1000


@pytest.mark.parametrize(("total", "status"), [(3000, 200), (4000, 413)])
async def test_a_streamed_body_is_counted_as_it_comes(client: httpx.AsyncClient, total: int, status: int) -> None:
    answer = await client.post("/stream", content=chunks(total))

    assert answer.status_code == status


async def test_a_body_without_length_is_refused_in_a_door_that_takes_json(client: httpx.AsyncClient) -> None:
    answer = await client.post("/messages/1", content=chunks(MIB + 1000), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["limit"] == MIB


@pytest.mark.parametrize("length", [str(MIB + 1), "9" * 5000])
async def test_a_body_announced_too_large_is_not_waited_for(client: httpx.AsyncClient, length: str) -> None:
    answer = await client.post("/ignored", content=b"x", headers={"Content-Length": length})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_lying_length_does_not_help(client: httpx.AsyncClient) -> None:
    answer = await client.post("/stream", content=chunks(4000), headers={"Content-Length": "10"})

    assert answer.status_code == 413


async def test_a_body_of_just_the_limit_is_taken(client: httpx.AsyncClient) -> None:
    text = '{"subject": "%s"}'
    fitting = text % ("x" * (MIB - len(text) + 2))

    assert (await client.post("/messages/1", content=fitting, headers=JSON)).status_code == 200
    assert (await client.post("/messages/1", content=fitting + " ", headers=JSON)).status_code == 413
