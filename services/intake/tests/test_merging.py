"""Merged tickets on a real log: where messages go, who hears what, nothing lost (§3.1, §3.5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from contracts import Meta
from contracts.intake import AgentReplied, RequesterReplied, TicketLinked, TicketOpened
from contracts.streams import ticket_stream
from eventlog.change import By, Changed
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake.accepting import Reception
from intake.arriving import Envelope, Receipt
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from intake.leads import Leads
from intake.merging import loaded, merge, unmerge
from intake.numbers import Numbers
from intake.reading.message import Author, Incoming
from intake.saying import say
from regulation.document import Regulation
from servicekit.tokens import ThreadTokens
from testkit.running import connected, whole
from testkit.servers import Database
from testkit.streams import NINE


async def forget(database: Database, requester: str) -> None:
    """Destroy somebody's key, as their wish to be forgotten does."""
    async with connected(database.owner_url) as owner:
        await owner.execute("delete from vault.keys where subject = $1", requester)


BY = By(Meta(actor="agent:anna"))
NAMES = ("anna", "boris", "vera")


@pytest.fixture
async def reception(log: PostgresLog) -> AsyncIterator[Reception]:
    numbers = Numbers(log.pool)
    yield Reception(log, numbers, Leads(log, ThreadTokens(bytes(32))), frozenset())
    await numbers.close()


class Office:
    """Some people who write, each in a conversation of their own, and what is done with their tickets."""

    def __init__(self, log: PostgresLog, reception: Reception, csn: Regulation) -> None:
        self.log, self.reception, self.csn, self.sent = log, reception, csn, 0

    async def write(self, who: str, text: str = "Вопрос", thread: str = "1") -> Receipt:
        self.sent += 1
        incoming = Incoming(
            channel="cabinet", kind="api", external_id=f"m-{self.sent}", author=Author(address=who),
            text=text, thread=f"{who}-{thread}",
        )  # fmt: skip
        return await self.reception.accept(incoming, Envelope(NINE, "adapter:test", f"d-{self.sent}"), self.csn)

    async def merge(self, one: str, other: str) -> Changed[Ticket]:
        return await merge(self.log, one, other, lambda a, b: a.merge(self.hand, b), BY)

    async def unmerge(self, one: str) -> Changed[Ticket]:
        return await unmerge(self.log, one, lambda a, b: a.unmerge(self.hand, b), BY)

    async def end(self, ticket: str) -> None:
        def verbs(found: Ticket) -> None:
            found.resolve(self.hand, "Готово")
            found.close(self.hand._replace(party="requester"))

        await say(self.log, ticket_stream(ticket), verbs, BY)

    async def ticket(self, ticket: str) -> Ticket:
        found = await loaded(self.log, ticket)
        assert found is not None
        return found

    async def texts(self, kind: type[RequesterReplied | AgentReplied | TicketOpened]) -> list[tuple[str, str]]:
        """Whose words of this kind stand in which stream, in order."""
        events = await self.log.opened(await whole(self.log))
        return [(each.stream, each.data.text) for each in events if isinstance(each.data, kind)]

    @property
    def hand(self) -> Hand:
        return Hand(NINE, "anna", self.csn)


@pytest.fixture
def office(log: PostgresLog, reception: Reception, csn: Regulation) -> Office:
    return Office(log, reception, csn)


async def test_what_a_merged_requester_writes_comes_into_the_ticket_that_goes_on(office: Office) -> None:
    one, other = (await office.write("anna")).ticket, (await office.write("boris")).ticket
    await office.merge(one, other)
    receipt = await office.write("anna", "Ещё вопрос")
    assert (receipt.ticket, receipt.outcome) == (other, "appended")
    await office.unmerge(one)
    assert (await office.write("anna", "И ещё")).ticket == one


async def test_merging_into_a_merged_ticket_goes_to_its_end(office: Office) -> None:
    one, two, three = [(await office.write(name)).ticket for name in NAMES]
    await office.merge(two, three)
    await office.merge(one, two)
    assert (await office.ticket(one)).into == three
    await office.merge(one, two)
    assert set((await office.ticket(three)).merged) == {one, two}


async def test_a_ticket_that_took_others_in_takes_them_along(office: Office) -> None:
    one, two, three = [(await office.write(name)).ticket for name in NAMES]
    await office.merge(one, two)
    await office.merge(two, three)
    assert (await office.write("anna", "Ещё")).ticket == three
    with pytest.raises(RefusedError, match="unmerge"):
        await office.merge(three, one)


async def test_two_tickets_merged_into_each_other_at_once_never_go_round(office: Office) -> None:
    one, two = (await office.write("anna")).ticket, (await office.write("boris")).ticket
    done = await asyncio.gather(office.merge(one, two), office.merge(two, one), return_exceptions=True)
    assert sum(isinstance(each, RefusedError | ConflictError) for each in done) == 1
    standings = sorted([(await office.ticket(each)).standing for each in (one, two)])
    assert standings == [Standing.merged, Standing.open]


