"""What is said to people who write a regulation, in both product languages."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Literal

from regulation.term import Title

Language = Literal["ru", "en"]
MOST = 12
"""Names listed before the rest is left to the reader."""
FEW = 1000
"""Names compared when guessing what was meant."""

KINDS = {
    "calendars": Title(ru="календаря", en="calendar"),
    "ticket_types": Title(ru="типа", en="ticket type"),
    "categories": Title(ru="категории", en="category"),
    "priorities": Title(ru="приоритета", en="priority"),
    "plans": Title(ru="плана", en="plan"),
    "stages": Title(ru="стадии", en="stage"),
    "roles": Title(ru="роли", en="role"),
    "groups": Title(ru="группы", en="group"),
    "channels": Title(ru="канала", en="channel"),
    "directions": Title(ru="направления", en="direction"),
    "services": Title(ru="сервиса", en="service"),
    "lines": Title(ru="линии", en="line"),
    "trackers": Title(ru="трекера", en="tracker"),
    "lines or trackers": Title(ru="линии или трекера", en="line or tracker"),
    "columns": Title(ru="срока стадии или метрики", en="target of a stage or metric"),
}
"""What a name should lead to: in Russian as in «нет …»."""


def said(title: Title, language: Language) -> str:
    """One of the two."""
    return title.ru if language == "ru" else title.en


def write_one_of(known: Collection[str]) -> Title:
    """What to write instead."""
    names = ", ".join(list(known)[:MOST]) + (", …" if len(known) > MOST else "")
    return Title(ru=f"напишите одно из: {names}", en=f"write one of {names}")


def guess(name: str, known: Iterable[str]) -> Title:
    """What was probably meant, as an aside; empty when nothing is near."""
    near = get_close_matches(name, list(known)[:FEW], n=1, cutoff=0.6)
    return Title(ru=f" (может быть, {near[0]}?)", en=f" (did you mean {near[0]}?)") if near else Title(ru="", en="")


def unknown(kind: str, name: str, known: Collection[str]) -> Title:
    """A name that leads nowhere."""
    noun, meant, advice = KINDS[kind], guess(name, known), write_one_of(known)
    if not known:
        advice = Title(ru="сначала опишите или уберите", en="describe it first or leave it out")
    return Title(
        ru=f"нет {noun.ru} «{name}»{meant.ru}: {advice.ru}", en=f"there is no {noun.en} {name!r}{meant.en}: {advice.en}"
    )


def unknown_key(name: str, known: Collection[str]) -> Title:
    """A key that is not known at its place."""
    meant, advice = guess(name, known), write_one_of(known)
    return Title(
        ru=f"такой ключ здесь не известен{meant.ru}: {advice.ru}", en=f"is not known here{meant.en}: {advice.en}"
    )


def missing_key(name: str) -> Title:
    """A key that must be there."""
    return Title(ru=f"нет ключа {name}: добавьте его", en=f"{name} is missing: add it")


def not_beside(name: str) -> Title:
    """A mix-in that is not there."""
    return Title(
        ru=f"рядом нет примеси «{name}»: положите {name}.yaml в тот же каталог или уберите её",
        en=f"there is no mix-in {name!r} beside this document: put {name}.yaml into the same directory or leave it out",
    )


def not_this_mixin(name: str) -> Title:
    """A document included as what it does not call itself."""
    return Title(
        ru=f"{name}.yaml не начинается с mixin: {name}: исправьте этот файл или уберите его отсюда",
        en=f"{name}.yaml does not say mixin: {name}: correct that file or leave it out here",
    )


def not_a_list_of_names() -> Title:
    """An `include` that is no list."""
    return Title(ru="напишите список, например [missed-calls]", en="write a list like [missed-calls]")


def no_regulation() -> Title:
    """Something else altogether."""
    return Title(
        ru="здесь нет регламента: он состоит из ключей со значениями и начинается с name, version, title",
        en="there is no regulation here: it is made of keys and values and begins with name, version, title",
    )


def is_a_mixin() -> Title:
    """A mix-in taken for a regulation."""
    return Title(
        ru="это примесь: её включает другой регламент строкой include, сама она не действует",
        en="this is a mix-in: another regulation takes it in with include, alone it is none",
    )
