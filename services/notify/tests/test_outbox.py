"""Every intent ends in one recorded outcome, whatever the mail server does (I13, I14)."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default

import httpx
import msgspec
import pytest
from contracts import Event, Meta
from contracts.example import INSIDE as TICKET
from contracts.example import WHEN as NINE
from contracts.example import example
from contracts.intake import RequesterRegistered, TicketOpened
from contracts.notify import DeliveryFailed, DeliveryIntended, DeliveryRetried, DeliverySent
from contracts.routing import AgentRegistered, SkewNoticed
from contracts.streams import agent_stream, delivery_stream, derived_id, requester_stream, ticket_stream
from eventlog.errors import LogUnavailableError
from eventlog.postgres import PostgresLog, connect
from eventlog.store import New
from eventlog.vault import Vault
from fastapi import FastAPI
from notify.app import create
from notify.due import Due
from notify.matters import Matter, matters
from notify.outbox import BATCH, CLAIM, LEASE, Send, drain
from notify.sending.outcome import Outcome, Sent
from reglament.doubles.mail.mailbox import Mailbox
from testkit.servers import Database
from testkit.waiting import until

MASTER = b64encode(b"m" * 32).decode()
CAUSE = derived_id(TICKET, "opened")
FOREIGN = "0199aaaa-0000-7000-8000-00000000f0e1"
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
    insert into deliveries (delivery, ticket, medium, audience, template, language, cause, epoch, state, intended_at)
        values ($1, $2, 'mail', 'requester', 'no_such_words', 'ru', $3, 1, 'intended', now())
"""
MORE = """
    insert into deliveries (delivery, ticket, medium, audience, template, language, cause, epoch, state, intended_at)
        select id, $2, 'mail', 'requester', 'ticket_opened', 'ru', $3, 1, 'intended', now()
        from unnest($1::uuid[]) id
"""


@pytest.fixture
async def intake(database: Database) -> AsyncIterator[PostgresLog]:
    async with logging_as(database, "intake", MASTER) as log:
        yield log


@pytest.fixture
async def routing(database: Database) -> AsyncIterator[PostgresLog]:
    async with logging_as(database, "routing", MASTER) as log:
        yield log


@pytest.fixture
async def foreign(database: Database) -> AsyncIterator[PostgresLog]:
    async with logging_as(database, "intake", b64encode(b"x" * 32).decode()) as log:
        yield log


@asynccontextmanager
async def logging_as(database: Database, role: str, master: str) -> AsyncIterator[PostgresLog]:
    pool = await connect(database.url_for(role))
    log = PostgresLog(pool, Vault(master), _nobody)
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


async def open_ticket(log: PostgresLog, ticket: str = TICKET, requester: str = "r1") -> None:
    registered = RequesterRegistered(at=NINE, requester=requester, kind="email", address="anna@example.ru")
    opened = msgspec.structs.replace(OPENED, ticket=ticket, requester=requester)
    who, what = derived_id(ticket, "r"), derived_id(ticket, "opened")
    first = New(id=who, stream=requester_stream(requester), version=1, event=registered, meta=Meta())
    second = New(id=what, stream=ticket_stream(ticket), version=1, event=opened, meta=Meta())
    await log.append([first, second], frozenset({requester}))


async def until_leased(service: FastAPI) -> None:
    """Wait until the sender has put the message back for later."""
    await until_some(service, "select count(*) from outbox where note <> ''")


async def until_some(service: FastAPI, query: str, *args: object, count: int = 1) -> None:
    """Wait until the query counts so many rows."""
    pool = service.state.host.log.pool

    async def there() -> bool:
        return bool(await pool.fetchval(query, *args) >= count)

    await until(there, f"there are {count} of: {query}")


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


