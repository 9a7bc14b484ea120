"""A caught mail as a person reads it; whatever is broken in it is shown as well as may be."""

from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from msgspec import Struct


class Attachment(Struct, frozen=True):
    """A part that is neither the text nor its HTML form; size in bytes."""

    name: str
    type: str
    size: int


class Reading(Struct, frozen=True):
    """The decoded mail; `headers` in their order."""

    subject: str
    sender: str
    to: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]

    def start(self) -> str:
        """The first words of the text, without a line that only asks to answer above it."""
        lines = (line.strip() for line in self.text.split("\n"))
        return " ".join(line for line in lines if line and not line.startswith("— "))[:160]


def read(raw: bytes) -> Reading:
    """Decode a raw mail."""
    message = message_from_bytes(raw)
    headers = tuple((name, header(value)) for name, value in message.raw_items())
    named = {name.lower(): value for name, value in reversed(headers)}
    parts = [part for part in message.walk() if not part.is_multipart()]
    return Reading(
        subject=named.get("subject", ""),
        sender=named.get("from", ""),
        to=named.get("to", ""),
        headers=headers,
        text=first(parts, "text/plain"),
        html=first(parts, "text/html"),
        attachments=tuple(attachment(part) for part in parts if named_part(part)),
    )


def header(value: object) -> str:
    """A header's value, unfolded and with its encoded words read."""
    flat = " ".join(str(value).split())
    return attempt(lambda: str(make_header(decode_header(flat))), flat)


def attempt(reading: Callable[[], str], otherwise: str) -> str:
    """What the reading gives, or the raw form where the mail is broken."""
    try:
        return reading()
    except (LookupError, ValueError):
        return otherwise


def first(parts: list[Message], kind: str) -> str:
    """The text of the first part of that type, "" if there is none."""
    return next((content(p) for p in parts if p.get_content_type() == kind and not named_part(p)), "")


def content(part: Message) -> str:
    """A text part in its charset, as UTF-8 where that charset is unknown."""
    payload = octets(part)
    charset = part.get_content_charset("utf-8")
    return attempt(lambda: payload.decode(charset, "replace"), payload.decode("utf-8", "replace"))


def octets(part: Message) -> bytes:
    """The bytes of a part behind its transfer encoding."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def named_part(part: Message) -> bool:
    """Whether a part is meant as a file."""
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment"


def attachment(part: Message) -> Attachment:
    """What is known of a file."""
    return Attachment(header(part.get_filename() or "?"), part.get_content_type(), len(octets(part)))
