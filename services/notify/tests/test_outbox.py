"""Every intent ends in one recorded outcome, whatever the mail server does (I13, I14)."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes

import httpx
import msgspec
import pytest
from contracts import Event, Meta
from contracts.example import INSIDE as TICKET
from contracts.example import WHEN as NINE
from contracts.example import example
from contracts.intake import RequesterRegistered, TicketOpened
from contracts.notify import DeliveryFailed, DeliveryIntended, DeliverySent
from contracts.streams import derived_id, requester_stream, ticket_stream
from eventlog.postgres import PostgresLog, connect
from eventlog.store import New
from eventlog.vault import Vault
from fastapi import FastAPI
from notify.app import create
from reglament.doubles.mail.mailbox import Mailbox
from testkit.servers import Database

MASTER = b64encode(b"m" * 32).decode()
CAUSE = derived_id(TICKET, "opened")
OPENED = msgspec.structs.replace(
    example(TicketOpened),
    ticket=TICKET,
    requester="r1",
    kind="email",
    language="ru",
    automatic="",
    reply_to="anna@example.ru",
    answers="<first@example.ru>",
    text="Помогите",
)

POISON = """
    with worded as (
        insert into deliveries (delivery, ticket, medium, audience, template, language, requester, staff, cause, state,
            intended_at) values ($1, $2, 'mail', 'requester', 'no_such_words', 'ru', 'r1', '', $3, 'intended', now())
    )
    insert into outbox (delivery, medium, epoch, due, since) values ($1, 'mail', 1, now(), now())
"""


@pytest.fixture
async def intake(database: Database) -> AsyncIterator[PostgresLog]:
    pool = await connect(database.url_for("intake"))
    log = PostgresLog(pool, Vault(MASTER), _nobody)
    yield log
    await log.close()
    await pool.close()


async def _nobody(_: object) -> None:
    """Nobody listens: the follower reads the store."""


@pytest.fixture
async def service(database: Database, smtp_port: int, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    settings = {
        "DATABASE_URL": database.url_for("notify"),
        "NATS_URL": "nats://127.0.0.1:1",
        "MASTER_KEY": MASTER,
        "TOKEN_SECRET": MASTER,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"REGLAMENT_{name}", value)
    app = create()
    async with app.router.lifespan_context(app):
        yield app


async def open_ticket(log: PostgresLog) -> None:
    registered = RequesterRegistered(at=NINE, requester="r1", kind="email", address="anna@example.ru")
    first = New(id=derived_id(TICKET, "r"), stream=requester_stream("r1"), version=1, event=registered, meta=Meta())
    second = New(id=CAUSE, stream=ticket_stream(TICKET), version=1, event=OPENED, meta=Meta())
    await log.append([first, second], frozenset({"r1"}))


async def until(done: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.02)


async def until_leased(service: FastAPI) -> None:
    """Wait until the sender has put the message back for later."""
    async with asyncio.timeout(15):
        while not await service.state.host.log.pool.fetchval("select count(*) from outbox where note <> ''"):
            await asyncio.sleep(0.02)


def message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])


async def outcome(log: PostgresLog) -> list[Event]:
    delivery = f"delivery-{derived_id(CAUSE, 'delivery:requester')}"
    async with asyncio.timeout(20):
        while len(events := await log.read(delivery)) < 2:
            await asyncio.sleep(0.02)
    return [each.data for each in events]


async def test_an_acknowledgement_goes_out_and_is_recorded(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox
) -> None:
    await open_ticket(intake)

    intended, settled = await outcome(intake)

    assert isinstance(intended, DeliveryIntended)
    assert isinstance(settled, DeliverySent)
    (mail,) = mailbox.newest()
    assert mail.to == ("anna@example.ru",)
    assert b"In-Reply-To: <first@example.ru>" in mail.raw.replace(b"\r\n ", b"")
    assert "Помогите".encode() not in mail.raw


async def test_a_server_that_refuses_for_good_makes_the_delivery_fail_visibly(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox, mail_page: httpx.AsyncClient
) -> None:
    await mail_page.post("/_ctl", json={"fail": 1, "code": 550})

    await open_ticket(intake)

    _, settled = await outcome(intake)
    assert isinstance(settled, DeliveryFailed)
    assert mailbox.newest() == []


async def test_a_server_that_is_busy_gets_the_same_mail_again_later(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox, mail_page: httpx.AsyncClient
) -> None:
    await mail_page.post("/_ctl", json={"fail": 1, "code": 421})

    await open_ticket(intake)

    _, settled = await outcome(intake)
    assert isinstance(settled, DeliverySent)
    assert settled.attempts == 2
    assert len(mailbox.newest()) == 1


async def test_a_lease_that_runs_out_sends_again_under_the_same_message_id(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox, mail_page: httpx.AsyncClient
) -> None:
    await mail_page.post("/_ctl", json={"drop_before_250": 1, "keep_doubtful": True})
    await open_ticket(intake)
    await until(lambda: len(mailbox.newest()) == 1)

    await until_leased(service)
    await service.state.host.log.pool.execute("update outbox set due = clock_timestamp() where due < 'infinity'")

    _, settled = await outcome(intake)
    first, second = (message_id(each.raw) for each in mailbox.newest())
    assert isinstance(settled, DeliverySent)
    assert first == second


async def test_a_message_that_cannot_be_worded_holds_up_no_other(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox
) -> None:
    await open_ticket(intake)
    await outcome(intake)
    pool = service.state.host.log.pool
    await pool.execute(POISON, derived_id(CAUSE, "poison"), TICKET, CAUSE)
    await until_leased(service)
    await pool.execute("update outbox set due = clock_timestamp() where due < 'infinity'")
    again = "select count(*) from outbox where attempts > 1 and note like 'a fault of our own%'"

    async with asyncio.timeout(15):
        while not await pool.fetchval(again):
            await asyncio.sleep(0.02)
    assert len(mailbox.newest()) == 1


async def test_the_doors_show_the_ledger_to_those_who_may_see_it(service: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://notify") as http:
        assert (await http.get("/deliveries")).status_code == 401
