"""Notify, put together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from servicekit.app import create_app
from servicekit.hosting import Host, Hosting
from servicekit.settings import key_bytes
from servicekit.tokens import ThreadTokens

from notify import http
from notify.domain.ticket import State
from notify.due import Due
from notify.matters import Matters, matters
from notify.messages import Letterhead, Messenger
from notify.outbox import Prepare, Send, drain
from notify.reactor import NotifyReactor
from notify.sending.mail import MailSender
from notify.sending.outcome import Outcome, Refused
from notify.sending.telegram import TelegramSender
from notify.settings import NotifySettings


def create() -> FastAPI:
    """The application, from the environment."""
    settings = NotifySettings()

    async def send(host: Host[State]) -> None:
        await _send_everything(host, settings)

    hosting = Hosting(settings, lambda _: NotifyReactor(settings.heads), send)
    return create_app(
        "notify",
        description="Tells people by mail, Telegram and cabinet, and records what became of every message.",
        settings=settings,
        routers=[http.router],
        lifespan=hosting.lifespan,
        ready=hosting.ready,
    )


async def _send_everything(host: Host[State], settings: NotifySettings) -> None:
    """One loop a medium: a dead mail server holds up no Telegram message (I14)."""
    messenger = Messenger(host.log, lambda: host.state)
    async with AsyncExitStack() as connections:
        media = {
            "mail": _mail(messenger, settings, connections),
            "telegram": _telegram(messenger, settings, connections),
        }
        drains = (
            drain(host.log, medium, _prepare(host.log, carry), lambda: host.state) for medium, carry in media.items()
        )
        await asyncio.gather(*drains)


Carry = Callable[[Due, Matters], Awaitable[Outcome]]


def _prepare(log: PostgresLog, carry: Carry) -> Prepare:
    async def prepare(dues: Sequence[Due]) -> Send:
        known = await matters(log, dues)

        async def send(due: Due) -> Outcome:
            return await carry(due, known)

        return send

    return prepare


def _mail(messenger: Messenger, settings: NotifySettings, connections: AsyncExitStack) -> Carry:
    if settings.smtp_url is None or settings.token_secret is None:
        return _unable("no mail server is set: REGLAMENT_SMTP_URL and REGLAMENT_TOKEN_SECRET")
    sender = MailSender(settings.smtp_url.get_secret_value())
    connections.push_async_callback(sender.close)
    head = Letterhead(
        sender=settings.mail_from,
        domain=settings.mail_domain,
        installation=settings.installation,
        tokens=ThreadTokens(key_bytes(settings.token_secret)),
    )

    async def carry(due: Due, known: Matters) -> Outcome:
        return await messenger.mail(due, known, sender, head)

    return carry


def _telegram(messenger: Messenger, settings: NotifySettings, connections: AsyncExitStack) -> Carry:
    if settings.telegram_token is None:
        return _unable("no Telegram bot is set: REGLAMENT_TELEGRAM_TOKEN")
    sender = TelegramSender(settings.telegram_url, settings.telegram_token.get_secret_value())
    connections.push_async_callback(sender.close)

    async def carry(due: Due, known: Matters) -> Outcome:
        return await messenger.telegram(due, known, sender)

    return carry


def _unable(reason: str) -> Carry:
    async def carry(_: Due, __: Matters) -> Outcome:
        return Refused(reason=reason)

    return carry
