from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, Request, Response
from servicekit import problems, telemetry
from servicekit.app import create_app
from servicekit.limits import MIB
from servicekit.settings import Settings

CALLER = f"00-{'ab' * 16}-{'cd' * 8}-01"
RAISED = {b"refuse": problems.NotFound("Look it up in the list."), b"break": RuntimeError("secret internals")}


async def door(request: Request) -> Response:
    """How long the body is and in which trace it came."""
    body = await request.body()
    if body in RAISED:
        raise RAISED[body]
    return Response(f"{len(body)} {telemetry.trace_id()}", 202)


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """At a service that exports no spans and has one straight door."""
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    router = APIRouter()
    router.post("/door", response_class=Response)(door)
    doors = {("POST", "/door"): door}
    app = create_app("straight", description="", settings=Settings(), routers=[router], straight=doors)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://straight.example") as found:
        yield found


async def pieces(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 1000):
        yield b"x" * 1000


async def test_a_body_that_comes_in_pieces_is_whole(client: httpx.AsyncClient) -> None:
    answer = await client.post("/door", content=pieces(7000))

    assert (answer.status_code, answer.text.split()[0]) == (202, "7000")


@pytest.mark.parametrize(("body", "status"), [(b"refuse", 404), (b"break", 500)])
async def test_what_it_raises_is_a_problem(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await client.post("/door", content=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "secret" not in answer.text


async def test_a_body_is_bounded_there_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/door", content=pieces(MIB + 1000))

    assert (answer.status_code, answer.json()["limit"]) == (413, MIB)


async def test_its_requests_are_counted_under_its_path(client: httpx.AsyncClient) -> None:
    await client.post("/door", content=b"")

    shown = (await client.get("/metrics")).text
    assert 'code="202",method="POST",route="/door",service="straight"' in shown


async def test_other_methods_and_the_description_are_its_routes(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()["paths"]["/door"]

    assert (await client.put("/door")).status_code == 405
    assert described.keys() == {"post"}


async def test_a_trace_goes_on_where_there_is_one_and_begins_where_there_is_none(client: httpx.AsyncClient) -> None:
    first, second = [(await client.post("/door")).text for _ in range(2)]
    sent = await client.post("/door", headers={"traceparent": CALLER})

    assert len({first, second, "0 None"}) == 3
    assert sent.text == f"0 {'ab' * 16}"
