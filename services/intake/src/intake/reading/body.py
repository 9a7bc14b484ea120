"""What a mail says in its own body, and the files it carries."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from intake.reading import markup
from intake.reading.cleaning import clean, safe_name
from intake.reading.message import TEXT_LIMIT, Attachment
from intake.reading.mime.charsets import decode
from intake.reading.mime.parts import Part

PART_LIMIT = 4 * TEXT_LIMIT
_META_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}charset=["']?([\w.:-]{1,40})""")
_DEFAULT_NAMES = {
    "text/plain": "message.txt",
    "text/html": "message.html",
    "text/calendar": "invite.ics",
    "text/rfc822-headers": "headers.txt",
    "message/rfc822": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "application/ms-tnef": "winmail.dat",
    "application/pdf": "file.pdf",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
}


class Body(NamedTuple):
    """The text of a mail and its files."""

    text: str
    attachments: tuple[Attachment, ...]


def read(mail: Part, charset: str | None) -> Body:
    """The body; `charset` is likely where none is named; text over 256 Ki characters is cut and kept as a file."""
    leaves = list(mail.leaves())
    files = [leaf for leaf in leaves if not _speaks(leaf)]
    text = clean("\n\n".join(text for text in _texts(mail, charset) if text.strip()))
    if not text.strip():
        text = clean(next((_text(leaf, charset) for leaf in files if leaf.type.main == "text/plain"), ""))
    large = [leaf for leaf in leaves if _speaks(leaf) and _is_large(leaf)]
    whole = [_whole(text)] if len(text) > TEXT_LIMIT and not large else []
    return Body(text[:TEXT_LIMIT], (*(_attachment(leaf) for leaf in (*files, *large)), *whole))


def _speaks(leaf: Part) -> bool:
    """Whether a leaf belongs to the text of the mail."""
    if leaf.disposition.main == "attachment" or leaf.name:
        return False
    kind = leaf.type.main
    return kind.startswith("multipart/") or kind in {"text/plain", "text/html", "text/enriched", "text/richtext"}


def _texts(part: Part, charset: str | None) -> Iterator[str]:
    if not part.parts:
        if _speaks(part):
            yield _text(part, charset)
    elif part.type.main == "multipart/alternative":
        yield _chosen(part, charset)
    else:
        for inner in part.parts:
            yield from _texts(inner, charset)


def _chosen(part: Part, charset: str | None) -> str:
    """Of alternatives the first that says anything: senders put the plainest first."""
    spoken = ("\n\n".join(_texts(inner, charset)) for inner in part.parts)
    return next((text for text in spoken if text.strip()), "")


def _text(leaf: Part, charset: str | None) -> str:
    content = leaf.content()[:PART_LIMIT]
    declared = leaf.type.parameters.get("charset")
    if leaf.type.main != "text/html":
        return decode(content, declared, charset)
    meta = _META_CHARSET.search(content[: 8 * 1024])
    named = meta[1].decode("ascii", "replace") if meta else None
    return markup.plain(decode(content, declared or named, charset))


def _is_large(leaf: Part) -> bool:
    return len(leaf.body) > (markup.LIMIT if leaf.type.main == "text/html" else PART_LIMIT)


def _whole(text: str) -> Attachment:
    content = text.encode("utf-8")
    return Attachment(name="message.txt", media_type="text/plain; charset=utf-8", content=content)


def _attachment(leaf: Part) -> Attachment:
    name = safe_name(leaf.name, _DEFAULT_NAMES.get(leaf.type.main, "file"))
    return Attachment(name=name, media_type=leaf.type.main, content=leaf.content())
