"""Finds "ты" in Russian text, which people outside are never addressed with (R0-10)."""

import re

PRONOUNS = "ты тебя тебе тобой тобою твой твоя твоё твое твои твоего твоей твоему твоим твоею твоих твоими твою"
COMMANDS = (
    "ответь напиши оцени подожди нажми посмотри проверь перейди открой закрой скажи дай жди зайди введи укажи "
    "пришли отправь приложи уточни сообщи попробуй перезагрузи обнови выбери займись возьми смотри пиши звони"
)
POLITE = frozenset({"лишь", "тишь", "мышь", "брешь", "кишмиш"})
WORD = re.compile(r"[а-яё]+", re.IGNORECASE)
SECOND_PERSON = re.compile(r"[а-яё]{2,}(?:ешь|ёшь|ишь)(?:ся)?")
FORBIDDEN = frozenset((PRONOUNS + " " + COMMANDS).split())


def familiar(text: str) -> tuple[str, ...]:
    """The words of the text that say "ты": pronouns, usual commands and verbs of the second person singular."""
    return tuple(word for word in WORD.findall(text) if says_thou(word.lower()))


def says_thou(word: str) -> bool:
    """Whether one lower-case word addresses somebody with "ты"."""
    if word in POLITE:
        return False
    return word in FORBIDDEN or SECOND_PERSON.fullmatch(word) is not None
