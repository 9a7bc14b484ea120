"""What these commands say, in both product languages."""

import os
from collections.abc import Mapping
from enum import StrEnum

from regulation.lint import Severity
from regulation.term import Title
from regulation.wording import said


class Lang(StrEnum):
    """The language of messages."""

    ru = "ru"
    en = "en"


def usual(environment: Mapping[str, str] = os.environ) -> Lang:
    """The terminal's language where it is one of ours, else English."""
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return Lang.ru if locale.startswith("ru") else Lang.en


COUNTED = {
    Severity.error: (Title(ru="ошибок: {}", en="{} error"), "✗", "red"),
    Severity.warning: (Title(ru="предупреждений: {}", en="{} warning"), "!", "yellow"),
    Severity.note: (Title(ru="замечаний: {}", en="{} note"), "·", "dim"),
}
"""How findings of a severity are counted, marked and coloured."""
CLEAN = Title(ru="всё в порядке", en="nothing to say")
MIXIN = Title(
    ru="примесь: проверяется вместе с регламентом, который её включает",
    en="a mix-in: it is checked with the regulation that includes it",
)
EQUAL = Title(ru="Различий нет.", en="There is no difference.")
EFFECTS = Title(ru="Что изменится для обращений", en="What changes for tickets")
DIRECTIONS = {
    "shorter": Title(ru="короче", en="shorter"),
    "longer": Title(ru="дольше", en="longer"),
}
FIRST = Title(ru="Такого регламента ещё нет: это первая публикация.", en="This regulation is published first now.")
SAME = Title(ru="Эта версия уже опубликована.", en="This version is published already.")
NOT_PUBLISHED = Title(ru="Не опубликовано: исправьте ошибки.", en="Nothing is published: correct the errors.")
PUBLISHED = Title(ru="Опубликовано", en="Published")
IN_FORCE = Title(ru="действует с", en="in force from")


def counted(severity: Severity, many: int, lang: Lang) -> str:
    """How many there are."""
    plural = "s" if lang is Lang.en and many != 1 else ""
    return said(COUNTED[severity][0], lang.value).format(many) + plural
