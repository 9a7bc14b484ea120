"""One invented person's conversation with the bot, and how Telegram would say it."""

from dataclasses import dataclass, field
from datetime import datetime

MOST_LINES = 500
BOT = {"id": 7_012_345_678, "is_bot": True, "first_name": "Reglament", "username": "reglament_double_bot"}

Update = dict[str, object]


@dataclass
class Line:
    """One message; `mine` when the person wrote it, `state` says how its delivery to the bot goes.

    `update` is the last update that it caused, 0 if none.
    """

    id: int
    mine: bool
    text: str
    html: str
    at: datetime
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    entities: list[dict[str, object]] = field(default_factory=list)
    state: str = ""
    update: int = 0


@dataclass
class Chat:
    """One private conversation of an invented person with the bot, the last 500 messages of it."""

    id: int
    name: str
    language: str
    lines: list[Line] = field(default_factory=list)
    blocked: bool = False

    def put(self, line: Line) -> None:
        """Append a message, or replace the one of that id; one older than what is kept is left out."""
        if not self.lines or line.id > self.lines[-1].id:
            self.lines.append(line)
            del self.lines[:-MOST_LINES]
        else:
            self.lines = [line if each.id == line.id else each for each in self.lines]

    def find(self, number: int) -> Line | None:
        """One message by its id."""
        return next((line for line in self.lines if line.id == number), None)

    def person(self) -> dict[str, object]:
        """The person as a Telegram User."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    def described(self) -> dict[str, object]:
        """The conversation as a Telegram Chat."""
        return {"id": self.id, "type": "private", "first_name": self.name}


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


def written(chat: Chat, line: Line) -> Update:
    """The person's message as an update."""
    return {"update_id": line.update, "message": message(chat, line)}


def pressed(chat: Chat, line: Line, data: str) -> Update:
    """A button press as an update."""
    query = {"id": str(line.update * 1_000_003), "from": chat.person(), "chat_instance": str(-chat.id), "data": data}
    return {"update_id": line.update, "callback_query": query | {"message": message(chat, line)}}
