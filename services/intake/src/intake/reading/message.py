"""The neutral form of anything a channel may send."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

SUBJECT_LIMIT = 998
TEXT_LIMIT = 256 * 1024


class Author(Struct, frozen=True, kw_only=True):
    """Who wrote: `address` is a lower-cased mail address, a Telegram id as text or the adapter's own id.

    `email` is where mail reaches the person; `language` is what an adapter knows of the person or a program states.
    """

    address: str
    name: str = ""
    language: str | None = None
    email: str = ""


class Attachment(Struct, frozen=True, kw_only=True):
    """A file with a safe name; `source` (`https:`, `sha256:`, `telegram:`) says where to fetch absent content."""

    name: str
    media_type: str
    content: bytes = b""
    source: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """A mail server's word on the delivery of another mail, whose Message-ID is `mail` ("" where it does not tell).

    One that has not `failed` is late, or has arrived.
    """

    mail: str = ""
    failed: bool = True


class Missed(Struct, frozen=True, kw_only=True):
    """A call that nobody answered, told of by a message; `phone` and `also` are ids of the same person (keyed hashes).

    `called_at` is in UTC, `agent` whom the call was meant for, "" for anybody.
    """

    caller: str
    called_at: datetime
    phone: str
    agent: str = ""
    direction: str = ""
    also: tuple[str, ...] = ()


class Incoming(Struct, frozen=True, kw_only=True, tag="incoming"):
    """One message for a ticket; `external_id` dedupes it within its channel, `sent_at` is the sender's claim in UTC.

    `references` holds what the message answers, the likeliest first; `automatic` says why no person wrote it.
    The author's address may be empty only in an automatic message; `missed` is the call that the message tells of,
    `report` what it says of a delivery. What is quoted may be a mail `passed_on` to us; an `edited` message was known.
    """

    channel: str
    kind: Literal["email", "telegram", "api"]
    external_id: str
    author: Author
    text: str
    thread: str | None = None
    references: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    subject: str = ""
    quoted: str = ""
    automatic: str | None = None
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime | None = None
    hints: dict[str, str] = field(default_factory=dict)
    missed: Missed | None = None
    report: Report | None = None
    passed_on: bool = False
    edited: bool = False


class Ignored(Struct, frozen=True, kw_only=True, tag="ignored"):
    """Understood input that says nothing to a ticket; `reason` is a short word without personal data."""

    reason: str
    external_id: str = ""


class Unreadable(Struct, frozen=True, kw_only=True, tag="unreadable"):
    """Input that could not be understood: keep its bytes and show it to a person."""

    reason: str
    external_id: str
