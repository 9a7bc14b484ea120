"""What becomes of a mail when the server is well, slow, hostile or gone (reliability F12, I13)."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from notify.sending.mail import MailLimits, MailSender
from notify.sending.outcome import Outcome, Refused, RetryLater, Sent, Unknown
from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox
from reglament.doubles.mail.smtp import catching

RAW = b"Subject: [TIC-42] test\r\nTo: maria@client.example\r\n\r\n.dot\r\n"
SHORT = MailLimits(connect=timedelta(seconds=0.3), total=timedelta(seconds=0.6))
ADDRESS = "maria@client.example"


async def sent(
    url: str, limits: MailLimits | None = None, to: str = ADDRESS, trusted: ssl.SSLContext | None = None
) -> Outcome:
    async with closing(MailSender(url, limits, trusted)) as sender:
        return await sender.send(RAW, "bounce+x@desk.example", to, "<m1@desk.example>")


@asynccontextmanager
async def closing(sender: MailSender) -> AsyncIterator[MailSender]:
    yield sender
    await sender.close()


async def test_a_mail_arrives_byte_for_byte_under_its_own_id(smtp_port: int, mailbox: Mailbox) -> None:
    assert await sent(f"smtp://127.0.0.1:{smtp_port}") == Sent("<m1@desk.example>")
    (caught,) = mailbox.newest()
    assert (caught.raw, caught.sender, caught.to) == (RAW, "bounce+x@desk.example", (ADDRESS,))


async def test_a_password_opens_the_door(smtp_port: int, mailbox: Mailbox) -> None:
    assert isinstance(await sent(f"smtp://user:p%40ss@127.0.0.1:{smtp_port}"), Sent)
    assert len(mailbox.newest()) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("code", [421, 451, 452])
async def test_a_passing_trouble_is_for_later(
    smtp_port: int, mail_page: httpx.AsyncClient, stage: str, code: int
) -> None:
    await mail_page.post("/_ctl", json={"fail": 1, "code": code, "stage": stage})
    outcome = await sent(f"smtp://127.0.0.1:{smtp_port}")
    assert isinstance(outcome, RetryLater)
    assert str(code) in outcome.reason
    assert isinstance(await sent(f"smtp://127.0.0.1:{smtp_port}"), Sent)


async def test_an_unknown_mailbox_is_dead(smtp_port: int, mail_faults: Faults) -> None:
    mail_faults.fail, mail_faults.code = 1, 550
    outcome = await sent(f"smtp://127.0.0.1:{smtp_port}")
    assert outcome == Refused("the recipient was refused: 550 5.1.1")


async def test_an_unwelcome_text_does_not_kill_the_address(smtp_port: int, mail_faults: Faults) -> None:
    mail_faults.fail, mail_faults.code, mail_faults.stage = 1, 554, "data"
    assert await sent(f"smtp://127.0.0.1:{smtp_port}") == Refused("the mail was refused: 554 5.7.1", dead=False)


async def test_a_full_mailbox_may_be_emptied(smtp_port: int, mail_faults: Faults) -> None:
    mail_faults.fail, mail_faults.code = 1, 552
    assert isinstance(await sent(f"smtp://127.0.0.1:{smtp_port}"), RetryLater)


async def test_our_own_sender_refused_says_nothing_about_the_recipient(smtp_port: int, mail_faults: Faults) -> None:
    mail_faults.fail, mail_faults.code, mail_faults.stage = 1, 550, "mail"
    assert isinstance(await sent(f"smtp://127.0.0.1:{smtp_port}"), RetryLater)


@pytest.mark.parametrize("knob", ["hang_after_data", "drop_before_250"])
@pytest.mark.parametrize("kept", [True, False])
async def test_a_lost_answer_leaves_open_whether_it_arrived(
    smtp_port: int, mail_faults: Faults, mailbox: Mailbox, knob: str, kept: bool
) -> None:
    mail_faults.become(Faults.model_validate({knob: 1, "keep_doubtful": kept}))
    outcome = await sent(f"smtp://127.0.0.1:{smtp_port}", SHORT)
    assert outcome == Unknown("the mail server did not confirm the mail")
    assert len(mailbox.newest()) == int(kept)


async def test_nobody_listening_is_for_later(unused_tcp_port: int) -> None:
    assert await sent(f"smtp://127.0.0.1:{unused_tcp_port}", SHORT) == RetryLater("the mail server cannot be reached")


@pytest.fixture
def unused_tcp_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
async def mute_port() -> AsyncIterator[int]:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1]


async def test_a_server_that_never_greets_is_for_later(mute_port: int) -> None:
    assert await sent(f"smtp://127.0.0.1:{mute_port}", SHORT) == RetryLater("the mail server did not answer in time")


async def test_a_server_without_starttls_gets_nothing_where_it_is_demanded(smtp_port: int, mailbox: Mailbox) -> None:
    assert isinstance(await sent(f"smtp+starttls://127.0.0.1:{smtp_port}"), RetryLater)
    assert mailbox.newest() == []


@pytest.mark.parametrize("to", ["a b@c.example", "a@b.example>\r\nRCPT TO:<c@d.example", ""])
async def test_an_address_that_would_change_the_envelope_is_refused(smtp_port: int, mailbox: Mailbox, to: str) -> None:
    assert isinstance(await sent(f"smtp://127.0.0.1:{smtp_port}", to=to), Refused)
    assert mailbox.newest() == []


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run(["openssl", *asked, *named, "-keyout", key, "-out", made], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl on this machine to make a certificate with")
    return made, key


@pytest.fixture
async def smtps_port(certificate: tuple[Path, Path], mailbox: Mailbox, mail_faults: Faults) -> AsyncIterator[int]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    async with catching(mailbox, mail_faults, tls=tls) as port:
        yield port


async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(smtps_port: int, mailbox: Mailbox) -> None:
    outcome = await sent(f"smtps://127.0.0.1:{smtps_port}")
    assert outcome == RetryLater("the mail server's certificate or encryption is not acceptable")
    assert mailbox.newest() == []


async def test_a_trusted_certificate_gets_the_mail(smtps_port: int, certificate: tuple[Path, Path]) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    assert isinstance(await sent(f"smtps://127.0.0.1:{smtps_port}", trusted=trusted), Sent)


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_a_wrong_server_url_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        MailSender(url)