async def test_the_head_gets_a_mail_about_no_ticket(routing: PostgresLog, service: FastAPI, mailbox: Mailbox) -> None:
    head = AgentRegistered(at=NINE, agent="head", name="Мария", groups=(), email="head@example.ru", language="en")
    skew = msgspec.structs.replace(example(SkewNoticed), agent="anna", pool="support/chat", turns=3)
    for n, said in enumerate((head, skew), 1):
        stream = agent_stream(said.agent)
        await routing.append([New(id=derived_id(TICKET, "skew", n), stream=stream, version=1, event=said, meta=Meta())])

    await until(lambda: bool(mailbox.newest()), "a mail has come")
    (mail,) = mailbox.newest()
    assert mail.to == ("head@example.ru",)
    read = message_from_bytes(mail.raw, policy=default)
    assert read["Subject"] == "Uneven distribution: the group “support”"
    assert read["In-Reply-To"] is None


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
    await until(lambda: len(mailbox.newest()) == 1, "one mail has come")

    await until_leased(service)
    await service.state.host.log.pool.execute("update outbox set due = clock_timestamp() where due < 'infinity'")

    _, settled = await outcome(intake)
    first, second = mailbox.newest()
    assert isinstance(settled, DeliverySent)
    assert message_id(first.raw) == message_id(second.raw)
    assert first.raw == second.raw


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

    await until_some(service, again)
    assert len(mailbox.newest()) == 1


async def test_many_messages_all_go_out_once_and_are_recorded_once(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox
) -> None:
    await open_ticket(intake)
    await outcome(intake)
    pool = service.state.host.log.pool
    await pool.execute(MORE, [derived_id(CAUSE, f"more {n}") for n in range(50)], TICKET, CAUSE)

    streams = [delivery_stream(derived_id(CAUSE, f"more {n}")) for n in range(50)]
    written = "select count(*) from log.events where stream = any($1)"
    await until_some(service, written, streams, count=len(streams))

    events = [each for stream in streams for each in await intake.read(stream)]
    assert [type(each.data) for each in events] == [DeliverySent] * 50
    assert len({message_id(each.raw) for each in mailbox.newest()}) == len(mailbox.newest()) == 51


async def test_no_more_is_claimed_than_may_be_on_its_way(intake: PostgresLog, service: FastAPI) -> None:
    await open_ticket(intake)
    await outcome(intake)
    pool = service.state.host.log.pool
    pigeons = MORE.replace("'mail'", "'pigeon'")
    await pool.execute(pigeons, [derived_id(CAUSE, f"more {n}") for n in range(50)], TICKET, CAUSE)

    claimed = [row["delivery"] for _ in range(3) for row in await pool.fetch(CLAIM, "pigeon", LEASE, BATCH)]

    assert len(set(claimed)) == len(claimed) == 3 * BATCH


async def test_what_the_log_says_is_settled_is_not_claimed_again_though_the_view_may_not_know(
    intake: PostgresLog, service: FastAPI
) -> None:
    await open_ticket(intake)
    await outcome(intake)
    pool = service.state.host.log.pool
    await until_some(service, "select count(*) from deliveries where state = 'sent'")

    await pool.execute("update deliveries set state = 'intended', medium = 'pigeon'")

    assert await pool.fetchval("select count(*) from outbox where medium = 'pigeon'") == 1
    assert await pool.fetch(CLAIM, "pigeon", LEASE, BATCH) == []


async def test_what_failed_goes_out_when_a_person_wants_it_tried_again(
    intake: PostgresLog, service: FastAPI, mailbox: Mailbox, mail_page: httpx.AsyncClient
) -> None:
    await mail_page.post("/_ctl", json={"fail": 1, "code": 550})
    await open_ticket(intake)
    await outcome(intake)
    delivery = derived_id(CAUSE, "delivery:requester")
    retried = DeliveryRetried(at=NINE, delivery=delivery, ticket=TICKET, by="lead")
    again = New(
        id=derived_id(delivery, "again"), stream=delivery_stream(delivery), version=3, event=retried, meta=Meta()
    )

    await service.state.host.log.append([again])

    settled = "select count(*) from log.events where stream = $1"
    await until_some(service, settled, delivery_stream(delivery), count=4)
    events = await intake.read(delivery_stream(delivery))
    assert events[3].data == DeliverySent(
        at=events[3].data.at, delivery=delivery, ticket=TICKET, reference=message_id(mailbox.newest()[0].raw)
    )


