"""Whether a mail is a mail server's report on the delivery of another mail, and of which (RFC 3464)."""

import re

from intake.reading.message import Report
from intake.reading.mime.headers import split
from intake.reading.mime.parts import Part

STATUS = {"message/delivery-status", "message/global-delivery-status"}
RETURNED = {"message/rfc822", "message/global", "message/rfc822-headers", "text/rfc822-headers"}
SEARCHED_BYTES = 256 * 1024
_ACTION = re.compile(rb"(?im)^action:[ \t]*([a-z]+)")
_DAEMON = re.compile(r"mailer[-_.]?daemon([-+_.=].*)?|")
_ID = re.compile(r"<[^<>\s]{1,253}>")
_TOLD = re.compile(rb"(?im)^[ \t>]*message-id:\s{0,8}(<[^<>\s]{1,253}>)")
_LATE = re.compile(r"(?i)delay|warning|задерж|отлож")


def report(mail: Part, sender: str) -> Report | None:
    """The report; an out-of-office answer is none, nor is a receipt that somebody read a mail."""
    leaves = [*mail.leaves()]
    status = next((leaf for leaf in leaves if leaf.type.main in STATUS), None)
    if mail.type.main == "multipart/report":
        standard = status or mail.type.parameters.get("report-type", "").lower() == "delivery-status"
        return Report(mail=_returned(mail, leaves), failed=_failed(status)) if standard else None
    if _served(mail, sender.partition("@")[0]):
        late = _LATE.search(mail.headers.text("subject")[:200])
        return Report(mail=_returned(mail, leaves), failed=late is None)
    return None


def _served(mail: Part, name: str) -> bool:
    """Whether a server speaks in its own words; a postmaster may be a person, unless nobody may answer."""
    nobody = any(value.strip() == b"<>" for value in mail.headers.every("return-path"))
    return _DAEMON.fullmatch(name) is not None or (name == "postmaster" and nobody)


def _failed(status: Part | None) -> bool:
    """Whether it will not arrive for at least one recipient; what is late is still on its way."""
    actions = [word.lower() for word in _ACTION.findall(status.content()[:SEARCHED_BYTES])] if status else []
    return not actions or b"failed" in actions


def _returned(mail: Part, leaves: list[Part]) -> str:
    """The Message-ID of the mail that comes back: of its own part, else one that stands in the text."""
    for leaf in leaves:
        if leaf.type.main in RETURNED and (found := _ID.search(split(leaf.content()).headers.text("message-id"))):
            return found[0]
    told = _TOLD.search(mail.body[:SEARCHED_BYTES])
    return told[1].decode("ascii", "ignore") if told else ""
