"""Telegram's Bot API over one shared HTTP client; the token is in the URL and so never leaves this module."""

import logging
import re
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Self

import httpx
from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import decode

from notify.sending.outcome import Moved, Outcome, Refused, RetryLater, Sent, Unknown
from notify.sending.pieces import pieces

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,100}")
DEAD = ("chat not found", "user not found", "peer_id_invalid", "chat was deactivated", "chat was deleted")
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class TelegramLimits(Struct, frozen=True):
    """How long one call may take: until connected, and until answered."""

    connect: timedelta = timedelta(seconds=10)
    answer: timedelta = timedelta(seconds=30)


class Button(Struct, frozen=True):
    """One inline button: exactly one of `data` (1-64 bytes, comes back as callback) and `url`."""

    text: str
    data: str = ""
    url: str = ""


class Parameters(Struct, frozen=True):
    """What Telegram adds to an error so that a program can act on it."""

    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class Message(Struct, frozen=True):
    """A message as sent."""

    message_id: int


class Answer(Struct, frozen=True):
    """The envelope of every answer of the Bot API."""

    ok: bool
    result: Message | None = None
    description: str = ""
    parameters: Parameters = Parameters()


class TelegramSender:
    """Sends messages as one bot; use as an async context manager, or call `close`."""

    def __init__(self, base_url: str, token: str, limits: TelegramLimits | None = None) -> None:
        if not TOKEN.fullmatch(token):
            raise ValueError("a Telegram bot token looks like 123456:ABC, as BotFather gives it")
        silence()
        self._path = f"/bot{token}/sendMessage"
        bounds = limits or TelegramLimits()
        timeout = httpx.Timeout(bounds.answer.total_seconds(), connect=bounds.connect.total_seconds())
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send_message(
        self,
        chat_id: int,
        text: str,
        buttons: Sequence[Sequence[Button]] = (),
        heading: str = "",
        done: int = 0,
    ) -> Outcome:
        """Send plain text, in parts where it is long, the heading bold, rows of buttons under the last part.

        An outcome that is not final says how many parts went out; hand that back as `done` to go on from there.
        """
        parts = pieces(heading, text)
        sent: list[str] = []
        for n in range(done, len(parts)):
            outcome = await self._call(chat_id, parts[n], buttons if n == len(parts) - 1 else ())
            if not isinstance(outcome, Sent):
                return after_parts(outcome, n)
            sent.append(outcome.reference)
        return Sent(",".join(sent))

    async def _call(self, chat_id: int, html: str, buttons: Sequence[Sequence[Button]]) -> Outcome:
        try:
            answer = await self._http.post(self._path, json=request(chat_id, html, buttons))
        except UNSENT:
            return RetryLater("Telegram cannot be reached")
        except httpx.HTTPError:
            return Unknown("Telegram did not confirm the message")
        return judged(answer)


def request(chat_id: int, html: str, buttons: Sequence[Sequence[Button]]) -> dict[str, object]:
    """The body of sendMessage."""
    asked: dict[str, object] = {
        "chat_id": chat_id,
        "text": html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if buttons:
        asked["reply_markup"] = {"inline_keyboard": [[key(button) for button in row] for row in buttons]}
    return asked


def key(button: Button) -> dict[str, str]:
    """A button in Telegram's words."""
    return {"text": button.text} | ({"url": button.url} if button.url else {"callback_data": button.data})


def judged(response: httpx.Response) -> Outcome:
    """What an answer of Telegram means for the message."""
    answer = read(response.content)
    if response.status_code == httpx.codes.OK and answer and answer.ok and answer.result:
        return Sent(str(answer.result.message_id))
    if response.is_success:
        return Unknown("Telegram answered something that cannot be read")
    if response.status_code == httpx.codes.BAD_REQUEST:
        return unwelcome(answer or Answer(ok=False))
    if response.status_code == httpx.codes.FORBIDDEN:
        return Refused("the bot may not write to this chat: 403")
    return postponed(response, answer or Answer(ok=False))


def unwelcome(answer: Answer) -> Outcome:
    """A 400: the chat moved, is gone, or the message itself is not acceptable."""
    if answer.parameters.migrate_to_chat_id is not None:
        return Moved(answer.parameters.migrate_to_chat_id)
    if any(words in answer.description.lower() for words in DEAD):
        return Refused("the chat does not exist: 400")
    return Refused("Telegram does not accept this message: 400", dead=False)


def postponed(response: httpx.Response, answer: Answer) -> RetryLater:
    """Every other refusal may pass; a revoked token is for the operators to mend."""
    if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
        return RetryLater(f"token revoked: {response.status_code}")
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return RetryLater("too many messages: 429", timedelta(seconds=answer.parameters.retry_after or 1))
    return RetryLater(f"Telegram is not well: {response.status_code}")


def read(content: bytes) -> Answer | None:
    """The answer, or None for anything that is not one."""
    try:
        return decode(content, type=Answer)
    except (DecodeError, ValidationError, UnicodeDecodeError):
        return None


def after_parts(outcome: Outcome, done: int) -> Outcome:
    """The outcome of a part as the outcome of the whole message."""
    match outcome:
        case RetryLater(reason=reason, after=after):
            return RetryLater(reason, after, done)
        case Unknown(reason=reason):
            return Unknown(reason, done)
        case _:
            return outcome


def silence() -> None:
    """Keep httpx and httpcore from logging the URL, which holds the token."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
