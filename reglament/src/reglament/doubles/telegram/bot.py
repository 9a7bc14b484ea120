"""The Bot API itself: the methods that a support bot calls."""

from reglament.doubles.telegram.calls import (
    AnswerCallbackQuery,
    EditReplyMarkup,
    GetUpdates,
    SendMessage,
    SetWebhook,
)
from reglament.doubles.telegram.chats import Chats
from reglament.doubles.telegram.conversation import BOT, Chat, message
from reglament.doubles.telegram.courier import Courier, Webhook
from reglament.doubles.telegram.writing import RefusedError, written


class Bot:
    """The methods of one bot over the conversations of this double."""

    def __init__(self, chats: Chats, courier: Courier) -> None:
        self._chats, self._courier = chats, courier

    async def call(self, method: str, fields: dict[str, object]) -> object:
        """The result of a method; RefusedError as Telegram would refuse."""
        match method.lower():
            case "getme":
                return BOT | {"can_join_groups": False, "can_read_all_group_messages": False}
            case "sendmessage":
                return self._send(SendMessage.model_validate(fields))
            case "editmessagereplymarkup":
                return self._edit(EditReplyMarkup.model_validate(fields))
            case "answercallbackquery":
                return bool(AnswerCallbackQuery.model_validate(fields))
            case other:
                return await self._updates(other, fields)

    async def _updates(self, method: str, fields: dict[str, object]) -> object:
        """The methods that say how updates travel."""
        match method:
            case "setwebhook":
                return await self._point(SetWebhook.model_validate(fields))
            case "deletewebhook":
                return await self._point(SetWebhook())
            case "getwebhookinfo":
                return self._info()
            case "getupdates":
                return await self._fetch(GetUpdates.model_validate(fields))
            case _:
                raise RefusedError(404, "Not Found")

    def _send(self, asked: SendMessage) -> dict[str, object]:
        chat = self._reachable(asked.chat_id)
        line = written(self._chats.next_message(), asked)
        self._chats.keep(chat, line)
        return message(chat, line)

    def _edit(self, asked: EditReplyMarkup) -> dict[str, object]:
        chat = self._reachable(asked.chat_id)
        line = chat.find(asked.message_id)
        if line is None or line.mine:
            raise RefusedError(400, "Bad Request: message to edit not found")
        if line.buttons == asked.reply_markup.inline_keyboard:
            raise RefusedError(400, "Bad Request: message is not modified")
        line.buttons = asked.reply_markup.inline_keyboard
        self._chats.keep(chat, line)
        return message(chat, line)

    def _reachable(self, number: int) -> Chat:
        chat = self._chats.find(number)
        if chat is None:
            raise RefusedError(400, "Bad Request: chat not found")
        if chat.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        return chat

    async def _point(self, asked: SetWebhook) -> bool:
        await self._courier.point(Webhook(asked.url, asked.secret_token) if asked.url else None)
        return True

    def _info(self) -> dict[str, object]:
        url = self._courier.webhook.url if self._courier.webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self._courier.pending())}

    async def _fetch(self, asked: GetUpdates) -> object:
        if self._courier.webhook:
            raise RefusedError(409, "Conflict: can't use getUpdates method while webhook is active")
        return await self._courier.fetch(asked.offset, max(1, min(asked.limit, 100)), max(0, min(asked.timeout, 50)))
