"""How large a request body may be, counted as it arrives."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.problems import TooLarge

MIB = 1024 * 1024


class BodyLimit:
    """Refuses a body over its path's limit, in bytes, with a 413 problem, whatever Content-Length says.

    Starlette's own limiter answers in plain text and knows no paths, hence this one.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int] | None = None, default: int = MIB) -> None:
        self.app = app
        self.limits = dict(limits or {})
        self.default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.limits.get(scope["path"], self.default)
        if _announced(scope) > limit:
            return await TooLarge(limit).response()(scope, receive, send)
        return await self.app(scope, _counted(receive, limit), send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            # A length that is no number is the server's to refuse; what arrives is counted anyway.
            return int(value[:18]) if value.isdigit() else 0
    return 0


def _counted(receive: Receive, limit: int) -> Receive:
    left = limit

    async def counting() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge(limit)
        return message

    return counting
