from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import asyncpg
import httpx
import pytest
from eventlog.errors import ConflictError, ForgottenError, InDoubtError, LogUnavailableError, UnknownStreamError
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel
from servicekit import health, keys, positions, problems, telemetry
from servicekit.app import create_app
from servicekit.auth import Actor, KeyRing, Role, issue, requires
from servicekit.clock import Now
from servicekit.settings import Settings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

ERRORS: dict[str, Exception] = {
    "not-found": problems.NotFound("No ticket has this id: look it up in the list."),
    "conflict": problems.Conflict("Load the ticket again."),
    "refused": problems.Refused("This ticket cannot be reopened: it is annulled.", "annulled"),
    "unsupported-media": problems.UnsupportedMedia(["application/json"]),
    "too-many": problems.TooMany(7),
    "unavailable": problems.Unavailable("The store is away.", 3),
    "log-conflict": ConflictError("ticket-1", 1, 2),
    "log-unknown": UnknownStreamError("ticket-1"),
    "log-away": LogUnavailableError("full", 9),
    "store-away": asyncpg.ConnectionDoesNotExistError("gone"),
    "no-views-yet": asyncpg.UndefinedTableError("tickets"),
    "other-views-yet": asyncpg.UndefinedColumnError("doubts"),
    "log-in-doubt": InDoubtError("no answer"),
    "forgotten": ForgottenError("r1"),
    "nul": asyncpg.CharacterNotInRepertoireError("invalid byte sequence"),
    "bug": RuntimeError("secret internals"),
}


class Line(BaseModel):
    text: str


class Message(BaseModel, extra="forbid"):
    subject: str
    lines: list[Line] = []


def doors() -> APIRouter:
    router = APIRouter(tags=["doors"])

    @router.get("/errors/{name}")
    async def errors(name: str) -> None:
        raise ERRORS[name]

    @router.post("/messages/{ticket}")
    async def messages(ticket: str, message: Message) -> dict[str, str]:
        return {"subject": message.subject}

    @router.get("/now")
    async def now(moment: Now) -> datetime:
        return moment

    @router.get("/trace")
    async def traced() -> str | None:
        return telemetry.trace_id()

    return router


def guarded() -> APIRouter:
    router = APIRouter(prefix="/guarded")
    for role in Role:
        router.add_api_route(f"/{role}", lambda: None, dependencies=[Depends(requires(role))])

    @router.get("/me")
    async def me(actor: Annotated[Actor, Depends(requires(*Role))]) -> str:
        return actor.id

    return router


def raw() -> APIRouter:
    router = APIRouter()

    @router.post("/stream", response_class=PlainTextResponse)
    async def stream(request: Request) -> str:
        return str(sum([len(chunk) async for chunk in request.stream()]))

    @router.post("/ignored")
    async def ignored() -> None:
        return None

    @router.post("/commands")
    async def command(response: Response) -> None:
        positions.stamp(response, 41)

    router.add_api_route("/reads", lambda: "view", dependencies=[positions.CaughtUp])
    return router


@pytest.fixture
def world(tmp_path: Path) -> SimpleNamespace:
    """What the tests move by hand: the clocks, the readiness and the key file."""
    issued = {role: issue(f"our {role}", role) for role in Role}
    found = SimpleNamespace(
        path=tmp_path / "keys.json", seconds=0.0, moment=NOON, readiness=health.Readiness(True), issued=issued
    )
    found.entries = {role: entry for role, (_, entry) in issued.items()}
    found.bearer = lambda role: {"Authorization": f"Bearer {issued[role][0]}"}
    keys.write(found.path, found.entries.values())
    return found


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def app(world: SimpleNamespace, spans: InMemorySpanExporter) -> FastAPI:
    made = create_app(
        "small",
        description="A small service.",
        settings=Settings(keys=world.path),
        routers=[doors(), guarded(), raw()],
        ready=lambda: world.readiness,
        body_limits={"/stream": 3000},
        clock=lambda: world.moment,
        provider=telemetry.setup("small", SimpleSpanProcessor(spans)),
    )
    made.state.keys = KeyRing(world.path, lambda: world.seconds)
    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://small.example") as found,
    ):
        yield found


@pytest.fixture(autouse=True)
def no_span_is_left_open() -> None:
    assert not trace.get_current_span().get_span_context().is_valid
