"""A mail as bytes: composed, read back and compared, so that no text can become a header."""

import re
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr

from msgspec import Struct

from notify.sending.lines import UnfitAddressError, address, body, one_line

MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")
KEPT_REFERENCES = 10
THREADING = ("message-id", "in-reply-to", "references")
PERSONS = ("from", "to")
BY_MIME = {"mime-version", "content-type", "content-transfer-encoding"}


class Mail(Struct, frozen=True, kw_only=True):
    """One mail to one person; texts may hold anything, addresses and Message-ID must be well formed."""

    sender: str
    to: str
    reply_to: str
    message_id: str
    number: str
    subject: str
    text: str
    at: datetime
    installation: str
    html: str = ""
    sender_name: str = ""
    to_name: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    replied: bool = False
    """True for an acknowledgement (RFC 3834 auto-replied), false for any other notification (auto-generated)."""


class InjectedHeaderError(ValueError):
    """The serialised mail does not hold exactly the intended headers; it must not be sent (reliability §0.12)."""


class WireHeader(UnstructuredHeader, BaseHeader):
    """A header folded by ourselves: the standard way encodes long Message-IDs and loses Russian spaces."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes over the wire, every line short and ASCII."""
        return f"{self.name}: {wire(self.name.lower(), str(self), policy.linesep)}{policy.linesep}"


def wire(name: str, value: str, linesep: str) -> str:
    """Message-IDs one a line, a name in encoded words before its address, other text in encoded words."""
    if name in THREADING:
        return f"{linesep} ".join(value.split())
    if name in PERSONS:
        said, _, at = value.rpartition(" <")
        return formataddr((said, at[:-1])) if said.isascii() else f"{encoded(said, linesep)}{linesep} <{at}"
    return encoded(value, linesep)


def encoded(text: str, linesep: str) -> str:
    """Text as RFC 2047 encoded words, or as it is where ASCII suffices."""
    return Header(text, "us-ascii" if text.isascii() else "utf-8", 64, continuation_ws=" ").encode(linesep=linesep)


def blank() -> EmailMessage:
    """An empty mail under `policy.SMTP` whose texts, persons and Message-IDs fold soundly."""
    registry = HeaderRegistry()
    for name in (*THREADING, *PERSONS, "subject"):
        registry.map_to_type(name, WireHeader)
    return EmailMessage(policy=SMTP.clone(header_factory=registry))


def compose(mail: Mail) -> bytes:
    """The mail as it goes over the wire; UnfitAddressError or InjectedHeaderError rather than a doubtful one."""
    message = blank()
    headers = intended(mail)
    for name, value in headers.items():
        message[name] = value
    message.set_content(body(mail.text))
    if mail.html:
        message.add_alternative(body(mail.html), subtype="html")
    raw = message.as_bytes()
    compare(raw, headers)
    return raw


def intended(mail: Mail) -> dict[str, str]:
    """Every header we mean to send, each value in its safe form (channels §2.7)."""
    headers: dict[str, str] = {
        "From": person(mail.sender_name, mail.sender),
        "To": person(mail.to_name, mail.to),
        "Reply-To": address(mail.reply_to),
        "Subject": tagged(mail.number, mail.subject),
        "Date": format_datetime(mail.at),
        "Message-ID": identity(mail.message_id),
        "Auto-Submitted": "auto-replied" if mail.replied else "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Desk-Loop": one_line(mail.installation, 60),
    }
    return headers | thread(mail)


def thread(mail: Mail) -> dict[str, str]:
    """In-Reply-To and the last ten References; ids that others malformed are left out."""
    sound = [reference for reference in mail.references if MESSAGE_ID.fullmatch(reference)]
    headers = {"References": " ".join(sound[-KEPT_REFERENCES:])}
    if MESSAGE_ID.fullmatch(mail.in_reply_to):
        headers["In-Reply-To"] = mail.in_reply_to
    return {name: value for name, value in headers.items() if value}


def tagged(number: str, subject: str) -> str:
    """`[TIC-42] subject`, the tag once."""
    tag = f"[{one_line(number, 40)}]"
    said = one_line(subject)
    return said if tag in said else f"{tag} {said}".rstrip()


def person(name: str, at: str) -> str:
    """A display name with an address."""
    return f"{one_line(name, 100)} <{address(at)}>"


def identity(message_id: str) -> str:
    """A Message-ID of ours, refused unless it is one token in angle brackets."""
    if not MESSAGE_ID.fullmatch(message_id):
        raise UnfitAddressError("a Message-ID looks like <token@domain>")
    return message_id


def compare(raw: bytes, headers: dict[str, str]) -> None:
    """InjectedHeaderError unless the bytes, read by other means, hold exactly these headers, each once."""
    read = sorted(name.lower() for name in message_from_bytes(raw))
    meant = sorted({name.lower() for name in headers} | BY_MIME)
    if [name for name in read if name not in BY_MIME] != [name for name in meant if name not in BY_MIME]:
        raise InjectedHeaderError("the mail would carry other headers than intended")
    if len(read) != len(set(read)):
        raise InjectedHeaderError("the mail would carry a header twice")
