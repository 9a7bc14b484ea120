"""Doors that take a request as it comes: reached straight away, since routing cost them more than all they do."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

Door = Callable[[Request], Awaitable[Response]]
Doors = Mapping[tuple[str, str], Door]
"""By method and exact path. Each has a route as well, which describes it; what it raises becomes a problem as ever."""


class Whole(Request):
    """A request whose body mostly comes in one piece, which Starlette would still collect by way of a generator."""

    async def body(self) -> bytes:
        """All of the body; raises ClientDisconnect when it does not come."""
        if not hasattr(self, "_body"):
            pieces = [message := await self.receive()]
            while message.get("more_body", False):
                pieces.append(message := await self.receive())
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            self._body = b"".join(each.get("body", b"") for each in pieces)
        return self._body


class Place(NamedTuple):
    """What stands in the place of a door's route: how its path is written."""

    path_format: str


class Straight:
    """Answers at its doors by itself and leaves everything else to the application."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self.app = app
        self.doors = {(method, path): (Place(path), door) for (method, path), door in doors.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to its door, or on."""
        found = self.doors.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            return await self.app(scope, receive, send)
        scope["route"], door = found
        response = await door(Whole(scope, receive))
        return await response(scope, receive, send)
