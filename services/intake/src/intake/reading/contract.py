"""Our own contract for channel adapters: what `POST /messages` takes, and how it is read."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic import model_validator as checked

from intake.reading import markup
from intake.reading.cleaning import safe_name
from intake.reading.contract_words import Contract, Id, Line, Moment, Person, Reference, Subject, Text
from intake.reading.message import Attachment, Author, Incoming

HINTS_LIMIT = 20


class Content(Contract):
    """What was written."""

    id: Id = Field(description="The message's id in the channel.", examples=["m-19"])
    text: Text = Field(description="The text, at most 256 KiB in UTF-8.", examples=["Не могу войти в кабинет"])
    subject: Subject = Field(
        default="", description="The subject, if the channel has subjects.", examples=["Вход в кабинет"]
    )
    format: Literal["plain", "html", "markdown"] = Field(
        default="plain", description="How the text is written; HTML is turned into plain text.", examples=["plain"]
    )
    sent_at: Moment | None = Field(
        default=None,
        description="When the person sent it, with an offset from UTC.",
        examples=["2026-11-20T12:15:00+03:00"],
    )
    attachments: tuple[Reference, ...] = Field(
        default=(),
        max_length=20,
        description="At most 20 files by reference.",
        examples=[[{"name": "screen.png", "media_type": "image/png", "url": "https://cabinet.example.ru/f/1"}]],
    )


class Thread(Contract):
    """The conversation in the channel."""

    id: Id = Field(description="Messages with the same id belong together.", examples=["cabinet-thread-771"])


class Hints(BaseModel):
    """What the channel already knows, in the words of the regulation; further string fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Line]

    category: Line | None = Field(default=None, description="Category: id or title.", examples=["hosting"])
    type: Line | None = Field(
        default=None, description="Type: id or title; alone it means its first category.", examples=["Документооборот"]
    )
    priority: Line | None = Field(default=None, description="Priority: id or title.", examples=["Срочный"])
    urgency: Line | None = Field(default=None, description="How urgent the person calls it.", examples=["urgent"])
    service: Line | None = Field(default=None, description="The service concerned: id or title.", examples=["crm"])

    @checked(mode="after")
    def _few(self) -> Self:
        extra = self.__pydantic_extra__ or {}
        if len(extra) > HINTS_LIMIT or any(not 0 < len(name) <= 64 for name in extra):
            raise ValueError("Send at most 20 further hints with names of 1 to 64 characters.")
        return self


class MessageReceived(Contract):
    """A message somebody wrote in a channel."""

    channel: Id = Field(description="The channel's id in the regulation.", examples=["cabinet"])
    message: Content = Field(description="What was written.")
    author: Person = Field(description="Who wrote it.")
    thread: Thread | None = Field(default=None, description="The conversation it belongs to, if the channel has them.")
    hints: Hints | None = Field(default=None, description="What the channel already knows about the request.")
    on_behalf_of: Person | None = Field(
        default=None, description="The requester, when the author writes for somebody else (a call taken, a visit)."
    )


class CloudEvent(BaseModel):
    """CloudEvents 1.0 in structured JSON; extension attributes are accepted and passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = Field(description="The version of CloudEvents.", examples=["1.0"])
    id: Id = Field(
        description="Unique within the source; a repeated id is a repeated delivery.",
        examples=["01JCV0Z9F8S2M5Q7T3R1P9N4KB"],
    )
    source: Id = Field(description="Who sends: a URI reference.", examples=["/adapters/acme-cabinet"])
    type: Literal["reglament.message.received"] = Field(
        description="What happened.", examples=["reglament.message.received"]
    )
    time: Moment | None = Field(
        default=None, description="When the adapter saw it.", examples=["2026-11-20T12:15:00.120+03:00"]
    )
    subject: Line | None = Field(default=None, description="The thread.", examples=["cabinet-thread-771"])
    datacontenttype: Line | None = Field(
        default=None, description="The media type of data.", examples=["application/json"]
    )
    data: MessageReceived = Field(description="The message.")

    @property
    def external_id(self) -> str:
        """CloudEvents dedupes by source and id together."""
        return f"{self.source} {self.id}"


def read_message(data: MessageReceived, *, external_id: str, seen_at: datetime | None = None) -> Incoming:
    """The message in neutral form; the author is the person it was written for, `entered_by` hints at who typed it.

    `seen_at` is when the adapter saw it, which counts where the channel does not tell when it was sent.
    """
    message = data.message
    entered = {"entered_by": data.author.id} if data.on_behalf_of else {}
    return Incoming(
        channel=data.channel,
        kind="api",
        external_id=external_id,
        author=_author(data.on_behalf_of or data.author),
        thread=data.thread.id if data.thread else None,
        subject=" ".join(message.subject.split()),
        text=markup.plain(message.text) if message.format == "html" else message.text.strip(),
        attachments=tuple(_attachment(reference) for reference in message.attachments),
        sent_at=message.sent_at or seen_at,
        hints={**_words(data.hints), "message": message.id, **entered},
    )


def _author(person: Person) -> Author:
    email = (person.email or "").lower()
    return Author(address=person.id, name=person.name, language=person.language, email=email)


def _attachment(reference: Reference) -> Attachment:
    source = str(reference.url) if reference.url else f"sha256:{reference.sha256}"
    name = safe_name(reference.name, "file")
    return Attachment(name=name, media_type=reference.media_type.lower(), source=source)


def _words(hints: Hints | None) -> dict[str, str]:
    if hints is None:
        return {}
    said = vars(hints) | (hints.__pydantic_extra__ or {})
    return {name: word for name, word in said.items() if isinstance(word, str) and word}
