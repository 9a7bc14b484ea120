"""One raw mail to one neutral message, in bounded work and without ever raising."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from intake.reading import automatic, body, delivery, quotes
from intake.reading.cleaning import clean, digest, one_line
from intake.reading.message import SUBJECT_LIMIT, Author, Incoming, Unreadable
from intake.reading.mime import parameters
from intake.reading.mime.addresses import Mailbox, mailboxes
from intake.reading.mime.charsets import guess, known
from intake.reading.mime.headers import Headers, Split, split
from intake.reading.mime.parts import Part, tree

RAW_LIMIT = 64 * 1024 * 1024
ID_LIMIT = 255
REFERENCES_LIMIT = 50
_ID = re.compile(r"<[^<>\s]{1,253}>")
_SENDERS = ("from", "sender", "reply-to", "return-path")
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*|,.*|;.*)?", re.IGNORECASE | re.DOTALL)
_URGENCY = ("importance", "x-msmail-priority", "priority", "x-priority")
_ORDINARY = re.compile(r"(?i)normal|non-urgent|3\b.*|")
_RAISED = re.compile(r"(?i)high(est)?|[12]\b.*")
_LOWERED = re.compile(r"(?i)low(est)?|[45]\b.*")
_LISTED = ("list-id", "list-post")


def read_mail(raw: bytes, channel: str) -> Incoming | Unreadable:
    """The mail as a message; `Unreadable` when it is over 64 MiB, names no sender or defeats the reader."""
    if len(raw) > RAW_LIMIT:
        return Unreadable(reason="The mail is larger than 64 MiB.", external_id=digest(raw))
    try:
        return _read(raw, channel)
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        return Unreadable(reason=f"The mail defeats its reader: {type(error).__name__}.", external_id=digest(raw))


def _read(raw: bytes, channel: str) -> Incoming | Unreadable:
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    head = split(raw)
    charset = _likely_charset(head)
    mail = tree(head.headers.read_as(charset), head.body)
    sender = _sender(mail.headers)
    why = automatic.reason(mail.headers, sender.address, mail.type.main)
    if not sender.address and why is None:
        return Unreadable(reason="The mail names no sender.", external_id=digest(raw))
    return _incoming(channel, _external_id(mail.headers, raw), _Found(mail, sender, why, body.read(mail, charset)))


class _Found(NamedTuple):
    mail: Part
    sender: Mailbox
    automatic: str | None
    said: body.Body


def _incoming(channel: str, external_id: str, found: _Found) -> Incoming:
    headers, sender = found.mail.headers, found.sender
    own, quoted = quotes.fold(found.said.text)
    references, recipients = _references(headers), _recipients(headers)
    email = _answered(headers, sender, recipients) or _mail_of(sender)
    return Incoming(
        channel=channel,
        kind="email",
        external_id=external_id,
        author=Author(address=sender.address, name=sender.name, language=_language(headers), email=email),
        references=references,
        recipients=recipients,
        subject=one_line(clean(headers.text("subject")), SUBJECT_LIMIT),
        text=own,
        quoted=quoted,
        automatic=found.automatic,
        attachments=found.said.attachments,
        sent_at=_sent_at(headers),
        hints=_hints(headers),
        report=delivery.report(found.mail, sender.address),
        passed_on=quotes.passed_on(quoted, answers=bool(references)),
    )


def _likely_charset(head: Split) -> str | None:
    """The charset of raw header bytes: a few letters are little to guess by, the body helps."""
    octets = head.headers.above_ascii()
    if not octets or guess(octets) == "utf-8":
        return "utf-8" if octets else None
    declared = known(parameters.read(head.headers, "content-type").parameters.get("charset", "utf-8"))
    return declared if declared not in {None, "utf-8", "ascii"} else guess(octets + b"\n" + head.body[:4096])


def _sender(headers: Headers) -> Mailbox:
    return next((box for name in _SENDERS for box in mailboxes(headers, name)), Mailbox("", ""))


def _recipients(headers: Headers) -> tuple[str, ...]:
    return tuple(dict.fromkeys(box.address for box in mailboxes(headers, *_RECIPIENTS)))


def _answered(headers: Headers, sender: Mailbox, recipients: tuple[str, ...]) -> str:
    """The address that the writer wants answers at, which says nothing of who the writer is (RFC 5322 §3.6.2).

    A mailing list puts its own one there, and all its readers would get the answer, unless it puts its own one into
    From and the writer's here; a form sometimes puts ours.
    """
    listed = any(name in headers for name in _LISTED) or headers.text("precedence").lower() == "list"
    if listed and sender.address not in recipients:
        return ""
    wanted = map(_mail_of, mailboxes(headers, "reply-to"))
    return next((address for address in wanted if address and address not in recipients), "")


def _mail_of(sender: Mailbox) -> str:
    return sender.address if "@" in sender.address else ""


def _external_id(headers: Headers, raw: bytes) -> str:
    found = _ID.search(headers.text("message-id"))
    return found[0] if found else digest(raw)


def _references(headers: Headers) -> tuple[str, ...]:
    answered = _ID.findall(headers.text("in-reply-to"))
    named = _ID.findall(headers.text("references"))
    return tuple(dict.fromkeys([*answered, *reversed(named)]))[:REFERENCES_LIMIT]


def _sent_at(headers: Headers) -> datetime | None:
    try:
        at = parsedate_to_datetime(headers.text("date")[:100])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _language(headers: Headers) -> str | None:
    found = _LANGUAGE.fullmatch(headers.text("content-language")[:40])
    return found[1].lower() if found else None


def _hints(headers: Headers) -> dict[str, str]:
    words = (one_line(headers.text(name), 40) for name in _URGENCY)
    word = next((word for word in words if not _ORDINARY.fullmatch(word)), "")
    if _RAISED.fullmatch(word):
        return {"urgency": "high"}
    if _LOWERED.fullmatch(word):
        return {"urgency": "low"}
    return {"urgency": word} if word else {}
