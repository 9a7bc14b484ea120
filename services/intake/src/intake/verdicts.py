"""The one event of an outside message's own stream: what became of it."""

from contracts import Meta
from contracts.intake import MessageQuarantined, MessageReceived, MessageRefused
from contracts.streams import message_stream
from eventlog.store import New

from intake.arriving import Envelope, Source


def refused(source: Source, envelope: Envelope, rule: str, delivery: str = "") -> MessageRefused:
    """The input as one that may not become a ticket; a bounce tells which `delivery` came back."""
    return MessageRefused(
        at=envelope.at,
        message=source.message,
        channel=source.channel,
        external_id=source.public_id,
        rule=rule,
        delivery=delivery,
        raw=envelope.raw,
        digest=envelope.digest,
    )


def quarantined(source: Source, envelope: Envelope, reason: str) -> MessageQuarantined:
    """The input as one that a person has to look at."""
    return MessageQuarantined(
        at=envelope.at,
        message=source.message,
        channel=source.channel,
        external_id=source.public_id,
        reason=reason,
        raw=envelope.raw,
        digest=envelope.digest,
    )


def verdict(said: MessageReceived | MessageRefused | MessageQuarantined, meta: Meta) -> New:
    """The one event of a message's own stream, whose id is the message's: that is how a repetition is known."""
    return New(id=said.message, stream=message_stream(said.message), version=1, event=said, meta=meta)
