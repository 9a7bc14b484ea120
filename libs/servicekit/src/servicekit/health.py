"""How a service is: alive, ready, and its figures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response
from prometheus_client import REGISTRY, Gauge
from prometheus_client.exposition import choose_encoder

from servicekit.problems import Unavailable

LAG_SECONDS = 0.5
PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
LAG = Gauge("event_loop_lag_seconds", "How much later than asked the event loop woke up, in seconds.")


@dataclass(frozen=True)
class Readiness:
    """Whether the service makes progress (not whether it is connected), and the figures that say so."""

    ok: bool
    detail: Mapping[str, str | int | float | bool] = field(default_factory=dict)


Ready = Callable[[], Readiness]


def always_ready() -> Readiness:
    """For a service that follows nothing."""
    return Readiness(True)


def router(ready: Ready) -> APIRouter:
    """The doors `/healthz`, `/readyz` and `/metrics`; open to all who can reach the port."""
    doors = APIRouter(tags=["health"])

    @doors.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Alive: answers as long as the event loop turns."""
        return {"status": "alive"}

    @doors.get("/readyz")
    async def readyz() -> dict[str, str | int | float | bool]:
        """Ready: 200 while the service makes progress, else a 503 problem with the same figures."""
        found = ready()
        if not found.ok:
            raise Unavailable("Not ready: wait, or look at the figures here.", figures=dict(found.detail))
        return {"status": "ready", **found.detail}

    doors.add_api_route("/metrics", metrics, response_class=Response, responses=TEXT)
    return doors


TEXT: dict[int | str, dict[str, object]] = {200: {"content": {"text/plain": {}}}}


async def metrics(request: Request) -> Response:
    """Figures for Prometheus, as OpenMetrics with exemplars where asked for."""
    try:
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
    except (ValueError, TypeError):  # it compares versions that need not be numbers
        encode, media_type = choose_encoder("")
    return Response(encode(REGISTRY), headers={"Content-Type": media_type})


@asynccontextmanager
async def loop_watched() -> AsyncIterator[None]:
    """Keep `event_loop_lag_seconds` up to date meanwhile."""
    watch = asyncio.create_task(_watch_loop())
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watch_loop() -> None:
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        LAG.set(max(0.0, loop.time() - asked))
