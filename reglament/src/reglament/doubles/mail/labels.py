"""The words on the mail catcher's pages."""

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ru": MappingProxyType(
            {
                "title": "Почта",
                "hint": "Сюда попадают все письма, которые отправляет система. Наружу не уходит ничего.",
                "empty": "Писем пока нет. Как только система отправит письмо, оно появится здесь само.",
                "clear": "Удалить все",
                "back": "Все письма",
                "from": "От",
                "to": "Кому",
                "at": "Получено",
                "headers": "Все заголовки",
                "raw": "Скачать исходный файл",
                "html": "Как видит получатель",
                "text": "Текст",
                "files": "Вложения",
                "nosubject": "(без темы)",
                "gone": "Этого письма здесь больше нет.",
                "faults": "Включены сбои",
            }
        ),
        "en": MappingProxyType(
            {
                "title": "Mail",
                "hint": "Every mail that the system sends arrives here. Nothing leaves this machine.",
                "empty": "No mail yet. As soon as the system sends one, it will appear here by itself.",
                "clear": "Delete all",
                "back": "All mail",
                "from": "From",
                "to": "To",
                "at": "Received",
                "headers": "All headers",
                "raw": "Download the raw file",
                "html": "As the recipient sees it",
                "text": "Text",
                "files": "Attachments",
                "nosubject": "(no subject)",
                "gone": "This mail is not here any more.",
                "faults": "Faults are switched on",
            }
        ),
    }
)
