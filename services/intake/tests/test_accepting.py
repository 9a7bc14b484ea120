"""The one path from a message to events, on a real PostgreSQL (I1)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
from contracts import Meta
from contracts.example import example
from contracts.intake import (
    ConversationStarted,
    MessageReceived,
    MessageRefused,
    RequesterReplied,
    TicketLinked,
    TicketOpened,
    TicketReopened,
)
from contracts.notify import DeliveryIntended
from contracts.streams import delivery_stream, derived_id, message_id, message_stream, ticket_stream
from eventlog.change import By, change
from eventlog.postgres import PostgresLog
from eventlog.store import New
from intake.accepting import Reception, ReusedIdError
from intake.arriving import Envelope, Receipt
from intake.domain.hand import Hand
from intake.domain.ticket import Ticket
from intake.leads import Leads
from intake.numbers import Numbers
from intake.reading.message import Author, Incoming, Report
from regulation.document import Regulation
from regulation.plan import Reopening
from servicekit.tokens import ThreadTokens
from testkit.invariants import unbroken
from testkit.running import a_log, whole
from testkit.servers import Database
from testkit.streams import NINE

TOKENS = ThreadTokens(bytes(32))
LETTER = Incoming(
    channel="email", kind="email", external_id="<1@example.ru>", author=Author(address="anna@example.ru", name="Анна"),
    subject="Отчёт", text="Не открывается",
)  # fmt: skip
CHAT = Incoming(
    channel="telegram", kind="telegram", external_id="1", author=Author(address="77"), text="Здравствуйте", thread="77"
)
FORM = Incoming(channel="cabinet", kind="api", external_id="k-1", author=Author(address="client-1"), text="Вопрос")


def replaced(incoming: Incoming, **fields: object) -> Incoming:
    return msgspec.structs.replace(incoming, **fields)


@pytest.fixture
async def reception(log: PostgresLog) -> AsyncIterator[Reception]:
    numbers = Numbers(log.pool)
    yield Reception(log, numbers, Leads(log, TOKENS), frozenset(["support@desk.example"]))
    await numbers.close()


def another(log: PostgresLog) -> Reception:
    """A second process on the same log, as far as the log can tell."""
    return Reception(log, Numbers(log.pool), Leads(log, TOKENS), frozenset())


async def take(reception: Reception, incoming: Incoming, csn: Regulation, digest: str = "d") -> Receipt:
    return await reception.accept(incoming, Envelope(NINE, "adapter:test", digest), csn)


async def said(log: PostgresLog, receipt: Receipt) -> MessageReceived:
    found = (await log.read(message_stream(receipt.message)))[0].data
    assert isinstance(found, MessageReceived)
    return found


async def end(log: PostgresLog, ticket: str, csn: Regulation, upto: str = "closed") -> None:
    """Bring a ticket to its end."""

    def verbs(found: Ticket) -> None:
        found.escalate(Hand(NINE, "anna", csn), "")
        found.resolve(Hand(NINE, "anna", csn), "Готово")
        if upto == "closed":
            found.close(Hand(NINE, "r", csn, "requester"))

    await change(log, Ticket, ticket_stream(ticket), verbs, By(Meta()))


async def test_a_first_message_registers_opens_and_is_received_at_once(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    receipt = await take(reception, LETTER, csn)
    events = await whole(log)
    kinds = [each.data.__struct_config__.tag for each in events]
    assert kinds == ["requester.registered.v1", "ticket.opened.v1", "message.received.v1"]
    assert (receipt.outcome, receipt.number, receipt.position) == ("opened", "TIC-1", 3)
    assert receipt.message == message_id("email", "<1@example.ru>") == events[-1].id


async def test_twenty_identical_messages_at_once_are_one_ticket(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    """I1."""
    receipts = await asyncio.gather(*(take(each, CHAT, csn) for each in [reception, another(log)] * 10))
    assert Counter(each.outcome for each in receipts) == {"opened": 1, "duplicate": 19}
    assert len({each.ticket for each in receipts}) == 1
    events = await whole(log)
    assert sum(isinstance(each.data, TicketOpened) for each in events) == 1
    assert unbroken(events) == []


async def test_twenty_different_messages_of_one_chat_are_one_ticket(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    chats = [replaced(CHAT, external_id=str(n), text=f"Сообщение {n}") for n in range(20)]
    receipts = await asyncio.gather(*(take(reception, each, csn) for each in chats))
    assert Counter(each.outcome for each in receipts) == {"opened": 1, "appended": 19}
    events = await whole(log)
    assert sum(isinstance(each.data, RequesterReplied) for each in events) == 19
    assert sum(isinstance(each.data, ConversationStarted) for each in events) == 1


async def test_two_processes_share_one_conversation(reception: Reception, log: PostgresLog, csn: Regulation) -> None:
    first = await take(reception, CHAT, csn)
    second = await take(another(log), replaced(CHAT, external_id="2"), csn)
    third = await take(reception, replaced(CHAT, external_id="3"), csn)
    assert (second.outcome, second.ticket, third.ticket) == ("appended", first.ticket, first.ticket)


async def test_a_repeated_message_gets_the_first_answer(reception: Reception, csn: Regulation) -> None:
    first = await take(reception, FORM, csn)
    await take(reception, replaced(FORM, external_id="k-2"), csn)
    again = await take(reception, FORM, csn)
    assert (again.outcome, again.ticket, again.number) == ("duplicate", first.ticket, first.number)


async def test_a_reused_id_of_an_adapter_is_refused(reception: Reception, csn: Regulation) -> None:
    await take(reception, FORM, csn)
    with pytest.raises(ReusedIdError):
        await take(reception, FORM, csn, digest="another body")


async def test_a_mail_that_repeats_an_id_and_says_something_else_is_kept(reception: Reception, csn: Regulation) -> None:
    first = await take(reception, LETTER, csn)
    second = await take(reception, LETTER, csn, digest="another letter")
    again = await take(reception, LETTER, csn, digest="another letter")
    assert first.ticket != second.ticket
    assert (again.outcome, again.ticket) == ("duplicate", second.ticket)


async def test_an_answer_with_our_token_finds_its_ticket(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    first = await take(reception, LETTER, csn)
    to = TOKENS.reply_address("support@desk.example", first.ticket)
    second = await take(reception, replaced(LETTER, external_id="<2@example.ru>", recipients=(to,)), csn)
    assert (second.outcome, second.ticket) == ("appended", first.ticket)
    assert (await said(log, second)).because.rule == "token"


async def test_somebody_else_with_our_token_opens_a_ticket_of_their_own(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    first = await take(reception, LETTER, csn)
    token = TOKENS.message_id(first.ticket, 1, "desk.example")
    letter = replaced(
        LETTER, external_id="<2@example.ru>", references=(token,), author=Author(address="boris@example.ru")
    )
    second = await take(reception, letter, csn)
    assert second.ticket != first.ticket
    assert (await said(log, second)).because.matched == f"foreign-token:{first.ticket}"
    link = (await log.read(ticket_stream(second.ticket)))[1].data
    assert isinstance(link, TicketLinked)
    assert (link.to, link.relation) == (first.ticket, "related")


async def opening(log: PostgresLog, receipt: Receipt) -> TicketOpened:
    found = (await log.opened(await log.read(ticket_stream(receipt.ticket))))[0].data
    assert isinstance(found, TicketOpened)
    return found


async def test_a_first_message_keeps_what_it_quotes(reception: Reception, log: PostgresLog, csn: Regulation) -> None:
    """Channels §2.4: folded, never dropped."""
    opened = await opening(log, await take(reception, replaced(LETTER, quoted="> Касса 7"), csn))
    assert (opened.text, opened.quoted) == ("Не открывается", "> Касса 7")


async def test_a_mail_that_was_passed_on_is_the_matter_itself(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    letter = replaced(LETTER, text="Спасибо", quoted="--- Пересылаемое сообщение ---\nКасса 7", passed_on=True)
    opened = await opening(log, await take(reception, letter, csn))
    assert (opened.text, opened.quoted) == ("Спасибо\n\n--- Пересылаемое сообщение ---\nКасса 7", "")


@pytest.mark.parametrize(("kind", "language"), [("email", "ru"), ("telegram", "ru"), ("api", "en")])
async def test_only_an_adapter_knows_a_persons_language_better_than_their_words(
    reception: Reception, log: PostgresLog, csn: Regulation, kind: str, language: str
) -> None:
    writer = Author(address="anna@example.ru", language="en-US" if kind == "api" else "en")
    opened = await opening(log, await take(reception, replaced(LETTER, kind=kind, author=writer), csn))
    assert opened.language == language


async def test_an_answer_to_ones_own_letter_finds_its_ticket(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    first = await take(reception, LETTER, csn)
    letter = replaced(LETTER, external_id="<2@example.ru>", references=("<0@example.ru>", "<1@example.ru>"))
    second = await take(another(log), letter, csn)
    assert (second.ticket, (await said(log, second)).because.rule) == (first.ticket, "references")


async def test_a_chat_whose_ticket_is_closed_begins_a_new_one(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    first = await take(reception, CHAT, csn)
    await end(log, first.ticket, csn)
    second = await take(reception, replaced(CHAT, external_id="2"), csn)
    third = await take(reception, replaced(CHAT, external_id="3"), csn)
    assert (second.outcome, third.ticket) == ("opened", second.ticket)
    assert (await said(log, second)).because.matched == f"closed-conversation:{first.ticket}"


WINDOW = Reopening(within="10 дней", calendar="office")


@pytest.mark.parametrize(("days", "outcome", "rule"), [(13, "appended", "reopen-window"), (15, "opened", "none")])
async def test_a_message_within_the_regulations_window_takes_the_closed_ticket_up_again(  # noqa: PLR0913
    reception: Reception, log: PostgresLog, csn: Regulation, days: int, outcome: str, rule: str
) -> None:
    """A-12, §3.5: after it, a new ticket names the one it follows."""
    first = await take(reception, CHAT, csn)
    await end(log, first.ticket, csn)
    windowed = msgspec.structs.replace(csn, reopening=WINDOW)
    later = Reception(log, Numbers(log.pool), Leads(log, TOKENS, lambda _: windowed), frozenset())
    envelope = Envelope(NINE + timedelta(days=days), "adapter:test", "d")
    second = await later.accept(replaced(CHAT, external_id="2"), envelope, csn)
    because = (await said(log, second)).because
    assert (second.outcome, second.ticket == first.ticket, because.rule) == (outcome, outcome == "appended", rule)
    assert because.matched.startswith("conversation:" if second.ticket == first.ticket else "closed-conversation:")
    reopened = [each for each in await log.read(ticket_stream(first.ticket)) if isinstance(each.data, TicketReopened)]
    assert len(reopened) == (outcome == "appended")


async def test_a_machines_answer_takes_no_closed_ticket_up_again(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    first = await take(reception, CHAT, csn)
    await end(log, first.ticket, csn)
    windowed = msgspec.structs.replace(csn, reopening=WINDOW)
    later = Reception(log, Numbers(log.pool), Leads(log, TOKENS, lambda _: windowed), frozenset())
    await take(later, replaced(CHAT, external_id="2", automatic="bot"), csn)
    ticket = Ticket.replay(await log.read(ticket_stream(first.ticket)))
    assert (ticket and ticket.stage) == "closed"


async def test_clocks_start_when_it_was_sent_where_the_channel_says_so(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    mine = tuple(msgspec.structs.replace(each, clocks_from="sent") for each in csn.channels)
    sent = replaced(FORM, sent_at=NINE - timedelta(hours=3))
    receipt = await take(reception, sent, msgspec.structs.replace(csn, channels=mine))
    opened = (await log.read(ticket_stream(receipt.ticket)))[0].data
    assert isinstance(opened, TicketOpened)
    assert opened.sent_at == NINE - timedelta(hours=3)


async def test_a_word_to_a_resolved_ticket_joins_it_and_reopens_nothing(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    """A-11."""
    first = await take(reception, CHAT, csn)
    await end(log, first.ticket, csn, upto="resolved")
    second = await take(reception, replaced(CHAT, external_id="2", text="Спасибо"), csn)
    ticket = Ticket.replay(await log.read(ticket_stream(first.ticket)))
    assert (second.ticket, ticket and ticket.stage) == (first.ticket, "resolved")


async def test_our_own_mail_is_refused_and_says_so_again(reception: Reception, csn: Regulation) -> None:
    own = replaced(LETTER, author=Author(address="support@desk.example"))
    first, second = await take(reception, own, csn), await take(reception, own, csn)
    assert (first.outcome, second.outcome, first.ticket) == ("refused", "refused", "")


async def test_a_lost_mail_is_refused_as_a_bounce(reception: Reception, log: PostgresLog, csn: Regulation) -> None:
    to = TOKENS.bounce_address("desk.example", message_id("x", "y"))
    refused = await verdict(log, await take(reception, replaced(SERVER, recipients=(to,), report=Report()), csn))
    assert (refused.rule, refused.delivery) == ("bounce", message_id("x", "y"))


SERVER = replaced(LETTER, author=Author(address="mailer-daemon@example.ru"), automatic="daemon-sender")


async def verdict(log: PostgresLog, receipt: Receipt) -> MessageRefused:
    found = (await log.read(message_stream(receipt.message)))[0].data
    assert isinstance(found, MessageRefused)
    return found


@pytest.mark.parametrize(("failed", "expected"), [(True, "bounce"), (False, "delivery-notice")])
async def test_a_report_on_a_mail_of_ours_is_one_at_any_address(
    reception: Reception, log: PostgresLog, csn: Regulation, failed: bool, expected: str
) -> None:
    about = Report(mail=TOKENS.message_id(message_id("x", "t"), "d", "desk.example"), failed=failed)
    report = replaced(SERVER, recipients=("support@desk.example",), report=about)
    refused = await verdict(log, await take(reception, report, csn))
    assert (refused.rule, refused.delivery) == (expected, "")


async def test_a_report_on_somebody_elses_mail_is_for_a_person_to_see(reception: Reception, csn: Regulation) -> None:
    report = replaced(SERVER, recipients=("support@desk.example",), report=Report(mail="<a@example.ru>"))
    assert (await take(reception, report, csn)).outcome == "opened"


async def mailed(database: Database, ticket: str) -> str:
    """The envelope address of a mail about this ticket."""
    delivery = derived_id(ticket, "mail")
    intended = msgspec.structs.replace(example(DeliveryIntended), delivery=delivery, ticket=ticket, requester="")
    async with a_log(database.url_for("notify")) as theirs:
        new = New(id=delivery, stream=delivery_stream(delivery), version=1, event=intended, meta=Meta())
        await theirs.append([new])
    return TOKENS.bounce_address("desk.example", delivery)


async def test_a_person_who_answers_the_envelope_of_a_mail_finds_its_ticket(
    reception: Reception, database: Database, csn: Regulation
) -> None:
    first = await take(reception, LETTER, csn)
    to = await mailed(database, first.ticket)
    for n, automatic in enumerate((None, "auto-submitted"), 2):
        answer = replaced(LETTER, external_id=f"<{n}@example.ru>", recipients=(to,), automatic=automatic)
        receipt = await take(reception, answer, csn)
        assert (receipt.outcome, receipt.ticket) == ("appended", first.ticket)


async def test_a_colleagues_machine_that_answers_our_envelope_opens_no_ticket(
    reception: Reception, log: PostgresLog, database: Database, csn: Regulation
) -> None:
    """It would be told to the same colleague, whose machine would answer."""
    to = await mailed(database, (await take(reception, LETTER, csn)).ticket)
    absent = Author(address="agent@desk.example")
    away = replaced(LETTER, external_id="<2@x>", author=absent, recipients=(to,), automatic="auto-submitted")
    assert (await verdict(log, await take(reception, away, csn))).rule == "automatic-answer"


@pytest.mark.parametrize("own", [True, False])
async def test_a_bounce_names_a_delivery_of_its_own_ticket_only(
    reception: Reception, log: PostgresLog, database: Database, csn: Regulation, own: bool
) -> None:
    first = await take(reception, LETTER, csn)
    await mailed(database, first.ticket)
    about = first.ticket if own else message_id("x", "another ticket")
    delivery = derived_id(first.ticket, "mail")
    report = replaced(
        SERVER, external_id="<2@x>", report=Report(mail=TOKENS.message_id(about, delivery, "desk.example"))
    )
    refused = await verdict(log, await take(reception, report, csn))
    assert (refused.rule, refused.delivery) == ("bounce", delivery if own else "")


async def test_what_the_log_cannot_hold_is_taken_out(reception: Reception, log: PostgresLog, csn: Regulation) -> None:
    receipt = await take(reception, replaced(FORM, text="a\x00b\ud83dc", external_id="k\ud83d"), csn)
    opened = (await log.opened(await log.read(ticket_stream(receipt.ticket))))[0].data
    assert getattr(opened, "text", "") == "abc"


async def test_nothing_personal_stands_in_the_log_in_plain(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    """I21."""
    chat = replaced(CHAT, author=Author(address="7700077", name="Канарейка"), thread="7700077", text="Канарейка поёт")
    await take(reception, chat, csn)
    rows = await log.pool.fetch("select data::text || meta::text as said from log.events")
    assert not [row["said"] for row in rows if "анарейка" in row["said"] or "7700077" in row["said"]]


async def test_numbers_rise_and_none_is_given_twice(reception: Reception, csn: Regulation) -> None:
    forms = [replaced(FORM, external_id=f"k-{n}", author=Author(address=f"c-{n}")) for n in range(60)]
    receipts = await asyncio.gather(*(take(reception, each, csn) for each in forms))
    assert len({each.number for each in receipts}) == 60


async def test_a_lost_sequence_goes_on_after_the_last_number(
    reception: Reception, log: PostgresLog, csn: Regulation
) -> None:
    await take(reception, FORM, csn)
    await log.pool.execute("drop sequence ticket_numbers")
    second = await take(another(log), replaced(FORM, external_id="k-2"), csn)
    assert second.number == "TIC-2"


@pytest.mark.parametrize(("address", "somebody_else"), [("oleg@example.ru", True), ("Anna@Example.ru", False)])
async def test_a_ticket_names_who_is_answered_in_place_of_its_writer(
    reception: Reception, log: PostgresLog, csn: Regulation, address: str, somebody_else: bool
) -> None:
    written = replaced(LETTER, author=msgspec.structs.replace(LETTER.author, email=address))
    receipt = await take(reception, written, csn)
    opened = (await log.read(ticket_stream(receipt.ticket)))[0].data
    assert isinstance(opened, TicketOpened)
    assert opened.answered == (log.vault.alias("email", address) if somebody_else else "")
