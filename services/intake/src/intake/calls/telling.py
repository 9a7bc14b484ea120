"""`POST /calls`: what an adapter of a telephone exchange tells of one call."""

from datetime import datetime
from typing import Literal

from contracts import Event
from contracts.intake import CallMade, CallMissed
from contracts.streams import call_stream, derived_id, message_id
from eventlog.errors import ConflictError
from eventlog.store import New
from fastapi import APIRouter, Request, Response
from msgspec.structs import replace
from pydantic import BaseModel, Field, ValidationError
from regulation.channel import ChannelKind
from regulation.document import Regulation
from servicekit.positions import POSITION
from servicekit.problems import Conflict, Malformed, Refused
from servicekit.said import meta

from intake.accepting import ReusedIdError
from intake.arriving import Envelope, Outcome
from intake.calls.reading import CallEvent, external_id, phone, read_missed
from intake.domain.aging import rule_of
from intake.domain.refusing import RefusedError
from intake.house import House
from intake.http.entering import adapter_or_signature
from intake.http.receipts import ACCEPTED
from intake.keeping import content_digest

REUSED = "Another call has this id already: give every call an id of its own."
SCHEMA = CallEvent.model_json_schema(ref_template="#/components/schemas/{model}")
BODY = {"required": True, "content": {"application/json": {"schema": SCHEMA}}}

router = APIRouter(tags=["calls"])


class Heard(BaseModel):
    """What became of a call; `ticket` and `number` are null for one that was not missed."""

    call: str = Field(description="The id under which we keep the call.")
    outcome: Outcome | Literal["recorded"]
    ticket: str | None = None
    number: str | None = Field(default=None, examples=["TIC-42"])


@router.post(
    "/calls",
    status_code=202,
    response_class=Response,
    responses={
        **ACCEPTED,
        202: {"model": Heard, "description": "Durably recorded."},
        409: {"description": "The id was used for another call, or the regulation says nothing about missed calls."},
    },
    openapi_extra={"requestBody": BODY, "security": [{"key": []}]},
)
async def calls(request: Request) -> Response:
    """Take a call in: a missed one opens a ticket or joins the caller's open one, any other may be a contact."""
    house: House = request.app.state.house
    body = await request.body()
    bearer = await adapter_or_signature(request, body, house.settings)
    told = _valid(body)
    bearer.must_serve(told.channel)
    at: datetime = request.app.state.clock()
    regulation = _regulation(house, told.channel, at)
    envelope = Envelope(at, bearer.name, content_digest(house.log.vault, body))
    if told.kind == "missed":
        return await _missed(house, told, envelope, regulation)
    return await _made(house, told, envelope, regulation)


def _valid(body: bytes) -> CallEvent:
    try:
        return CallEvent.model_validate_json(body)
    except ValidationError as error:
        raise Malformed.body(error) from error


def _regulation(house: House, channel: str, at: datetime) -> Regulation:
    regulation = house.regulation_for(channel, at)
    try:
        rule_of(regulation)
    except RefusedError as error:
        raise Refused(str(error), error.reason) from error
    if regulation.channel(channel).kind is not ChannelKind.api:
        raise Refused("Calls come through a channel of kind api: name one of those.", "not-a-phone")
    return regulation


async def _missed(house: House, told: CallEvent, envelope: Envelope, regulation: Regulation) -> Response:
    call = message_id(told.channel, external_id(told.id))
    earlier = await house.log.read(call_stream(call))
    if earlier and not isinstance(earlier[0].data, CallMissed):
        raise Conflict(REUSED)
    incoming = read_missed(told, regulation, house.log.vault, envelope.at)
    try:
        receipt = await house.reception.accept(incoming, envelope, regulation)
    except ReusedIdError as error:
        raise Conflict(REUSED) from error
    heard = Heard(call=call, outcome=receipt.outcome, ticket=receipt.ticket, number=receipt.number)
    return _answer(heard, receipt.position)


async def _made(house: House, told: CallEvent, envelope: Envelope, regulation: Regulation) -> Response:
    call = message_id(told.channel, external_id(told.id))
    said = CallMade(
        at=envelope.at,
        call=call,
        channel=told.channel,
        phone=phone(house.log.vault, told.caller),
        called_at=min(told.at, envelope.at),
        kind="answered" if told.kind == "answered" else "outgoing",
        reached=told.reached or told.kind == "answered",
        agent=told.agent,
    )
    stream, by = call_stream(call), meta(envelope.actor, call, told.channel, regulation.key)
    try:
        new = New(id=derived_id(call, "made"), stream=stream, version=1, event=said, meta=by)
        appended = await house.log.append([new])
    except ConflictError as error:
        raise Conflict(REUSED) from error
    if appended.known and not _same(said, (await house.log.read(stream))[0].data):
        raise Conflict(REUSED)
    return _answer(Heard(call=call, outcome="duplicate" if appended.known else "recorded"), appended.last)


def _same(said: CallMade, before: Event) -> bool:
    """Whether both are one call; when it was is cut at the time of receipt and so may differ by as much."""
    return isinstance(before, CallMade) and replace(said, at=before.at, called_at=before.called_at) == before


def _answer(heard: Heard, position: int) -> Response:
    return Response(heard.model_dump_json(), 202, {POSITION: str(position)}, "application/json")
