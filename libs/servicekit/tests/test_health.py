from types import SimpleNamespace

import httpx
from prometheus_client import REGISTRY
from servicekit.health import Readiness


async def test_a_service_is_alive_while_its_loop_turns(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    world.readiness = Readiness(False)

    assert (await client.get("/healthz")).status_code == 200


async def test_a_service_that_moves_on_is_ready_and_says_how_far(
    client: httpx.AsyncClient, world: SimpleNamespace
) -> None:
    world.readiness = Readiness(True, {"position": 41})

    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "position": 41})


async def test_a_service_that_stands_still_is_not_ready(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    world.readiness = Readiness(False, {"lag_seconds": 90.5})

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["figures"] == {"lag_seconds": 90.5}
    assert "retry-after" in answer.headers


async def test_the_loops_lag_is_among_the_metrics(client: httpx.AsyncClient) -> None:
    assert "event_loop_lag_seconds" in (await client.get("/metrics")).text
    assert REGISTRY.get_sample_value("event_loop_lag_seconds") is not None
