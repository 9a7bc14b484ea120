"""Mails share connections, and no mood of a server about that becomes a failed delivery (reliability F12, I13)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from notify.sending.mail import MailLimits, MailSender
from notify.sending.outcome import Outcome, Refused, RetryLater, Sent, Unknown

RAW = b"Subject: [TIC-42] test\r\n\r\nHello\r\n"
SHORT = MailLimits(total=timedelta(seconds=5), reuse=timedelta(seconds=0.2))
SENT = Sent("<m1@desk.example>")


class Moody:
    """Counts mails by connection; `moods` are asked once, in their order, by the name of the command."""

    def __init__(self) -> None:
        self.taken: Counter[object] = Counter()
        self.met: list[object] = []
        self.moods: dict[str, list[str]] = {}
        self.most = 1000
        self.drops = False
        self.server: SMTP | None = None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.met.append(session.peer)
        self.server = server
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.taken[session.peer] >= self.most:
            return "421 4.7.0 Too many mails in this connection"
        envelope.mail_from = address
        return await self._mood("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._mood("RCPT", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, _envelope: Envelope) -> str:  # noqa: N802
        answer = await self._mood("DATA", server)
        self.taken[session.peer] += answer.startswith("250")
        if self.drops:
            asyncio.get_running_loop().call_soon(partial(hang_up, server))
        return answer

    async def handle_RSET(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return await self._mood("RSET", server)

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.met.append("QUIT")
        return "221 Bye"

    async def _mood(self, command: str, server: SMTP) -> str:
        mood = self.moods[command].pop(0) if self.moods.get(command) else "250 OK"
        if mood == "drop":
            hang_up(server)
        if mood == "hang":
            await asyncio.sleep(3600)
        return mood


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.close()


@pytest.fixture
def moody() -> Moody:
    return Moody()


@asynccontextmanager
async def talking(moody: Moody, limits: MailLimits = SHORT, patience: float = 300) -> AsyncIterator[MailSender]:
    """A sender and the server it talks to, which lets nobody idle longer than its patience (seconds)."""
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: SMTP(moody, hostname="moody", timeout=patience, loop=loop), "127.0.0.1", 0
    )
    async with listener:
        sender = MailSender(f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}", limits)
        yield sender
        await sender.close()


async def send(sender: MailSender) -> Outcome:
    return await sender.send(RAW, "bounce+x@desk.example", "maria@client.example", "<m1@desk.example>")


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0.01)


async def test_mails_one_after_another_share_a_connection_that_ends_with_a_goodbye(moody: Moody) -> None:
    async with talking(moody) as sender:
        assert [await send(sender) for _ in range(5)] == [SENT] * 5
    assert list(moody.taken.values()) == [5]
    assert moody.met[1:] == ["QUIT"]


async def test_mails_at_a_time_use_few_connections(moody: Moody) -> None:
    async with talking(moody) as sender:
        outcomes = await asyncio.gather(*(send(sender) for _ in range(20)))
    assert outcomes == [SENT] * 20
    assert len(moody.taken) <= SHORT.connections
    assert moody.taken.total() == 20


async def test_a_server_that_hangs_up_after_every_mail_gets_every_mail_once(moody: Moody) -> None:
    moody.drops = True
    async with talking(moody) as sender:
        assert [await send(sender) for _ in range(4)] == [SENT] * 4
    assert list(moody.taken.values()) == [1] * 4


@pytest.mark.parametrize("mood", ["drop", "hang", "421 4.4.2 Closing", "451 4.7.0 Too many mails", "503 Nested MAIL"])
async def test_a_kept_connection_that_takes_no_other_mail_is_replaced_silently(moody: Moody, mood: str) -> None:
    moody.moods["MAIL"] = ["250 OK", mood]
    async with talking(moody) as sender:
        assert [await send(sender) for _ in range(3)] == [SENT] * 3
    assert list(moody.taken.values()) == [1, 2]


async def test_a_server_that_limits_mails_by_connection_gets_them_over_several(moody: Moody) -> None:
    moody.most = 2
    async with talking(moody) as sender:
        assert [await send(sender) for _ in range(5)] == [SENT] * 5
    assert list(moody.taken.values()) == [2, 2, 1]


async def test_a_server_that_drops_idle_connections_gets_the_next_mail_over_a_new_one(moody: Moody) -> None:
    async with talking(moody, patience=0.05) as sender:
        assert await send(sender) == SENT
        await until(lambda: moody.server and moody.server.transport is None)
        assert await send(sender) == SENT
    assert list(moody.taken.values()) == [1, 1]


async def test_we_say_goodbye_before_a_server_loses_patience(moody: Moody) -> None:
    async with talking(moody, MailLimits(idle=timedelta(seconds=0.05))) as sender:
        assert await send(sender) == SENT
        await until(lambda: "QUIT" in moody.met)
        assert await send(sender) == SENT
    assert list(moody.taken.values()) == [1, 1]


@pytest.mark.parametrize(("reset", "connections"), [("250 OK", [2]), ("502 No", [1, 1]), ("421 No", [1, 1])])
async def test_a_refused_recipient_ends_a_connection_only_if_it_cannot_be_reset(
    moody: Moody, reset: str, connections: list[int]
) -> None:
    moody.moods = {"RCPT": ["250 OK", "550 5.1.1 Nobody"], "RSET": [reset]}
    async with talking(moody) as sender:
        outcomes = [await send(sender) for _ in range(3)]
    assert outcomes == [SENT, Refused("the recipient was refused: 550 5.1.1"), SENT]
    assert list(moody.taken.values()) == connections


@pytest.mark.parametrize("mood", ["drop", "421 4.3.2 Closing"])
async def test_a_connection_that_ends_before_the_recipient_is_taken_is_replaced_silently(
    moody: Moody, mood: str
) -> None:
    moody.moods["RCPT"] = ["250 OK", mood]
    async with talking(moody) as sender:
        assert [await send(sender) for _ in range(2)] == [SENT] * 2
    assert list(moody.taken.values()) == [1, 1]


async def test_a_server_that_closes_down_at_the_text_gets_the_mail_later_over_another_connection(moody: Moody) -> None:
    moody.moods["DATA"] = ["250 OK", "421 4.3.2 Closing"]
    async with talking(moody) as sender:
        outcomes = [await send(sender) for _ in range(3)]
    assert outcomes == [SENT, RetryLater("the mail server asks to come back later: 421 4.3.2"), SENT]
    assert list(moody.taken.values()) == [1, 1]


async def test_after_a_lost_answer_the_mail_is_not_sent_again_nor_the_connection_used(moody: Moody) -> None:
    moody.moods["DATA"] = ["250 OK", "drop"]
    async with talking(moody) as sender:
        outcomes = [await send(sender) for _ in range(3)]
    assert outcomes == [SENT, Unknown("the mail server did not confirm the mail"), SENT]
    assert list(moody.taken.values()) == [1, 1]


async def test_a_mail_stopped_in_the_middle_leaves_a_connection_that_nobody_uses(moody: Moody) -> None:
    moody.moods["DATA"] = ["250 OK", "hang"]
    async with talking(moody) as sender:
        await send(sender)
        stopped = asyncio.create_task(send(sender))
        await until(lambda: not moody.moods["DATA"])
        stopped.cancel()
        assert await send(sender) == SENT
    assert list(moody.taken.values()) == [1, 1]


async def test_a_mail_that_finds_no_connection_free_in_time_waits_for_another_time(moody: Moody) -> None:
    async with talking(moody, MailLimits(connections=1, total=timedelta(seconds=0.3))) as sender:
        taken = await sender._free.get()
        assert isinstance(await send(sender), RetryLater)
        sender._free.put_nowait(taken)
