"""`POST /channels/{channel}`: the vendors' own formats, kept raw before anything is decided."""

import logging
import re
from typing import Any, NamedTuple

from eventlog.errors import LogUnavailableError
from fastapi import APIRouter, Request, Response
from regulation.channel import ChannelKind
from regulation.document import Regulation
from servicekit.problems import NotFound, Unavailable

from intake.arriving import Envelope, Receipt, Source, identity
from intake.house import House, Housed
from intake.http.entering import adapter, telegram
from intake.http.receipts import ACCEPTED, answer
from intake.keeping import content_digest, keep, kept
from intake.reading.message import Ignored, Incoming, Unreadable
from intake.reading.telegram import read_update

HEADER_BYTES = 64 * 1024
LOOP = re.compile(rb"(?im)^x-desk-loop:[ \t]*([^\s;]+)")
BODY: dict[str, Any] = {  # Any: OpenAPI's own shape
    "required": True,
    "content": {
        "message/rfc822": {"schema": {"type": "string", "format": "binary"}},
        "application/json": {"schema": {"type": "object", "description": "A Telegram update."}},
    },
}

router = APIRouter(tags=["messages"])
log = logging.getLogger(__name__)


class Delivery(NamedTuple):
    """A request whose sender is known to be who they say."""

    house: House
    regulation: Regulation
    channel: str
    body: bytes
    envelope: Envelope


@router.post(
    "/channels/{channel}",
    status_code=202,
    response_class=Response,
    responses={**ACCEPTED, 200: ACCEPTED[202]},
    openapi_extra={"requestBody": BODY, "security": [{"key": []}]},
)
async def channels(channel: str, request: Request, house: Housed) -> Response:
    """Take in a raw mail (202) or a Telegram update (200); what cannot be read is kept for a person to see."""
    at = request.app.state.clock()
    regulation = house.regulation_for(channel, at)
    kind = regulation.channel(channel).kind
    if kind is ChannelKind.api:
        raise NotFound("This channel's messages come to POST /messages.")
    by_bot = kind is ChannelKind.telegram and "authorization" not in request.headers
    bearer = telegram(request, channel, house.settings) if by_bot else await adapter(request)
    bearer.must_serve(channel)
    body = await request.body()
    digest = content_digest(house.log.vault, body)
    envelope = Envelope(at, bearer.name, digest)
    told = await _taken(Delivery(house, regulation, channel, body, envelope), kind)
    return answer(told, channel, 200 if kind is ChannelKind.telegram else 202)


async def _taken(delivery: Delivery, kind: ChannelKind) -> Receipt:
    """What became of it; whatever goes wrong on our side is a 503, so that the sender repeats it."""
    try:
        return await (_mail(delivery) if kind is ChannelKind.email else _update(delivery))
    except LogUnavailableError:
        raise
    except Exception as error:
        log.exception("a message could not be taken in")
        raise Unavailable("The fault is ours: send the same again later.") from error


async def _update(delivery: Delivery) -> Receipt:
    return await _settled(delivery, read_update(delivery.body, delivery.channel))


async def _mail(delivery: Delivery) -> Receipt:
    read = await delivery.house.mail.read(delivery.body, delivery.channel)
    if isinstance(read, Incoming):
        vault, author = delivery.house.log.vault, read.author
        # A mail that comes by two ways has two sets of headers and is one message all the same.
        said = "\n".join((author.address, read.subject, read.text, *(file.name for file in read.attachments)))
        digest = content_digest(vault, said.encode(errors="replace"))
        looped = own_loop(delivery.body, delivery.house.settings.installation)
        delivery = delivery._replace(envelope=delivery.envelope._replace(digest=digest, looped=looped))
    return await _settled(delivery, read)


async def _settled(delivery: Delivery, read: Incoming | Ignored | Unreadable) -> Receipt:
    house, channel = delivery.house, delivery.channel
    source = Source(channel, read.external_id)
    if isinstance(read, Incoming):
        owner = house.log.vault.alias(identity(read.kind, channel), read.author.address)
        files = await kept(house.log, read.attachments, owner)
        raw = await keep(house.log, delivery.body, owner)
        envelope = delivery.envelope._replace(raw=raw, attachments=files)
        return await house.reception.accept(read, envelope, delivery.regulation)
    raw = await keep(house.log, delivery.body, source.message)
    envelope = delivery.envelope._replace(raw=raw)
    if isinstance(read, Ignored):
        return await house.reception.refuse(source, envelope, f"ignored:{read.reason}")
    return await house.reception.quarantine(source, envelope, read.reason)


def own_loop(raw: bytes, installation: str) -> bool:
    """Whether a mail's head carries the mark that our own mails carry."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEADER_BYTES], maxsplit=1)[0]
    return any(mark == installation.encode() for mark in LOOP.findall(head))
