"""The invented people, their conversations with the bot, and the updates that these cause."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

MOST_LINES = 500
FIRST_CHAT = 5_390_000_001
BOT = {"id": 7_012_345_678, "is_bot": True, "first_name": "Reglament", "username": "reglament_double_bot"}

Update = dict[str, object]


@dataclass
class Line:
    """One message; `mine` when the person wrote it, `state` says how its delivery to the bot goes."""

    id: int
    mine: bool
    text: str
    html: str
    at: datetime
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    entities: list[dict[str, object]] = field(default_factory=list)
    state: str = ""


@dataclass
class Chat:
    """One private conversation of an invented person with the bot, the last 500 messages of it."""

    id: int
    name: str
    language: str
    lines: list[Line] = field(default_factory=list)
    blocked: bool = False

    def add(self, line: Line) -> None:
        """Append a message."""
        self.lines.append(line)
        del self.lines[:-MOST_LINES]

    def find(self, number: int) -> Line | None:
        """One message by its id."""
        return next((line for line in self.lines if line.id == number), None)

    def person(self) -> dict[str, object]:
        """The person as a Telegram User."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    def described(self) -> dict[str, object]:
        """The conversation as a Telegram Chat."""
        return {"id": self.id, "type": "private", "first_name": self.name}


class Chats:
    """All conversations; ids of messages and updates only ever rise."""

    def __init__(self, first_update: int = 1) -> None:
        self._chats: dict[int, Chat] = {}
        self._updates: Iterator[int] = count(first_update)
        self._messages: Iterator[int] = count(1)

    def recent(self) -> list[Chat]:
        """The conversations, that with the latest message first."""
        return sorted(self._chats.values(), key=lambda chat: chat.lines[-1].id if chat.lines else 0, reverse=True)

    def find(self, number: int) -> Chat | None:
        """One conversation, None if nobody of that id has ever written."""
        return self._chats.get(number)

    def new_id(self) -> int:
        """An id that nobody has yet."""
        return max(self._chats, default=FIRST_CHAT - 1) + 1

    def opened(self, number: int, name: str, language: str) -> Chat:
        """The conversation of that person, begun if there is none."""
        return self._chats.setdefault(number, Chat(number, name, language))

    def next_message(self) -> int:
        """The id of the next message."""
        return next(self._messages)

    def wrote(self, chat: Chat, line: Line) -> Update:
        """The person's message as an update."""
        chat.add(line)
        return {"update_id": next(self._updates), "message": message(chat, line)}

    def pressed(self, chat: Chat, line: Line, data: str) -> Update:
        """A button press as an update."""
        number = next(self._updates)
        query = {"id": str(number * 1_000_003), "from": chat.person(), "chat_instance": str(-chat.id), "data": data}
        return {"update_id": number, "callback_query": query | {"message": message(chat, line)}}


def message(chat: Chat, line: Line) -> dict[str, object]:
    """A message as a Telegram Message."""
    said: dict[str, object] = {
        "message_id": line.id,
        "from": chat.person() if line.mine else BOT,
        "chat": chat.described(),
        "date": int(line.at.timestamp()),
        "text": line.text,
    }
    if line.entities:
        said["entities"] = line.entities
    if line.buttons:
        said["reply_markup"] = {"inline_keyboard": line.buttons}
    return said
