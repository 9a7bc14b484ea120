"""The words on the Telegram double's pages."""

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ru": MappingProxyType(
            {
                "title": "Telegram",
                "hint": "Учебный Telegram: напишите в поддержку от имени выдуманного человека.",
                "new": "Новый собеседник",
                "name": "Имя",
                "language": "Язык",
                "first": "Первое сообщение",
                "begin": "Написать",
                "message": "Сообщение",
                "send": "Отправить",
                "choose": "Выберите переписку слева или начните новую.",
                "empty": "Переписок пока нет.",
                "back": "Все переписки",
                "delivered": "доставлено",
                "waiting": "отправляется",
                "expired": "не доставлено: срок вышел",
                "unreachable": "получатель недоступен, повторяем",
                "retrying": "ответ {state}, повторяем",
                "blocked": "бот заблокирован",
                "block": "Заблокировать бота",
                "unblock": "Разблокировать бота",
                "faults": "Включены сбои",
                "nowhere": "Вебхук не задан: сообщения ждут getUpdates.",
                "you": "Вы",
            }
        ),
        "en": MappingProxyType(
            {
                "title": "Telegram",
                "hint": "A practice Telegram: write to the support as an invented person.",
                "new": "New person",
                "name": "Name",
                "language": "Language",
                "first": "First message",
                "begin": "Write",
                "message": "Message",
                "send": "Send",
                "choose": "Choose a conversation on the left or begin a new one.",
                "empty": "No conversations yet.",
                "back": "All conversations",
                "delivered": "delivered",
                "waiting": "sending",
                "expired": "not delivered: too late",
                "unreachable": "cannot be reached, trying again",
                "retrying": "answer {state}, trying again",
                "blocked": "bot blocked",
                "block": "Block the bot",
                "unblock": "Unblock the bot",
                "faults": "Faults are switched on",
                "nowhere": "No webhook is set: messages wait for getUpdates.",
                "you": "You",
            }
        ),
    }
)
