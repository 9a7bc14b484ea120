"""Whether a program wrote a mail: such mail is never acknowledged, or two programs would talk for ever."""

import re

from intake.reading.mime.headers import Headers

_DAEMONS = re.compile(
    r"(mailer[-_.]?daemon|postmaster|(no|do[-_.]?not|don'?t)[-_.]?reply|noreply|bounces?|mailerdaemon)([-+_.=].*)?"
)
_BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_SUBJECT = re.compile(
    r"(?i)(автоматический ответ|автоответ|automatic reply|auto[- ]?reply|autoreply|auto:|out of office|"
    r"вне офиса|не в офисе|undelivered mail|undeliverable|delivery status notification|mail delivery fail|"
    r"недоставленное|не удается доставить|не удалось доставить|returned mail)"
)
_NOBODY = ("return-path", "from")
_LISTS = ("list-id", "list-unsubscribe")
_RESPONDERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-auto-reply")
_LOOPS = ("x-desk-loop", "x-loop")


def reason(headers: Headers, sender: str, media_type: str) -> str | None:
    """Why this mail is automatic, in one word, or None; the sender being ourselves is for the caller to see."""
    return (
        _said(headers)
        or _sent(headers, sender, media_type)
        or _marked(headers)
        or ("subject" if _SUBJECT.match(headers.text("subject")[:80]) else None)
    )


def _said(headers: Headers) -> str | None:
    word = headers.text("auto-submitted").split(";")[0].split("(")[0].strip().lower()
    return "auto-submitted" if word and word != "no" else None


def _sent(headers: Headers, sender: str, media_type: str) -> str | None:
    if any(value.replace(b" ", b"") == b"<>" for name in _NOBODY for value in headers.every(name)):
        return "empty-return-path"
    if _DAEMONS.fullmatch(sender.partition("@")[0]):
        return "daemon-sender"
    return "delivery-report" if media_type == "multipart/report" else None


def _marked(headers: Headers) -> str | None:
    if headers.text("precedence").lower() in _BULK:
        return "precedence"
    marks = {
        "mailing-list": _LISTS,
        "auto-response-suppress": ("x-auto-response-suppress",),
        "auto-responder": _RESPONDERS,
        "loop": _LOOPS,
    }
    return next((word for word, names in marks.items() if any(name in headers for name in names)), None)
