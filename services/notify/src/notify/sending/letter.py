"""A mail as bytes: the same mail is the same bytes every time, and no text in it can become a header."""

import re
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from msgspec import Struct

from notify.sending.lines import UnfitAddressError, address, body, one_line
from notify.sending.wire import ENCODING, FOLD, TYPE, addressed, alternatives, block, compare, encoded, entity

MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")
KEPT_REFERENCES = 10


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
    automatic: str = "auto-generated"
    """By RFC 3834: auto-replied for an acknowledgement, "" for what a person wrote, else auto-generated."""


def compose(mail: Mail) -> bytes:
    """The mail as it goes over the wire; UnfitAddressError or InjectedHeaderError rather than a doubtful one."""
    headers = intended(mail)
    raw = block(headers.items()) + content(mail)
    compare(raw, (*headers, *((TYPE,) if mail.html else (TYPE, ENCODING))))
    return raw


def content(mail: Mail) -> bytes:
    """The text, and where there is one its HTML form beside it; the boundary follows from the Message-ID."""
    text = entity("plain", ended(mail.text))
    if not mail.html:
        return text
    boundary = f"=_{sha256(mail.message_id.encode()).hexdigest()[:32]}"
    return alternatives(boundary, (text, entity("html", ended(mail.html))))


def ended(text: str) -> str:
    """A text without control characters whose last line has an end."""
    return body(text).removesuffix("\n") + "\n"


def intended(mail: Mail) -> dict[str, str]:
    """Every header we mean to send, each value in its safe form, folded (channels §2.7)."""
    headers: dict[str, str] = {
        "From": person(mail.sender_name, mail.sender),
        "To": person(mail.to_name, mail.to),
        "Reply-To": address(mail.reply_to),
        "Subject": encoded(tagged(mail.number, mail.subject)),
        "Date": format_datetime(mail.at),
        "Message-ID": identity(mail.message_id),
        "X-Desk-Loop": encoded(one_line(mail.installation, 60)),
    }
    return headers | origin(mail) | thread(mail) | {"MIME-Version": "1.0"}


def origin(mail: Mail) -> dict[str, str]:
    """That a machine wrote it, where one did: another desk would take a person's answer for nothing said otherwise."""
    return {"Auto-Submitted": mail.automatic, "X-Auto-Response-Suppress": "All"} if mail.automatic else {}


def thread(mail: Mail) -> dict[str, str]:
    """In-Reply-To and the last ten References; ids that others malformed are left out."""
    sound = [reference for reference in mail.references if MESSAGE_ID.fullmatch(reference)]
    headers = {"References": FOLD.join(sound[-KEPT_REFERENCES:])}
    if MESSAGE_ID.fullmatch(mail.in_reply_to):
        headers["In-Reply-To"] = mail.in_reply_to
    return {name: value for name, value in headers.items() if value}


def tagged(number: str, subject: str) -> str:
    """`[TIC-42] subject`, the tag once; the subject alone where it is about no ticket."""
    tag = f"[{one_line(number, 40)}]"
    said = one_line(subject)
    return said if tag in said or not number else f"{tag} {said}".rstrip()


def person(name: str, at: str) -> str:
    """A display name with an address."""
    return addressed(one_line(name, 100), address(at))


def identity(message_id: str) -> str:
    """A Message-ID of ours, refused unless it is one token in angle brackets."""
    if not MESSAGE_ID.fullmatch(message_id):
        raise UnfitAddressError("a Message-ID looks like <token@domain>")
    return message_id
