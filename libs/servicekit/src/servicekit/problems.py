"""What a caller is told when a request cannot be served: RFC 9457 problems that say what to do next."""

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TypedDict

from fastapi import Response
from fastapi.encoders import jsonable_encoder
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from servicekit.telemetry import trace_id

TYPES = "https://reglament.example/problems/"
MEDIA_TYPE = "application/problem+json"
SHOWN_FAULTS = 50


class Fault(TypedDict):
    """One thing wrong with a request: an RFC 6901 pointer into the named part of it, and what is expected there."""

    pointer: str
    detail: str
    part: str


class Problem(HTTPException):
    """A refusal a person can act on; `detail` says what to do next and never quotes what was sent."""

    # An HTTPException, because FastAPI turns any other error raised while a body is read into a 400 of its own.
    status: int = 500
    slug: str = "internal"
    title: str = "Something broke on our side"

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None, **members: object) -> None:
        super().__init__(self.status, detail, headers)
        self.members = members

    def response(self) -> Response:
        """The problem as `application/problem+json`."""
        body = {"type": TYPES + self.slug, "title": self.title, "status": self.status, "detail": self.detail}
        text = json.dumps(body | jsonable_encoder(self.members), ensure_ascii=False)
        # A pointer may hold a lone surrogate that the caller sent as a key.
        return Response(text.encode(errors="replace"), self.status, self.headers, MEDIA_TYPE)


class Internal(Problem):
    """Our own fault; the trace id finds the traceback in our logs."""

    def __init__(self) -> None:
        super().__init__("The fault is ours and is recorded: try again, then tell us the trace id.", trace=trace_id())


class Malformed(Problem):
    """The payload is not what the door takes; `errors` point at each fault."""

    status, slug, title = 422, "malformed", "The request is malformed"

    def __init__(self, detail: str = "Correct what `errors` point at.", errors: Sequence[Fault] = ()) -> None:
        super().__init__(detail, errors=list(errors[:SHOWN_FAULTS]))

    @classmethod
    def body(cls, error: ValidationError) -> "Malformed":
        """What pydantic found in a body that a door validated by itself."""
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return cls(errors=[fault(("body", *one["loc"]), one["msg"]) for one in found[:SHOWN_FAULTS]])


def fault(where: Sequence[int | str], detail: str) -> Fault:
    """The fault at a FastAPI location, whose first step names the part of the request."""
    part, *steps = where or ("body",)
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return {"pointer": "".join("/" + step for step in escaped), "detail": detail, "part": str(part)}


class NotFound(Problem):
    """There is no such thing, or none that the caller may see."""

    status, slug, title = 404, "not-found", "There is no such thing"


class Unauthorized(Problem):
    """The caller has not said who they are in a way we accept."""

    status, slug, title = 401, "unauthorized", "A valid key is needed"

    def __init__(self, detail: str, error: str | None = None) -> None:
        challenge = 'Bearer realm="reglament"' + (f', error="{error}"' if error else "")
        super().__init__(detail, {"WWW-Authenticate": challenge})


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status, slug, title = 403, "forbidden", "This key may not do that"


class Conflict(Problem):
    """Somebody else was first."""

    status, slug, title = 409, "conflict", "Somebody else was first"


class Refused(Problem):
    """The thing is in a state in which the verb is impossible; `reason` is a word a program can read."""

    status, slug, title = 409, "refused", "That is not possible now"

    def __init__(self, detail: str, reason: str) -> None:
        super().__init__(detail, reason=reason)


class TooLarge(Problem):
    """The body is larger than the door takes; `limit` is in bytes."""

    status, slug, title = 413, "too-large", "The body is too large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Send at most {limit} bytes.", limit=limit)


class UnsupportedMedia(Problem):
    """The door does not take this content type."""

    status, slug, title = 415, "unsupported-media", "This content type is not taken here"

    def __init__(self, taken: Iterable[str]) -> None:
        super().__init__(f"Send one of: {', '.join(taken)}.")


class TooMany(Problem):
    """The caller asks too often; `retry_after` is in seconds."""

    status, slug, title = 429, "too-many", "Too many requests"

    def __init__(self, retry_after: int, detail: str = "Wait as long as Retry-After says, then go on.") -> None:
        super().__init__(detail, {"Retry-After": str(retry_after)})


class Unavailable(Problem):
    """We cannot keep anything now, or do not know whether we did; `retry_after` is in seconds."""

    status, slug, title = 503, "unavailable", "The service cannot do that now"

    def __init__(self, detail: str, retry_after: int = 2, **members: object) -> None:
        super().__init__(detail, {"Retry-After": str(retry_after)}, **members)


class HungUp(Problem):
    """The caller left before all of the request had come; nobody reads this, it is for the metric."""

    status, slug, title = 499, "hung-up", "The caller hung up"

    def __init__(self) -> None:
        super().__init__("Send the whole of the body.")


class Plain(Problem):
    """A refusal of the framework's own, such as 405, in the form of ours."""

    def __init__(self, error: HTTPException) -> None:
        phrase = HTTPStatus(error.status_code).phrase
        self.status = error.status_code
        self.slug = phrase.lower().replace(" ", "-")
        self.title = phrase
        super().__init__(f"{phrase}: see /docs for what this service answers to.", error.headers)
