"""From an intent to the message itself: words what happened for whom it concerns, hands it to the sender."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from eventlog.postgres import PostgresLog
from servicekit.tokens import ThreadTokens

from notify.domain.ticket import Colleague, State, Words
from notify.due import Due
from notify.matters import Matter, Matters, found
from notify.sending.letter import Mail, compose
from notify.sending.lines import UnfitAddressError
from notify.sending.mail import MailSender
from notify.sending.outcome import Moved, Outcome, Refused
from notify.sending.telegram import Button, TelegramSender
from notify.sending.wire import InjectedHeaderError
from notify.wording import Rendered, render, shown


class Letterhead(msgspec.Struct, frozen=True, kw_only=True):
    """What every mail of this installation has in common."""

    sender: str
    domain: str
    installation: str
    tokens: ThreadTokens


class Messenger:
    """Words and sends what is due, with the names and titles the follower's state knows."""

    def __init__(self, log: PostgresLog, state: Callable[[], State]) -> None:
        self._log = log
        self._state = state
        self._wording = asyncio.Lock()

    async def mail(self, due: Due, matters: Matters, sender: MailSender, head: Letterhead) -> Outcome:
        """Send one mail; a mail that cannot be composed safely is refused, never bent."""
        matter = await self._matter(due, matters)
        to = self._mail_address(due, matter)
        if matter is None or not to:
            return Refused(reason="nothing to send or nobody to send it to any more")
        message_id = head.tokens.message_id(due.ticket, due.delivery, head.domain)
        try:
            async with self._wording:  # one at a time, others have their turn between
                raw = compose(_letter(due, matter, to, self._rendered(due, matter, "mail"), head, message_id))
                await asyncio.sleep(0)
        except (UnfitAddressError, InjectedHeaderError) as error:
            return Refused(reason=f"the mail cannot be written: {type(error).__name__}")
        return await sender.send(raw, head.tokens.bounce_address(head.domain, due.delivery), to, message_id)

    async def telegram(self, due: Due, matters: Matters, sender: TelegramSender) -> Outcome:
        """Send one Telegram message, after a chat that has moved too."""
        matter = await self._matter(due, matters)
        chat = self._chat(due, matter)
        if matter is None or not chat.lstrip("-").isdigit():
            return Refused(reason="nothing to send or no chat to send it to any more")
        said = self._rendered(due, matter, "telegram")
        link = getattr(matter.cause, "link", "")
        buttons = [[Button(text=BUTTON[due.language == "ru"], url=link)]] if link.startswith("https://") else []
        outcome = await sender.send_message(int(chat), said.text, buttons, said.subject)
        if isinstance(outcome, Moved):
            outcome = await sender.send_message(outcome.chat_id, said.text, buttons, said.subject)
        return outcome

    async def _matter(self, due: Due, matters: Matters) -> Matter | None:
        return (matters or await found(self._log, [due]))[due.delivery]

    def _mail_address(self, due: Due, matter: Matter | None) -> str:
        if due.audience == "agent":
            return self._colleague(due.staff).email
        return matter.opened.reply_to if matter else ""

    def _chat(self, due: Due, matter: Matter | None) -> str:
        if due.audience == "agent":
            return self._colleague(due.staff).telegram
        return matter.opened.reply_to if matter else ""

    def _colleague(self, agent: str) -> Colleague:
        return self._state().agents.get(agent, Colleague(name=agent))

    def _rendered(self, due: Due, matter: Matter, channel: Literal["mail", "telegram"]) -> Rendered:
        language: Literal["ru", "en"] = "en" if due.language == "en" else "ru"
        words = self._state().words_for(due.ticket, matter.opened.regulation)
        return render(due.template, language, channel, self._values(matter, words, language))

    def _values(self, matter: Matter, words: Words, language: str) -> dict[str, str]:
        said: Any = matter.cause
        moment = getattr(said, "due_at", None)
        left = f"{100 - said.percent} %" if hasattr(said, "percent") else ""
        return {
            "number": matter.opened.number,
            "subject": matter.opened.subject,
            "text": getattr(said, "text", ""),
            "agent": self._colleague(getattr(said, "agent", "")).name or getattr(said, "agent", ""),
            "group": getattr(said, "group", ""),
            "priority": words.title(matter.opened.priority, language),
            "promise": words.title(getattr(said, "name", ""), language),
            "due": shown(moment, ZoneInfo(words.zone), language) if isinstance(moment, datetime) else "",
            "left": left,
            "rating_url": getattr(said, "link", ""),
            "url": "",
        }


BUTTON = {True: "Оценить", False: "Rate"}


def _letter(due: Due, matter: Matter, to: str, said: Rendered, head: Letterhead, message_id: str) -> Mail:  # noqa: PLR0913  # a letter has this many parts
    answered = getattr(matter.cause, "answers", "") or matter.opened.answers
    to_requester = due.audience == "requester"
    return Mail(
        sender=head.sender,
        to=to,
        reply_to=head.tokens.reply_address(head.sender, due.ticket) if to_requester else head.sender,
        message_id=message_id,
        number=matter.opened.number,
        subject=said.subject,
        text=said.text,
        html=said.html or "",
        at=due.since,
        installation=head.installation,
        in_reply_to=answered if to_requester else "",
        references=(answered,) if answered and to_requester else (),
        replied=due.template == "ticket_opened",
    )
