"""One connection to a mail server at a time, kept open between mails; whatever is in doubt is closed."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused
from msgspec import Struct

CLOSING = 421
GOODBYE = timedelta(seconds=1)


class MailLimits(Struct, frozen=True):
    """How long one mail may take: until connected, and altogether; how many connections, and how long one may idle."""

    connect: timedelta = timedelta(seconds=10)
    total: timedelta = timedelta(seconds=30)
    connections: int = 4
    idle: timedelta = timedelta(seconds=20)
    """Shorter than servers and firewalls on the way have patience for."""
    reuse: timedelta = timedelta(seconds=5)
    """How long a kept connection may take to show that it is alive."""


class Session:
    """The connection, made when it is needed; errors are aiosmtplib's, and TimeoutError."""

    def __init__(self, client: SMTP, limits: MailLimits) -> None:
        self._client, self._limits = client, limits
        self._ending: asyncio.TimerHandle | None = None
        self._parting: asyncio.Task[None] | None = None

    async def offer(self, sender: str, to: str) -> None:
        """Have the server wait for the text of a mail, over the kept connection if that is still good for it."""
        await self._awake()
        if self._client.is_connected and await self._is_taken(sender, to):
            return
        self.cut()
        await self._client.connect(timeout=self._limits.connect.total_seconds())
        await self._client.mail(sender)
        await self._client.rcpt(to)

    async def hand_over(self, raw: bytes) -> None:
        """The text itself."""
        await self._client.data(raw)

    def rest(self) -> None:
        """Keep the connection for the next mail, for a while."""
        self._ending = asyncio.get_running_loop().call_later(self._limits.idle.total_seconds(), self._end)

    async def clear(self) -> None:
        """Keep the connection after a refusal, if the server will forget the mail that it refused."""
        try:
            async with asyncio.timeout(GOODBYE.total_seconds()):
                await self._client.rset()
        except (SMTPException, OSError):
            self.cut()
        else:
            self.rest()

    async def part(self) -> None:
        """Say goodbye, not waiting long for the answer."""
        await self._awake()
        await self._goodbye()

    def cut(self) -> None:
        """Close the connection without a word."""
        self._client.close()

    async def _is_taken(self, sender: str, to: str) -> bool:
        """False when the kept connection is of no use any more; nothing has been sent over it, so it is no attempt.

        Servers end a connection after some time or some mails, with or without a word. What one says about the
        recipient stands.
        """
        try:
            async with asyncio.timeout(self._limits.reuse.total_seconds()):
                await self._client.mail(sender)
            await self._client.rcpt(to)
        except SMTPRecipientRefused as refusal:
            if refusal.code != CLOSING:
                raise
            return False
        except (SMTPException, OSError):
            return False
        return True

    async def _awake(self) -> None:
        if self._ending:
            self._ending.cancel()
        parting, self._parting = self._parting, None
        if parting:
            await parting

    def _end(self) -> None:
        self._parting = asyncio.get_running_loop().create_task(self._goodbye())

    async def _goodbye(self) -> None:
        try:
            with suppress(SMTPException, OSError):
                async with asyncio.timeout(GOODBYE.total_seconds()):
                    await self._client.quit()
        finally:
            self.cut()
