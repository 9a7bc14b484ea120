"""Reading one's own writes: where a command's events ended up, and reads that wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request, Response

POSITION = "Reglament-Position"
WAIT_SECONDS = 2.0

WaitFor = Callable[[int, float], Awaitable[bool]]
"""Waits until the view holds a position, at most so many seconds; whether it does."""


def install(app: FastAPI, wait_for: WaitFor) -> None:
    """Let the application's reads wait for its view; without it they answer at once."""
    app.state.wait_for = wait_for


def stamp(response: Response, position: int) -> None:
    """Tell the caller the log position that their command reached."""
    response.headers[POSITION] = str(position)


async def caught_up(
    request: Request,
    response: Response,
    reglament_after: Annotated[int | None, Header(ge=0, lt=2**63)] = None,
) -> None:
    """Wait, for at most 2 s, until the view holds position `Reglament-After`.

    Afterwards the read answers in any case: with `Reglament-Position: N` when the view holds N, and without that
    header, from the view as it stands, when the wait was in vain.
    """
    wait_for: WaitFor | None = getattr(request.app.state, "wait_for", None)
    if reglament_after is None or wait_for is None:
        return
    if await _holds(wait_for, reglament_after):
        stamp(response, reglament_after)


async def _holds(wait_for: WaitFor, position: int) -> bool:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            return await wait_for(position, WAIT_SECONDS)
    except TimeoutError:
        return False


CaughtUp = Depends(caught_up)
