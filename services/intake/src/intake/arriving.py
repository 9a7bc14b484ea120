"""A message on its way in: the neutral form with what the door knows about it, ready to be decided on."""

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from contracts import Meta
from contracts.intake import Attachment
from contracts.streams import message_id
from eventlog.vault import Vault
from servicekit.said import meta
from servicekit.text import clean, storable

from intake.domain.thanks import only_thanks
from intake.domain.threading import Sender
from intake.reading.message import Incoming

Outcome = Literal["opened", "appended", "duplicate", "refused", "quarantined"]


class Envelope(NamedTuple):
    """What a door knows besides the message: who brought it and when, and the digest its content is told apart by."""

    at: datetime
    actor: str
    digest: str
    raw: str = ""
    looped: bool = False
    attachments: tuple[Attachment, ...] = ()


class Source(NamedTuple):
    """Where input came in that is no message for a ticket."""

    channel: str
    external_id: str

    @property
    def message(self) -> str:
        """The id of the input."""
        return message_id(self.channel, self.external_id)

    @property
    def public_id(self) -> str:
        """The channel's id where it may stand in the open: a Message-ID can name its writer."""
        return "" if self.external_id.startswith("<") else self.external_id


class Receipt(NamedTuple):
    """What became of a message; `position` is where the log says so."""

    message: str
    outcome: Outcome
    position: int
    ticket: str = ""
    number: str = ""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An incoming message with its ids; `thread` is a keyed hash, since a private chat's id is its owner's.

    `answered` is who is answered instead of the requester, by Reply-To.
    """

    incoming: Incoming
    message: str
    requester: str
    thread: str
    meta: Meta
    envelope: Envelope
    answered: str = ""

    @property
    def sender(self) -> Sender:
        """Who wrote it."""
        return Sender(self.requester, bool(self.incoming.automatic) or self.thankful)

    @property
    def thankful(self) -> bool:
        """Whether it only says thank you."""
        incoming = self.incoming
        return only_thanks(incoming.text) and not incoming.attachments and not incoming.passed_on

    @property
    def reply_to(self) -> str:
        """Where an answer goes: a mail address, the number of a chat, or nowhere but the cabinet."""
        incoming = self.incoming
        if incoming.kind == "telegram":
            return (incoming.thread or incoming.author.address).partition("/")[0]
        return incoming.author.email

    @property
    def answers(self) -> str:
        """The Message-ID that our answer refers to."""
        return self.incoming.external_id if self.incoming.external_id.startswith("<") else ""


def arrived(vault: Vault, incoming: Incoming, envelope: Envelope) -> Arrival:
    """The message with the ids that follow from it; what the log cannot hold is taken out."""
    incoming = _storable(incoming)
    message = message_id(incoming.channel, incoming.external_id)
    thread = vault.alias(f"thread/{incoming.channel}", incoming.thread) if incoming.thread else ""
    return Arrival(
        incoming=incoming,
        message=message,
        requester=vault.alias(identity(incoming.kind, incoming.channel), incoming.author.address),
        thread=thread,
        meta=meta(envelope.actor, message, incoming.channel),
        envelope=envelope,
        answered=_answered(vault, incoming),
    )


def _answered(vault: Vault, incoming: Incoming) -> str:
    author = incoming.author
    elsewhere = incoming.kind == "email" and author.email and author.email.lower() != author.address.lower()
    return vault.alias(identity("email", incoming.channel), author.email.lower()) if elsewhere else ""


def identity(kind: str, channel: str) -> str:
    """Within what an address names one person: mail and Telegram are the world's, an adapter's ids its channel's."""
    return f"api/{channel}" if kind == "api" else kind


def _storable(incoming: Incoming) -> Incoming:
    author = incoming.author
    told = (author.address, author.name, author.email)
    if storable("".join((incoming.external_id, incoming.subject, incoming.text, incoming.quoted, *told))):
        return incoming
    address, name, email = map(clean, told)
    cleaned = msgspec.structs.replace(author, address=address, name=name, email=email)
    return msgspec.structs.replace(
        incoming,
        external_id=clean(incoming.external_id),
        subject=clean(incoming.subject),
        text=clean(incoming.text),
        quoted=clean(incoming.quoted),
        author=cleaned,
    )
