"""Mail over SMTP: a few connections kept open, every wait bounded, every answer classified (reliability F12)."""

import asyncio
import re
import ssl
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)
from msgspec import Struct

from notify.sending.lines import UnfitAddressError, address
from notify.sending.outcome import Outcome, Refused, RetryLater, Sent, Unknown
from notify.sending.session import MailLimits, Session

__all__ = ["MailLimits", "MailSender"]

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
MAILBOX_FULL = 552
SILENCES: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "the mail server did not answer in time"),
    (SMTPConnectError, "the mail server cannot be reached"),
    (Exception, "the connection to the mail server broke before the mail was handed over"),
)


class Parcel(Struct, frozen=True):
    """A composed mail and what stands on its envelope."""

    raw: bytes
    sender: str
    to: str
    message_id: str


class MailSender:
    """Hands mails to one SMTP server, over connections that it keeps between mails; call `close` in the end.

    `smtps://` is TLS from the start, `smtp+starttls://` demands STARTTLS, `smtp://` is plain except that a
    password is sent over STARTTLS wherever the server offers it; certificates are always verified.
    """

    def __init__(self, url: str, limits: MailLimits | None = None, trusted: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("write the mail server as smtp://, smtp+starttls:// or smtps://user:password@host:port")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._limits = limits or MailLimits()
        self._trusted = trusted or ssl.create_default_context()  # once: reading all certificates takes 40 ms
        self._free: asyncio.LifoQueue[Session] = asyncio.LifoQueue()  # the last one used is the likeliest to be open
        for _ in range(self._limits.connections):
            self._free.put_nowait(Session(self._client(), self._limits))

    async def send(self, raw: bytes, envelope_from: str, envelope_to: str, message_id: str) -> Outcome:
        """Hand one composed mail over; never raises for what the network or the server does."""
        try:
            sender, to = address(envelope_from) if envelope_from else "", address(envelope_to)
        except UnfitAddressError:
            return Refused("the address cannot be used on an envelope")
        deadline = asyncio.get_running_loop().time() + self._limits.total.total_seconds()
        try:
            async with asyncio.timeout_at(deadline):
                session = await self._free.get()
        except TimeoutError:
            return RetryLater("the mail server is busy with other mails")
        return await self._converse(session, deadline, Parcel(raw, sender, to, message_id))

    async def close(self) -> None:
        """Say goodbye on every connection that is not in use."""
        free = [self._free.get_nowait() for _ in range(self._free.qsize())]
        await asyncio.gather(*(session.part() for session in free))

    async def _converse(self, session: Session, deadline: float, parcel: Parcel) -> Outcome:
        """One mail over one connection, which is free again afterwards; it is kept where nothing is in doubt."""
        try:
            outcome = await self._offer(session, deadline, parcel) or await self._hand_over(session, deadline, parcel)
            await settle(session, outcome)
        except BaseException:  # stopped in the middle: nobody knows what the server will say next
            session.cut()
            raise
        finally:
            self._free.put_nowait(session)
        return outcome

    async def _offer(self, session: Session, deadline: float, parcel: Parcel) -> Outcome | None:
        """Everything before the text; None when the server waits for it. Nothing has been sent so far."""
        try:
            async with asyncio.timeout_at(deadline):
                await session.offer(parcel.sender, parcel.to)
        except SMTPRecipientRefused as refusal:
            return recipient_refused(refusal)
        except (SMTPException, OSError) as trouble:
            return RetryLater(unreached(trouble))
        return None

    async def _hand_over(self, session: Session, deadline: float, parcel: Parcel) -> Outcome:
        """The text itself: from here a lost answer leaves open whether it arrived."""
        try:
            async with asyncio.timeout_at(deadline):
                await session.hand_over(parcel.raw)
        except SMTPResponseException as answer:
            if 500 <= answer.code < 600:
                return Refused(f"the mail was refused: {code(answer)}", dead=False)
            return RetryLater(f"the mail server asks to come back later: {code(answer)}")
        except (SMTPException, OSError):
            return Unknown("the mail server did not confirm the mail")
        return Sent(parcel.message_id)

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password or None,
            timeout=self._limits.total.total_seconds(),
            use_tls=self._scheme == "smtps",
            start_tls=self._start_tls(),
            tls_context=self._trusted,
        )

    def _start_tls(self) -> bool | None:
        """True: demanded; None: where offered; False: no."""
        if self._scheme == "smtp":
            return None if self._password else False
        return self._scheme == "smtp+starttls"


async def settle(session: Session, outcome: Outcome) -> None:
    """Keep the connection after a clear answer, end it politely after a doubtful one, cut it after none."""
    match outcome:
        case Sent():
            session.rest()
        case Refused():
            await session.clear()
        case RetryLater():
            await session.part()
        case _:
            session.cut()


def recipient_refused(answer: SMTPRecipientRefused) -> Outcome:
    """5xx means the address is dead, except 552, by which old servers mean a full mailbox (RFC 5321 §4.5.3.1.10)."""
    if 500 <= answer.code < 600 and answer.code != MAILBOX_FULL:
        return Refused(f"the recipient was refused: {code(answer)}")
    return RetryLater(f"the recipient is not taken now: {code(answer)}")


def unreached(trouble: Exception) -> str:
    """Why the mail was not even offered, in words without names or addresses."""
    cause = trouble.__cause__ or trouble
    if isinstance(cause, ssl.SSLError):
        return "the mail server's certificate or encryption is not acceptable"
    if isinstance(trouble, SMTPAuthenticationError):
        return f"the mail server does not accept our password: {code(trouble)}"
    if isinstance(trouble, SMTPResponseException):
        return f"the mail server refused the conversation: {code(trouble)}"
    return next(words for kind, words in SILENCES if isinstance(trouble, kind))


def code(answer: SMTPResponseException) -> str:
    """`550 5.1.1`: the numbers only, since the words may hold an address."""
    status = STATUS.search(answer.message)
    return f"{answer.code} {status.group()}" if status else str(answer.code)
