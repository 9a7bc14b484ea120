from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
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


class Said(BaseModel):
    text: str


async def model(said: Said) -> str:
    """A body that FastAPI reads."""
    return said.text


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """A service that exports no spans and has one straight door, and two that are not."""
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    router = APIRouter()
    for path in ("/door", "/routed"):
        router.post(path, response_class=Response)(door)
    router.post("/model")(model)
    doors = {("POST", "/door"): door}
    return create_app("straight", description="", settings=Settings(), routers=[router], straight=doors)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
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


@pytest.mark.parametrize("path", ["/door", "/routed", "/model"])
async def test_a_caller_who_hangs_up_is_no_fault_of_ours(
    app: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    sent: list[MutableMapping[str, Any]] = []
    came = [{"type": "http.disconnect"}, {"type": "http.request", "body": b'{"a"', "more_body": True}]

    async def receive() -> dict[str, Any]:
        return came.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(posted(path), receive, send)

    assert sent[0]["status"] == 499
    assert not caplog.records
    assert f'code="499",method="POST",route="{path}"' in (await client.get("/metrics")).text


def posted(path: str) -> dict[str, Any]:
    """A POST as servers hand it on, its body still to come."""
    said = [(b"content-type", b"application/json"), (b"content-length", b"500")]
    about = {"method": "POST", "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b""}
    where = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
    return {**where, **about, "headers": said, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}
