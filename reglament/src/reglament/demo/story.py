"""The morning itself: who writes what, and what two agents make of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

from reglament.demo import letters
from reglament.demo.desk import Desk, Json, awaited
from reglament.demo.letters import Letter

AGENTS = {"vera": "Вера Лаптева", "oleg": "Олег Сомов"}
HEAD = ("head", "Нина Власова")


class Told(NamedTuple):
    """One ticket of the morning and what it is about."""

    title: str
    ticket: str


Scene = Callable[[Desk], Awaitable[Told]]


async def outage(desk: Desk) -> Told:
    """An urgent mail from Outlook; the agent asks back, the requester answers his mail, all ends well."""
    letter = letters.from_outlook()
    opened = await desk.mail(letter)
    ticket, number = opened["ticket"], opened["number"]
    agent = await _agent_of(desk, ticket)
    await desk.do(ticket, "classify", agent, category="Ошибка поведения или интерфейса")
    await desk.do(ticket, "prioritize", agent, priority="Критичный", reason="работа стоит")
    await desk.do(ticket, "escalate", agent, stage="level2", reason="ошибка сервера")
    await desk.do(ticket, "ask", agent, text="Какой браузер у Вас и с какого времени появляется ошибка?")
    await _answer(desk, letter, number, "Firefox, с девяти утра, у всех коллег.")
    await desk.do(ticket, "resolve", agent, text="Исправили ошибку на сервере. Проверьте, пожалуйста.")
    await _rate(desk, letter, number, 5, "Быстро, спасибо!")
    return Told("Anna's customer card fails with error 500, sent from Outlook", ticket)


async def paperwork(desk: Desk) -> Told:
    """A mail in KOI8-R about documents: another category, another plan, another pace."""
    letter = letters.from_the_bat()
    opened = await desk.mail(letter)
    ticket, number = opened["ticket"], opened["number"]
    agent = await _agent_of(desk, ticket)
    await desk.do(ticket, "classify", agent, category="Запрос бухгалтерских документов")
    await desk.do(ticket, "escalate", agent, stage="level2", reason="документ готовит бухгалтерия")
    await desk.do(ticket, "resolve", agent, text="Акт сверки за октябрь отправлен в Ваш личный кабинет.")
    await _rate(desk, letter, number, 4, "")
    return Told("Petr wants a reconciliation report, in KOI8-R from an old mail program", ticket)


async def question(desk: Desk) -> Told:
    """A question in English, answered and left open."""
    letter = letters.from_gmail()
    ticket = (await desk.mail(letter))["ticket"]
    agent = await _agent_of(desk, ticket)
    await desk.do(ticket, "reply", agent, text="Settings → Warehouses → Add. Shall we do it together?")
    await awaited("the answer in the mail catcher", lambda: desk.newest_mail(letter.address, "Warehouses"))
    return Told("Kate asks in English from Gmail how to add a warehouse", ticket)


async def machine(desk: Desk) -> Told:
    """An out-of-office notice: visible, and never answered."""
    ticket = (await desk.mail(letters.out_of_office()))["ticket"]
    await _agent_of(desk, ticket)
    return Told("A machine says that Sergey is on vacation", ticket)


async def duplicate(desk: Desk) -> Told:
    """The cabinet's adapter lost the answer and posts the same message again: one ticket."""
    author = {"id": letters.fresh_id(), "name": "Ольга Рыбина"}
    message = author["id"]
    first = await desk.message(message, author, "Доступ", "Добавьте, пожалуйста, доступ новому сотруднику.")
    again = await desk.message(message, author, "Доступ", "Добавьте, пожалуйста, доступ новому сотруднику.")
    await _agent_of(desk, first["ticket"])
    return Told(
        f"Olga's cabinet posts the same message twice: {first['outcome']}, then {again['outcome']}", first["ticket"]
    )


SCENES: tuple[Scene, ...] = (outage, paperwork, question, machine, duplicate)
CHATS = (
    (1, "Мария Соколова", "Здравствуйте! Не приходит код для входа."),
    (2, "Иван Белов", "Добрый день, как поменять тариф?"),
    (1, "Мария Соколова", "Проверила и спам, там тоже нет."),
)
"""Who writes to the Telegram bot: two people, three messages."""


async def _agent_of(desk: Desk, ticket: str) -> str:
    found = await awaited("an assignment", lambda: desk.assignment(ticket))
    return str(found["agent"]) or next(iter(AGENTS))


async def _answer(desk: Desk, letter: Letter, number: str, text: str) -> None:
    look = partial(desk.newest_mail, letter.address, number, "Какой браузер")
    mail: Json = await awaited("the question in the mail catcher", look)
    headers = {name.lower(): value for name, value in mail["headers"]}
    await desk.mail(letters.answer(letter, headers["reply-to"], headers["message-id"], text))


async def _rate(desk: Desk, letter: Letter, number: str, score: int, comment: str) -> None:
    link = await awaited("the rating link in the mail catcher", lambda: desk.rating_link(letter.address, number))
    await desk.rate(link, score, comment)
