"""What invented people do: write, press a button, block the bot."""

from datetime import UTC, datetime

from reglament.doubles.telegram.chats import Chat, Chats, Line
from reglament.doubles.telegram.courier import Courier
from reglament.doubles.telegram.markup import plain


class People:
    """Turns what people do into updates on their way to the bot."""

    def __init__(self, chats: Chats, courier: Courier) -> None:
        self._chats, self._courier = chats, courier

    async def write(self, chat: Chat, text: str) -> Line:
        """Somebody writes."""
        line = Line(self._chats.next_message(), True, text, plain(text), datetime.now(UTC), state="waiting")

        def told(state: str) -> None:
            line.state = state

        await self._courier.take(f"chat {chat.id}", self._chats.wrote(chat, line), told)
        return line

    async def press(self, chat: Chat, number: int, data: str) -> bool:
        """Somebody presses a button; False if no such button is there."""
        line = chat.find(number)
        there = line and any(b.get("callback_data") == data for row in line.buttons for b in row)
        if line is None or not there:
            return False
        await self._courier.take(f"press {chat.id}", self._chats.pressed(chat, line, data), lambda _: None)
        return True
