"""Which problem an error becomes, whatever raised it, so that no answer is anything but a problem."""

import logging
from collections.abc import Mapping
from typing import Any

from asyncpg import CharacterNotInRepertoireError
from eventlog.errors import ConflictError, ForgottenError, InDoubtError, LogUnavailableError, UnknownStreamError
from eventlog.grouping import AWAY, REFUSING
from eventlog.rebuilding import UNMADE
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import PydanticSerializationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.problems import (
    SHOWN_FAULTS,
    Conflict,
    Fault,
    HungUp,
    Internal,
    Malformed,
    NotFound,
    Plain,
    Problem,
    Unavailable,
    fault,
)
from servicekit.telemetry import trace_id

log = logging.getLogger(__name__)

STORE_AWAY = (*AWAY, *REFUSING, *UNMADE)
"""What a read of a view raises while the store is away, or before this program has made its tables."""
SURROGATE = "surrogates not allowed"
IN_DOUBT = "This may have been accepted: send the same again under the same Idempotency-Key, or look first."
CONFLICT = "Load the thing again and repeat what still makes sense."
UNREADABLE = "The body cannot be read: send well-formed JSON in UTF-8, not nested more than a few hundred deep."


def install(app: FastAPI) -> None:
    """Make every error that the application raises a problem."""
    for kind in (HTTPException, RequestValidationError, RecursionError, ConflictError, UnknownStreamError):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(LogUnavailableError, _answer)
    app.add_middleware(LastResort)


async def _answer(_request: Request, error: Exception) -> Response:
    return problem_for(error).response()


def problem_for(error: Exception) -> Problem:
    """The problem that tells a caller of an error; an Internal one for an error nobody foresaw."""
    match error:
        case Problem():
            return error
        case ClientDisconnect() | HTTPException(__cause__=ClientDisconnect()):
            return HungUp()
        case HTTPException():
            return _framework(error)
        case RequestValidationError() | RecursionError():
            return _malformed(error)
        case UnicodeEncodeError() | PydanticSerializationError() if SURROGATE in str(error):
            return Malformed("Send text without lone surrogates.")
        case CharacterNotInRepertoireError():
            return Malformed("Send text without NUL, in the address too.")
        case _:
            return _from_the_log(error)


def _framework(error: HTTPException) -> Problem:
    """FastAPI answers 400 when reading a body failed in a way other than a JSON syntax error, such as deep nesting."""
    if error.status_code == 400:
        return Malformed(UNREADABLE, [fault(("body",), UNREADABLE)])
    if error.status_code == NotFound.status:
        return NotFound("Nothing answers at this address: see /docs.")
    return Plain(error)


def _malformed(error: RequestValidationError | RecursionError) -> Malformed:
    if isinstance(error, RecursionError):
        return Malformed(UNREADABLE, [fault(("body",), UNREADABLE)])
    return Malformed(errors=[_fault(one) for one in error.errors()[:SHOWN_FAULTS]])


def _fault(found: Mapping[str, Any]) -> Fault:  # Any: FastAPI's own type of an error
    if found["type"] == "json_invalid":
        return fault(("body",), f"This is not JSON from character {found['loc'][-1]} on.")
    return fault(found["loc"], found["msg"])


def _from_the_log(error: Exception) -> Problem:
    match error:
        case ConflictError():
            return Conflict(CONFLICT)
        case UnknownStreamError():
            return NotFound("Nothing is recorded under this id: check it.")
        case InDoubtError(retry_after=seconds):
            return Unavailable(IN_DOUBT, seconds, trace=trace_id())
        case LogUnavailableError(retry_after=seconds):
            return Unavailable("Nothing was accepted: send the same again later.", seconds, trace=trace_id())
        case ForgottenError():
            return Conflict("This person was forgotten on request: nothing more is recorded about them here.")
        case _ if isinstance(error, STORE_AWAY):
            return Unavailable("The store does not answer: ask again later.", 2, trace=trace_id())
        case _:
            return Internal()


class LastResort:
    """Answers what no other part of the application caught, and keeps its traceback in our log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and turn what escapes into a problem, unless the answer has begun."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await _unforeseen(error)(scope, receive, send)


def _unforeseen(error: Exception) -> Response:
    problem = problem_for(error)
    if isinstance(problem, Internal):
        log.error("unforeseen error", exc_info=error)
    return problem.response()
