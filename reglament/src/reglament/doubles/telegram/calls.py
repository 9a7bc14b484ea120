"""What the Bot API's methods take, as far as the double minds it."""

from pydantic import BaseModel, Json


class Keyboard(BaseModel):
    """An inline keyboard; buttons as Telegram describes them."""

    inline_keyboard: list[list[dict[str, str]]] = []


class SendMessage(BaseModel):
    """What sendMessage takes, as far as the double minds it."""

    chat_id: int
    text: str = ""
    parse_mode: str = ""
    reply_markup: Keyboard | Json[Keyboard] = Keyboard()


class EditReplyMarkup(BaseModel):
    """What editMessageReplyMarkup takes."""

    chat_id: int
    message_id: int
    reply_markup: Keyboard | Json[Keyboard] = Keyboard()


class AnswerCallbackQuery(BaseModel):
    """What answerCallbackQuery takes."""

    callback_query_id: str
    text: str = ""


class SetWebhook(BaseModel):
    """What setWebhook takes; an empty URL removes it."""

    url: str = ""
    secret_token: str = ""


class GetUpdates(BaseModel):
    """What getUpdates takes; `timeout` in seconds."""

    offset: int = 0
    limit: int = 100
    timeout: float = 0
