"""From an intent to the message itself: words what happened for whom it concerns, hands it to the sender."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

import msgspec
from eventlog.postgres import PostgresLog
from prometheus_client import Counter
from servicekit.tokens import ThreadTokens

from notify.domain.intents import FROM_PEOPLE
from notify.domain.ticket import State
from notify.due import Due
from notify.matters import Matter, Matters, found
from notify.sending.letter import Mail, compose
from notify.sending.lines import UnfitAddressError
from notify.sending.mail import MailSender
from notify.sending.outcome import Moved, Outcome, Refused
from notify.sending.telegram import Button, TelegramSender
from notify.sending.wire import InjectedHeaderError
from notify.values import values
from notify.wording import MissingValueError, Rendered, render

UNFIT = Counter(
    "notify_unfit_templates_total", "Messages in the product's words, as the regulation's own do not fit", ["template"]
)
logger = logging.getLogger(__name__)


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
        message_id = head.tokens.message_id(due.ticket or due.delivery, due.delivery, head.domain)
        try:
            async with self._wording:  # one at a time, others have their turn between
                raw = compose(_letter(due, matter, to, worded(self._state(), due, matter, "mail"), head, message_id))
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
        said = worded(self._state(), due, matter, "telegram")
        link = getattr(matter.cause, "link", "")
        buttons = [[Button(text=BUTTON[due.language == "ru"], url=link)]] if link.startswith("https://") else []
        outcome = await sender.send_message(int(chat), said.text, buttons, said.subject)
        if isinstance(outcome, Moved):
            outcome = await sender.send_message(outcome.chat_id, said.text, buttons, said.subject)
        return outcome

    async def _matter(self, due: Due, matters: Matters) -> Matter | None:
        return (matters or await found(self._log, [due]))[due.delivery]

    def _mail_address(self, due: Due, matter: Matter | None) -> str:
        if due.audience != "requester":
            return self._state().colleague(due.staff).email
        return matter.reply_to if matter else ""

    def _chat(self, due: Due, matter: Matter | None) -> str:
        if due.audience != "requester":
            return self._state().colleague(due.staff).telegram
        return matter.reply_to if matter else ""


def worded(state: State, due: Due, matter: Matter, channel: Literal["mail", "telegram"]) -> Rendered:
    """In the words of the version the ticket goes by; where it has none or they do not fit, in the product's."""
    language: Literal["ru", "en"] = "en" if due.language == "en" else "ru"
    words = state.words_for(due.ticket, matter.regulation)
    said = values(state, words, matter, language)
    own = words.templates.get(due.template, {}).get(language, "")
    try:
        return render(due.template, language, channel, said, own)
    except MissingValueError as error:
        if not own:
            raise
        UNFIT.labels(due.template).inc()
        logger.warning("a regulation's own text does not fit, the product's is used: %s", error)
        return render(due.template, language, channel, said)


def _automatic(template: str) -> str:
    """What RFC 3834 calls a mail of this template."""
    if template in FROM_PEOPLE:
        return ""
    return "auto-replied" if template == "ticket_opened" else "auto-generated"


BUTTON = {True: "Оценить", False: "Rate"}


def _letter(due: Due, matter: Matter, to: str, said: Rendered, head: Letterhead, message_id: str) -> Mail:  # noqa: PLR0913  # a letter has this many parts
    answered = matter.answers
    to_requester = due.audience == "requester"
    return Mail(
        sender=head.sender,
        to=to,
        reply_to=head.tokens.reply_address(head.sender, due.ticket) if to_requester else head.sender,
        message_id=message_id,
        number=matter.number,
        subject=said.subject,
        text=said.text,
        html=said.html or "",
        at=due.since,
        installation=head.installation,
        in_reply_to=answered if to_requester else "",
        references=(answered,) if answered and to_requester else (),
        automatic=_automatic(due.template),
    )
