"""The only wall clock that HTTP doors read, replaceable on the application."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def install(app: FastAPI, clock: Clock = wall_clock) -> None:
    """Give the application its clock; call again to put another in its place."""
    app.state.clock = clock


async def now(request: Request) -> datetime:
    """The moment this request asks for the time, in UTC, from the application's clock."""
    moment: datetime = request.app.state.clock()
    return moment


Now = Annotated[datetime, Depends(now)]
