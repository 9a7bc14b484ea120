"""The parts of a Telegram update (Bot API 10.1) that a ticket needs; everything else is passed over."""

from msgspec import Struct, field


class User(Struct, frozen=True):
    """Who sent a message; ids need 64 bits."""

    id: int
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""
    is_bot: bool = False


class Chat(Struct, frozen=True):
    """A private chat, a group or a channel; groups have negative ids."""

    id: int
    title: str = ""
    first_name: str = ""


class File(Struct, frozen=True):
    """A file that `getFile` downloads by its id."""

    file_id: str
    file_name: str = ""
    mime_type: str = ""
    emoji: str = ""


class Contact(Struct, frozen=True):
    """A shared telephone number."""

    phone_number: str
    first_name: str = ""
    last_name: str = ""


class Location(Struct, frozen=True):
    """A shared place in degrees."""

    latitude: float
    longitude: float


class Quote(Struct, frozen=True):
    """The passage a reply picks out."""

    text: str


class Answered(Struct, frozen=True):
    """The message a reply answers."""

    message_id: int
    text: str = ""
    caption: str = ""


class Message(Struct, frozen=True):
    """A message; `date` in Unix seconds."""

    message_id: int
    chat: Chat
    date: int = 0
    sender: User | None = field(default=None, name="from")
    sender_chat: Chat | None = None
    message_thread_id: int | None = None
    media_group_id: str = ""
    is_automatic_forward: bool = False
    text: str = ""
    caption: str = ""
    reply_to_message: Answered | None = None
    quote: Quote | None = None
    photo: list[File] = []
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: File | None = None
    contact: Contact | None = None
    location: Location | None = None


class Numbered(Struct, frozen=True):
    """The least that every update has."""

    update_id: int


class Update(Struct, frozen=True):
    """One update; only a message, new or reworded, is read further."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
