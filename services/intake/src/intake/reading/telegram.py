"""One Telegram update (Bot API) to one neutral message."""

import json
import re
from datetime import UTC, datetime

import msgspec

from intake.reading.cleaning import clean, digest, one_line, safe_name
from intake.reading.message import Attachment, Author, Ignored, Incoming, Unreadable
from intake.reading.telegram_update import File, Message, Numbered, Update

NAME_LIMIT = 200
_START = re.compile(r"/start(@\w+)?(\s+[A-Za-z0-9_-]{1,64})?")
"""The button that opens a bot, with the code of the link that led there: nobody has asked for anything yet."""
_KINDS = {
    "photo": ("photo.jpg", "image/jpeg"),
    "voice": ("voice.ogg", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("video.mp4", "video/mp4"),
    "animation": ("animation.mp4", "video/mp4"),
    "sticker": ("sticker.webp", "image/webp"),
    "document": ("file", "application/octet-stream"),
}


def read_update(body: bytes, channel: str) -> Incoming | Ignored | Unreadable:
    """The update as a message; everything but a message with content is ignored, with its kind as the reason."""
    try:
        update = _decoded(body)
        message = update.message or _reworded(update.edited_message)
        if message is None:
            return Ignored(reason=_kind(body), external_id=str(update.update_id))
    except (ValueError, RecursionError):
        return Unreadable(reason="The body is not a Telegram update.", external_id=_numbered(body))
    found = _read(message, channel, str(update.update_id))
    return msgspec.structs.replace(found, edited=update.message is None) if isinstance(found, Incoming) else found


def _reworded(edit: Message | None) -> Message | None:
    """An edit that has words: a place that moves or a button that goes has none, and comes every few seconds."""
    return edit if edit and (edit.text or edit.caption) else None


def _decoded(body: bytes) -> Update:
    try:
        return msgspec.json.decode(body, type=Update)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Only the standard library reads lone surrogates; here they are left out.
        return msgspec.json.decode(
            json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "ignore"), type=Update
        )


def _numbered(body: bytes) -> str:
    """The number of an update that cannot be read otherwise, or a digest."""
    try:
        return str(msgspec.json.decode(body, type=Numbered).update_id)
    except (ValueError, RecursionError):
        return digest(body)


def _kind(body: bytes) -> str:
    names = (name for name in json.loads(body) if name != "update_id")
    return one_line(next(names, "empty"), 40)


def _read(message: Message, channel: str, external_id: str) -> Incoming | Ignored | Unreadable:
    text = clean(message.text or message.caption or _spoken(message)).strip()
    files = tuple(_attachments(message))
    if not text and not files:
        return Ignored(reason="service-message", external_id=external_id)
    if _START.fullmatch(text) and not files:
        return Ignored(reason="start", external_id=external_id)
    return Incoming(
        channel=channel,
        kind="telegram",
        external_id=external_id,
        author=_author(message),
        thread=_thread(message),
        references=_references(message),
        text=text,
        quoted=_quoted(message),
        automatic=_automatic(message),
        attachments=files,
        sent_at=_at(message.date),
        hints={"message": f"{message.chat.id}/{message.message_id}", **_album(message)},
    )


def _spoken(message: Message) -> str:
    """What a message without text says in words."""
    if message.contact:
        return f"{message.contact.first_name} {message.contact.last_name} {message.contact.phone_number}"
    if message.location:
        return f"{message.location.latitude}, {message.location.longitude}"
    return message.sticker.emoji if message.sticker else ""


def _author(message: Message) -> Author:
    """The person; a channel or an anonymous administrator speaks as the chat, whatever `from` pretends."""
    if message.sender_chat or message.sender is None:
        chat = message.sender_chat or message.chat
        return Author(address=str(chat.id), name=one_line(chat.title or chat.first_name, NAME_LIMIT))
    person = message.sender
    name = one_line(f"{person.first_name} {person.last_name}", NAME_LIMIT)
    return Author(address=str(person.id), name=name, language=one_line(person.language_code, 16) or None)


def _thread(message: Message) -> str:
    chat = str(message.chat.id)
    return f"{chat}/{message.message_thread_id}" if message.message_thread_id else chat


def _references(message: Message) -> tuple[str, ...]:
    answered = message.reply_to_message
    return (f"{message.chat.id}/{answered.message_id}",) if answered else ()


def _quoted(message: Message) -> str:
    if message.quote:
        return clean(message.quote.text)
    answered = message.reply_to_message
    return clean(answered.text or answered.caption) if answered else ""


def _automatic(message: Message) -> str | None:
    if message.is_automatic_forward:
        return "automatic-forward"
    return "bot" if message.sender and message.sender.is_bot and not message.sender_chat else None


def _album(message: Message) -> dict[str, str]:
    return {"album": one_line(message.media_group_id, 64)} if message.media_group_id else {}


def _at(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _attachments(message: Message) -> list[Attachment]:
    files = [(kind, file) for kind in _KINDS if (file := _file(message, kind))]
    animated = any(kind == "animation" for kind, _ in files)
    # An animation is sent a second time as a document, for older programs.
    return [_attachment(kind, file) for kind, file in files if not (animated and kind == "document")]


def _file(message: Message, kind: str) -> File | None:
    if kind == "photo":
        return message.photo[-1] if message.photo else None
    found: File | None = getattr(message, kind)
    return found


def _attachment(kind: str, file: File) -> Attachment:
    name, media_type = _KINDS[kind]
    return Attachment(
        name=safe_name(clean(file.file_name), name),
        media_type=one_line(file.mime_type, 100).lower() or media_type,
        source=f"telegram:{one_line(file.file_id, 255)}",
    )
