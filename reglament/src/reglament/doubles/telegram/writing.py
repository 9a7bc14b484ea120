"""The bot's messages, refused where Telegram would refuse them."""

from datetime import UTC, datetime

from reglament.doubles.telegram.calls import Keyboard, SendMessage
from reglament.doubles.telegram.conversation import Line
from reglament.doubles.telegram.markup import Markup, MarkupError, plain, units

LONGEST_TEXT = 4096


class RefusedError(Exception):
    """A call that Telegram would answer with this status and description."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description


def written(number: int, asked: SendMessage) -> Line:
    """The bot's message, refused where Telegram would refuse it."""
    try:
        markup = Markup(asked.text) if asked.parse_mode.upper() == "HTML" else None
    except MarkupError as wrong:
        raise RefusedError(400, f"Bad Request: can't parse entities: {wrong}") from wrong
    text = (markup.text if markup else asked.text).strip()
    if not text:
        raise RefusedError(400, "Bad Request: message text is empty")
    if units(text) > LONGEST_TEXT:
        raise RefusedError(400, "Bad Request: message is too long")
    refuse_wrong_buttons(asked.reply_markup)
    line = Line(number, False, text, markup.html if markup else plain(text), datetime.now(UTC))
    line.buttons, line.entities = asked.reply_markup.inline_keyboard, markup.entities if markup else []
    return line


def refuse_wrong_buttons(keyboard: Keyboard) -> None:
    """RefusedError unless every button has a text and either data of 1 to 64 bytes or a URL."""
    for button in (button for row in keyboard.inline_keyboard for button in row):
        data = button.get("callback_data", "")
        if len(data.encode()) > 64:
            raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
        if not button.get("text") or not (data or button.get("url")):
            raise RefusedError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
