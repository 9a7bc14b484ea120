"""Runs a double's pages and API, on 127.0.0.1 unless told otherwise, in the event loop that asks."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

HOST = "127.0.0.1"
YIELDING = 10
"""How nice a double is to the platform on the same processors: it stands for somebody else's machine."""


def run(work: Coroutine[object, object, None]) -> None:
    """Run a double as a program of its own."""
    os.nice(YIELDING)
    asyncio.run(work)


def server(app: FastAPI, port: int, host: str = HOST) -> uvicorn.Server:
    """A quiet HTTP server that does not wait long for hanging requests when it stops."""
    return uvicorn.Server(
        uvicorn.Config(
            app, host=host, port=port, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1
        )
    )


@asynccontextmanager
async def serving(app: FastAPI, port: int = 0) -> AsyncIterator[str]:
    """Serve while the block runs and hand it the base URL; port 0 takes any free one."""
    listening = socket.create_server((HOST, port))
    http = server(app, port)
    running = asyncio.create_task(http.serve(sockets=[listening]))
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        http.should_exit = True
        await running