async def test_nothing_is_claimed_before_it_can_be_worded(intake: PostgresLog, service: FastAPI) -> None:
    await open_ticket(intake)
    await outcome(intake)
    log, awaited = service.state.host.log, [LogUnavailableError("still reading the log") for _ in range(3)]
    await log.pool.execute(MORE.replace("'mail'", "'pigeon'"), [derived_id(CAUSE, "more")], TICKET, CAUSE)

    def knows() -> None:
        if awaited:
            raise awaited.pop()

    pigeons = asyncio.create_task(drain(log, "pigeon", flying, knows))
    (settled,) = await settled_of(intake, delivery_stream(derived_id(CAUSE, "more")))
    pigeons.cancel()

    assert isinstance(settled, DeliverySent)
    assert (settled.attempts, awaited) == (1, [])


async def test_tables_of_an_earlier_program_are_waited_out(intake: PostgresLog, service: FastAPI) -> None:
    await open_ticket(intake)
    await outcome(intake)
    log, looks = service.state.host.log, list[None]()
    await log.pool.execute(MORE.replace("'mail'", "'pigeon'"), [derived_id(CAUSE, "more")], TICKET, CAUSE)
    await log.pool.execute("alter table outbox rename column doubts to unheard_of")

    pigeons = asyncio.create_task(drain(log, "pigeon", flying, lambda: looks.append(None)))
    await until(lambda: len(looks) > 2, "it has looked more than once")
    await log.pool.execute("alter table outbox rename column unheard_of to doubts")
    (settled,) = await settled_of(intake, delivery_stream(derived_id(CAUSE, "more")))
    pigeons.cancel()

    assert isinstance(settled, DeliverySent)


async def test_an_outcome_that_somebody_else_has_recorded_keeps_no_other_from_being_recorded(
    intake: PostgresLog, service: FastAPI
) -> None:
    await open_ticket(intake)
    host, (known, other) = service.state.host, [derived_id(CAUSE, f"more {n}") for n in range(2)]
    theirs = DeliverySent(at=NINE, delivery=known, ticket=TICKET, reference="theirs")
    settled = derived_id(known, "settled", 1)
    recorded = New(id=settled, stream=delivery_stream(known), version=1, event=theirs, meta=Meta())
    await host.follower.reach((await host.log.append([recorded])).last, 15)
    await host.log.pool.execute(MORE.replace("'mail'", "'pigeon'"), [known, other], TICKET, CAUSE)

    pigeons = asyncio.create_task(drain(host.log, "pigeon", flying, lambda: None))
    outcomes = [each for of in (other, known) for each in await settled_of(intake, delivery_stream(of))]
    pigeons.cancel()

    assert [each.reference for each in outcomes if isinstance(each, DeliverySent)] == [other, "theirs"]


async def flying(_: Sequence[Due]) -> Send:
    async def send(due: Due) -> Outcome:
        return Sent(reference=due.delivery)

    return send


async def settled_of(log: PostgresLog, stream: str) -> list[Event]:
    async with asyncio.timeout(15):
        while not (events := await log.read(stream)):
            await asyncio.sleep(0.02)
    return [each.data for each in events]


async def test_a_ticket_that_cannot_be_opened_takes_no_other_with_it(
    intake: PostgresLog, foreign: PostgresLog, service: FastAPI, mailbox: Mailbox
) -> None:
    await open_ticket(foreign, ticket=FOREIGN, requester="r2")
    await open_ticket(intake)

    assert isinstance((await outcome(intake))[1], DeliverySent)
    await until_leased(service)
    log = service.state.host.log
    theirs, ours = due(FOREIGN), due(TICKET)
    assert await matters(log, [theirs, ours]) == {}
    assert (await matters(log, [ours]))[ours.delivery] == Matter(OPENED, OPENED)
    assert len(mailbox.newest()) == 1


def due(ticket: str) -> Due:
    cause = derived_id(ticket, "opened")
    who = {"audience": "requester", "template": "ticket_opened", "language": "ru", "staff": ""}
    when = {"epoch": 1, "attempts": 1, "doubts": 0, "since": NINE, "now": NINE}
    return msgspec.convert({"delivery": derived_id(cause, "d"), "ticket": ticket, "cause": cause, **who, **when}, Due)


async def test_the_doors_show_the_ledger_to_those_who_may_see_it(service: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://notify") as http:
        assert (await http.get("/deliveries")).status_code == 401
