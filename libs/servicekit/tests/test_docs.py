"""`/docs` as an operator without internet gets it, read as text and drawn by a real browser."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from testkit.browser import Page
from testkit.waiting import until

LOADED = "performance.getEntriesByType('resource').map(each => each.name)"
DRAWN = "document.querySelectorAll('.opblock').length"
OVERFLOWS = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture
async def url(app: FastAPI) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await running


@pytest.mark.parametrize("width", [1280, 390])
async def test_every_door_is_drawn_without_another_machine(page: Page, app: FastAPI, url: str, width: int) -> None:
    page.resize(width, 844)
    await asyncio.to_thread(page.open, f"{url}/docs")
    doors = sum(map(len, app.openapi()["paths"].values()))
    await until(lambda: asyncio.to_thread(lambda: page.read(DRAWN) == doors), f"{doors} doors are drawn")

    assert [each for each in page.read(LOADED) if not each.startswith((url, "data:"))] == []
    assert not page.read(OVERFLOWS)


async def test_the_page_asks_for_nothing_but_what_this_service_serves(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    asked = set(re.findall(r'(?:src|href)="([^"]+)"', page)) - {"data:,"}

    assert asked == {"docs/start.js", "docs/swagger-ui-bundle.js", "docs/swagger-ui.css", "openapi.json"}
    assert {(await client.get(f"/{name}")).status_code for name in asked} == {200}


async def test_no_script_of_another_machine_may_run_where_keys_are_typed(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"].split("; ")

    assert {"default-src 'none'", "script-src 'self'", "connect-src 'self'"} <= set(policy)