async def test_both_requesters_are_told_and_each_once(office: Office) -> None:
    one, two, three = [(await office.write(*each)).ticket for each in (("anna",), ("boris",), ("anna", "Ещё", "2"))]
    await office.merge(one, two)
    await office.merge(three, two)
    await say(office.log, ticket_stream(two), lambda each: each.reply(office.hand, "Исправили"), BY)
    told = [stream for stream, text in await office.texts(AgentReplied)]
    assert sorted(told) == sorted(map(ticket_stream, (one, two)))


async def test_somebody_who_was_forgotten_silences_nobody(office: Office, database: Database) -> None:
    one, two = (await office.write("anna")).ticket, (await office.write("boris")).ticket
    await office.merge(one, two)
    await forget(database, requester := (await office.ticket(one)).requester)
    office.log.vault.forget(requester)
    await say(office.log, ticket_stream(two), lambda each: each.reply(office.hand, "Исправили"), BY)
    assert [stream for stream, _ in await office.texts(AgentReplied)] == [ticket_stream(two)]


async def test_a_forgotten_requesters_ticket_still_goes_on_its_way(office: Office, database: Database) -> None:
    one = (await office.write("anna")).ticket
    await forget(database, requester := (await office.ticket(one)).requester)
    office.log.vault.forget(requester)
    await say(office.log, ticket_stream(one), lambda each: each.escalate(office.hand, "level2"), BY)
    found = await office.ticket(one)
    assert (found.stage, [task.title for task in found.tasks]) == ("level2", [""])


async def test_a_message_after_the_end_opens_a_ticket_that_follows_it(office: Office) -> None:
    """§3.5: bounded reopen, then a linked new ticket."""
    first = (await office.write("anna")).ticket
    await office.end(first)
    second = await office.write("anna", "Снова не открывается")
    link = (await office.log.read(ticket_stream(second.ticket)))[1].data
    assert second.outcome == "opened"
    assert isinstance(link, TicketLinked)
    assert (link.to, link.relation) == (first, "follow-up")


async def test_a_thank_you_neither_stops_the_auto_close_nor_opens_anything(office: Office) -> None:
    """§3.5, A-11."""
    ticket = (await office.write("anna")).ticket
    await say(office.log, ticket_stream(ticket), lambda each: each.resolve(office.hand, "Готово"), BY)
    await office.write("anna", "Спасибо большое!")
    assert not (await office.ticket(ticket)).reacted
    await say(office.log, ticket_stream(ticket), lambda each: each.close(office.hand._replace(party="requester")), BY)
    assert (await office.write("anna", "Спасибо!")).ticket == ticket
    said = [each.data for each in await office.log.read(ticket_stream(ticket))]
    assert [each.automatic for each in said if isinstance(each, RequesterReplied)] == ["thanks", "thanks"]


async def test_a_plain_word_after_the_solution_stops_the_auto_close(office: Office) -> None:
    """A-11."""
    ticket = (await office.write("anna")).ticket
    await say(office.log, ticket_stream(ticket), lambda each: each.resolve(office.hand, "Готово"), BY)
    await office.write("anna", "Спасибо, но не работает")
    found = await office.ticket(ticket)
    assert (found.reacted, found.standing) == (True, Standing.resolved)


async def test_while_a_question_waits_even_a_thank_you_is_an_answer(office: Office) -> None:
    ticket = (await office.write("anna")).ticket
    await say(office.log, ticket_stream(ticket), lambda each: each.ask(office.hand, "Помогло?"), BY)
    await office.write("anna", "Спасибо!")
    assert not (await office.ticket(ticket)).waiting


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("merge"), st.sampled_from(NAMES), st.integers(0, 2)),
        st.tuples(st.just("unmerge"), st.sampled_from(NAMES), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_merging_and_unmerging_in_any_order_loses_no_message(
    office: Office, steps: list[tuple[str, str, int]]
) -> None:
    office.sent += 1000
    run = f"{office.sent}-"
    tickets = {name: (await office.write(run + name, run + name)).ticket for name in NAMES}
    written = [run + name for name in NAMES]
    for verb, name, n in steps:
        if verb == "write":
            written.append(f"{run}{name} {office.sent}")
            await office.write(run + name, written[-1])
        else:
            await _tie(office, verb, tickets[name], tickets[NAMES[n]])
    found = [text for kind in (TicketOpened, RequesterReplied) for _, text in await office.texts(kind)]
    assert sorted(text for text in found if text.startswith(run)) == sorted(written)


async def _tie(office: Office, verb: str, one: str, other: str) -> None:
    with suppress(RefusedError):
        await (office.merge(one, other) if verb == "merge" else office.unmerge(one))
