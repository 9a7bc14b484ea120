import asyncio
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from servicekit import positions

AFTER = {"Reglament-After": "41"}


async def holds(position: int, seconds: float) -> bool:
    return position <= 41


async def gives_up(position: int, seconds: float) -> bool:
    raise TimeoutError


async def test_a_command_tells_its_position(client: httpx.AsyncClient) -> None:
    assert (await client.post("/commands")).headers["reglament-position"] == "41"


async def test_a_read_of_a_view_that_holds_the_position_says_so(client: httpx.AsyncClient, app: FastAPI) -> None:
    positions.install(app, holds)

    answer = await client.get("/reads", headers=AFTER)

    assert (answer.json(), answer.headers["reglament-position"]) == ("view", "41")


@pytest.mark.parametrize(("view", "after"), [(holds, "42"), (gives_up, "41")])
async def test_a_read_of_a_late_view_answers_without_the_position(
    client: httpx.AsyncClient, app: FastAPI, view: positions.WaitFor, after: str
) -> None:
    positions.install(app, view)

    answer = await client.get("/reads", headers={"Reglament-After": after})

    assert answer.json() == "view"
    assert "reglament-position" not in answer.headers


async def test_a_view_is_asked_to_wait_two_seconds(client: httpx.AsyncClient, app: FastAPI) -> None:
    asked: list[tuple[int, float]] = []

    async def noted(position: int, seconds: float) -> bool:
        asked.append((position, seconds))
        return True

    positions.install(app, noted)
    await client.get("/reads", headers=AFTER)

    assert asked == [(41, 2.0)]


async def test_a_view_that_forgets_to_give_up_is_left(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "WAIT_SECONDS", 0.01)

    async def never(position: int, seconds: float) -> bool:
        return await asyncio.Event().wait()

    positions.install(app, never)

    assert (await client.get("/reads", headers=AFTER)).json() == "view"


@pytest.mark.parametrize("headers", [{}, AFTER])
async def test_without_a_view_reads_answer_at_once(
    client: httpx.AsyncClient, headers: dict[str, str], world: SimpleNamespace
) -> None:
    assert (await client.get("/reads", headers=headers)).status_code == 200


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "", "1.5"])
async def test_a_position_that_is_none_is_malformed(client: httpx.AsyncClient, after: str) -> None:
    assert (await client.get("/reads", headers={"Reglament-After": after})).status_code == 422
