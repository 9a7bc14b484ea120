"""The SMTP side: takes mail for anybody, or fails as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox
from reglament.doubles.serving import HOST

LARGEST = 33_554_432
FOREVER = 3600


class Catcher:
    """Answers the commands of one conversation after another (the hook names are aiosmtpd's)."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox, self._faults = mailbox, faults

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any sender."""
        if reply := self._faults.reply("mail"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any recipient."""
        if reply := self._faults.reply("rcpt"):
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, unless it is to be refused or its answer to be lost."""
        await asyncio.sleep(self._faults.delay)
        if reply := self._faults.reply("data"):
            return reply
        doubtful = self._faults.doubtful()
        if not doubtful or self._faults.keep_doubtful:
            self._keep(envelope)
        if doubtful == "drop" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if doubtful:
            await asyncio.sleep(FOREVER)
        return "250 2.0.0 Kept"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        self._mailbox.add(datetime.now(UTC), envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)


def welcome(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, _data: LoginPassword) -> AuthResult:
    """Any user and password will do."""
    return AuthResult(success=True)


@asynccontextmanager
async def catching(
    mailbox: Mailbox, faults: Faults, port: int = 0, tls: ssl.SSLContext | None = None, host: str = HOST
) -> AsyncIterator[int]:
    """Listen while the block runs and hand it the port; with `tls` encrypted from the first byte."""
    catcher = Catcher(mailbox, faults)

    def conversation() -> SMTP:
        return SMTP(
            catcher,
            hostname="mail-double",
            ident="Reglament mail double",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            authenticator=welcome,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    listener = await asyncio.get_running_loop().create_server(conversation, host, port, ssl=tls)
    async with listener:
        yield listener.sockets[0].getsockname()[1]
