"""`POST /messages`: our own contract for any channel adapter."""

import json
import re
from datetime import datetime
from typing import NamedTuple, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError
from servicekit.problems import Conflict, Malformed, UnsupportedMedia
from servicekit.text import clean

from intake.accepting import ReusedIdError
from intake.arriving import Envelope
from intake.house import House
from intake.http.entering import Bearer, adapter_or_signature
from intake.http.receipts import ACCEPTED, answer
from intake.keeping import content_digest, kept
from intake.reading.contract import CloudEvent, MessageReceived, read_message

CLOUD, PLAIN = "application/cloudevents+json", "application/json"
REUSED = "Another message has this id already: give every message an id of its own."
ID_LIMIT = 255
M = TypeVar("M", bound=BaseModel)
_MARK = b'"specversion"'
_CLOUD = re.compile(_MARK + rb"\s*:")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

router = APIRouter(tags=["messages"])
BODY = {
    "required": True,
    "content": {
        CLOUD: {"schema": CloudEvent.model_json_schema(ref_template="#/components/schemas/{model}")},
        PLAIN: {"schema": MessageReceived.model_json_schema(ref_template="#/components/schemas/{model}")},
    },
}


class Told(NamedTuple):
    """A body as understood, the id that tells its message apart within the channel, and when the adapter saw it."""

    data: MessageReceived
    external_id: str
    seen_at: datetime | None = None


@router.post(
    "/messages",
    status_code=202,
    response_class=Response,
    responses={**ACCEPTED, 409: {"description": "The id was used for another message."}},
    openapi_extra={"requestBody": BODY, "security": [{"key": []}]},
)
async def messages(request: Request) -> Response:
    """Take a message in: a CloudEvent, or its `data` as plain JSON with `Idempotency-Key` (else its own id counts)."""
    house: House = request.app.state.house
    body = await request.body()
    bearer = await adapter_or_signature(request, body, house.settings)
    told = _told(request, body, bearer)
    channel = told.data.channel
    bearer.must_serve(channel)
    at = request.app.state.clock()
    regulation = house.regulation_for(channel, at)
    incoming = read_message(told.data, external_id=told.external_id, seen_at=told.seen_at)
    files = await kept(house.log, incoming.attachments, "")
    envelope = Envelope(at, bearer.name, content_digest(house.log.vault, body), attachments=files)
    try:
        return answer(await house.reception.accept(incoming, envelope, regulation), channel)
    except ReusedIdError as error:
        raise Conflict(REUSED) from error


def _told(request: Request, body: bytes, bearer: Bearer) -> Told:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in {CLOUD, PLAIN}:
        raise UnsupportedMedia([CLOUD, PLAIN])
    if media == CLOUD or (_MARK in body and _CLOUD.search(body)):
        event = _valid(CloudEvent, body)
        return Told(event.data, event.external_id, event.time)
    data = _valid(MessageReceived, body)
    return Told(data, _key(request, bearer) or data.message.id)


def _key(request: Request, bearer: Bearer) -> str:
    # A signature covers `webhook-id` alone: under a key of another header the same delivery could come again and again.
    offered = ("webhook-id",) if bearer.signed else ("idempotency-key", "webhook-id")
    key = clean(next(filter(None, map(request.headers.get, offered)), ""))
    if len(key) > ID_LIMIT:
        raise Malformed(f"Send an Idempotency-Key of at most {ID_LIMIT} characters.")
    return key


def _valid(kind: type[M], body: bytes) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        if _SURROGATE.search(body) and error.errors()[0]["type"] == "json_invalid":
            return _lenient(kind, body)
        raise Malformed.body(error) from error


def _lenient(kind: type[M], body: bytes) -> M:
    """A body in which half an emoji was cut off: only the standard library reads it, the models take the half out."""
    try:
        return kind.model_validate(json.loads(body))
    except ValidationError as error:
        raise Malformed.body(error) from error
    except (ValueError, RecursionError) as error:
        raise Malformed("Send well-formed JSON in UTF-8.") from error
