"""`/bot<token>/<method>` over HTTP, in Telegram's envelope, with the faults that were ordered."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from msgspec import DecodeError, ValidationError
from msgspec.json import decode
from pydantic import ValidationError as WrongFieldsError

from reglament.doubles.telegram.double import Asked, Double
from reglament.doubles.telegram.writing import RefusedError

HANG_SECONDS = 600
router = APIRouter()


@router.api_route("/bot{token}/{method}", methods=["GET", "POST"])
async def call(token: str, method: str, request: Request, double: Asked) -> JSONResponse:
    """One call of the Bot API, or the fault that was ordered."""
    await asyncio.sleep(double.faults.delay)
    if ordered := double.faults.answer():
        return JSONResponse(ordered[1], ordered[0])
    if double.token and token != double.token:
        return failure(401, "Unauthorized")
    answer = await answered(double, method, request)
    if method.lower() == "sendmessage" and answer.status_code == 200 and double.faults.hangs():
        await until_gone(request)
    return answer


async def answered(double: Double, method: str, request: Request) -> JSONResponse:
    """The answer in Telegram's envelope."""
    try:
        return JSONResponse({"ok": True, "result": await double.bot.call(method, await fields(request))})
    except RefusedError as refusal:
        return failure(refusal.status, refusal.description)
    except WrongFieldsError as wrong:
        names = ", ".join(sorted({str(part["loc"][0]) for part in wrong.errors()}))
        return failure(400, f"Bad Request: wrong or missing {names}")
    except (DecodeError, ValidationError, UnicodeDecodeError):
        return failure(400, "Bad Request: can't parse the request body")


async def fields(request: Request) -> dict[str, object]:
    """The parameters, from the query, a form or JSON."""
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        return {**request.query_params, **decode(body or b"{}", type=dict[str, object])}
    return {**request.query_params, **dict(parse_qsl(body.decode()))}


async def until_gone(request: Request) -> None:
    """Wait until the caller has lost patience."""
    for _ in range(HANG_SECONDS * 20):
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)


def failure(status: int, description: str) -> JSONResponse:
    """An error in Telegram's envelope."""
    return JSONResponse({"ok": False, "error_code": status, "description": description}, status)
