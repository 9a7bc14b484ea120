"""What invented people do: write, press a button, block the bot."""

from datetime import UTC, datetime, timedelta

from reglament.doubles.telegram.chats import Chats
from reglament.doubles.telegram.conversation import Chat, Line, pressed, written
from reglament.doubles.telegram.courier import Courier
from reglament.doubles.telegram.markup import plain

MESSAGE_LIVES = timedelta(hours=24)
PRESS_LIVES = timedelta(seconds=150)


class People:
    """Turns what people do into updates on their way to the bot."""

    def __init__(self, chats: Chats, courier: Courier) -> None:
        self._chats, self._courier = chats, courier

    async def write(self, chat: Chat, text: str) -> Line:
        """Somebody writes."""
        line = Line(self._chats.next_message(), True, text, plain(text), datetime.now(UTC), state="waiting")
        line.update = self._chats.next_update()
        self._chats.keep(chat, line)
        await self._send(chat, line, MESSAGE_LIVES)
        return line

    async def resume(self, now: datetime) -> None:
        """What was still on its way when the double stopped goes on; as much as is older than a day has expired."""
        for chat, line in self._chats.undelivered():
            await self._send(chat, line, MESSAGE_LIVES - (now - line.at))

    async def press(self, chat: Chat, number: int, data: str) -> bool:
        """Somebody presses a button; False if no such button is there."""
        line = chat.find(number)
        there = line and any(b.get("callback_data") == data for row in line.buttons for b in row)
        if line is None or not there:
            return False
        line.update = self._chats.next_update()
        self._chats.keep(chat, line)
        await self._courier.take(f"press {chat.id}", pressed(chat, line, data), lambda _: None, PRESS_LIVES)
        return True

    async def _send(self, chat: Chat, line: Line, lives: timedelta) -> None:
        def told(state: str) -> None:
            if line.state != state:
                line.state = state
                self._chats.keep(chat, line)

        if lives > timedelta(0):
            await self._courier.take(f"chat {chat.id}", written(chat, line), told, lives)
        else:
            told("expired")
