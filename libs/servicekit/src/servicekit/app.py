"""The application that every service wears: one call puts its doors into the common clothes."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NotRequired, Required, TypedDict, Unpack

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.sdk.trace import TracerProvider
from starlette.types import ASGIApp

from servicekit import asyncapi, auth, clock, docs, health, parked, refusals, telemetry
from servicekit.keys import KeyRing
from servicekit.limits import BodyLimit
from servicekit.observed import Observed
from servicekit.settings import Settings
from servicekit.straight import Doors, Straight

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Parts(TypedDict):
    """What a service brings: its doors, what lives while it runs, and how it knows that it makes progress."""

    description: Required[str]
    settings: Required[Settings]
    routers: Required[Sequence[APIRouter]]
    lifespan: NotRequired[Lifespan]
    ready: NotRequired[health.Ready]
    body_limits: NotRequired[Mapping[str, int]]
    straight: NotRequired[Doors]
    tags: NotRequired[Sequence[tuple[str, str]]]
    clock: NotRequired[clock.Clock]
    provider: NotRequired[TracerProvider]


class Dressed(FastAPI):
    """FastAPI without its own outermost layers, which every request passes: ours answer errors and bound bodies."""

    def build_middleware_stack(self) -> ASGIApp:
        """The layers from our own outermost one on."""
        stack: Any = super().build_middleware_stack()  # Any: what wraps what, no protocol says
        while not isinstance(stack, Observed):
            stack = stack.app
        return stack


def create_app(name: str, **parts: Unpack[Parts]) -> FastAPI:
    """The application of the service `name`; `body_limits` are bytes by exact path, 1 MiB elsewhere.

    Problems, keys, clock, health doors, spans, metrics and body limits are in place; a broken key ring raises.
    """
    provider = parts.get("provider") or telemetry.setup(name)
    app = _bare(name, parts, provider)
    clock.install(app, parts.get("clock", clock.wall_clock))
    auth.install(app, KeyRing(parts["settings"].keys))
    _dress(app, name, parts, provider)
    ready = health.router(parts.get("ready", health.always_ready))
    own = (ready, asyncapi.router(name), docs.router(app.title), parked.router)
    for router in (*parts["routers"], *own):
        app.include_router(router)
    return app


def _bare(name: str, parts: Parts, provider: TracerProvider) -> FastAPI:
    # FastAPI's own telemetry would put whole paths, and with them ids and rating tokens, into spans.
    own: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
    return Dressed(
        title=f"Reglament {name}",
        description=parts["description"],
        openapi_tags=[{"name": tag, "description": about} for tag, about in parts.get("tags", ())],
        lifespan=_living(parts.get("lifespan"), provider),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        telemetry=own,
    )


def _dress(app: FastAPI, name: str, parts: Parts, provider: TracerProvider) -> None:
    # The last one added is the outermost: a span knows the answer that a refusal became.
    app.add_middleware(Straight, doors=parts.get("straight", {}))
    app.add_middleware(BodyLimit, limits=parts.get("body_limits"))
    refusals.install(app)
    app.add_middleware(Observed, service=name, provider=provider)


def _living(own: Lifespan | None, provider: TracerProvider) -> Lifespan:
    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with health.loop_watched(), (own or _nothing)(app):
                yield
        finally:
            provider.shutdown()

    return living


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield
