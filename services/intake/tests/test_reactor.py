"""Auto-close, the folded regulations, the lists."""

from datetime import timedelta

import asyncpg
import msgspec
import pytest
from contracts import Meta, Recorded
from contracts.intake import RequesterReplied, TicketClosed, TicketOpened, TicketResolved
from contracts.reasons import Assignment
from contracts.routing import TicketAssigned
from contracts.sla import AutoCloseDue
from eventlog.postgres import PostgresLog
from eventlog.store import New
from intake.publishing import publish
from intake.reactor import IntakeReactor
from intake.views import VIEWS
from regulation.document import Regulation
from testkit.streams import NINE, new, recorded
from testkit.viewing import write

OPENED = TicketOpened(
    at=NINE, ticket="1", number="TIC-1", requester="", channel="cabinet", kind="api", section="requests",
    subject="", text="", category="project-question", priority="normal", stage="level1", regulation="csn@1",
    reply_to="",
)  # fmt: skip
RESOLVED = TicketResolved(at=NINE, ticket="1", requester="", agent="anna", text="", previous="level2")
DUE = AutoCloseDue(at=NINE, clock="c", ticket="1", due_at=NINE + timedelta(days=2))


def due(ticket: str = "1") -> Recorded[AutoCloseDue]:
    said = AutoCloseDue(at=NINE, clock="c", ticket=ticket, due_at=DUE.due_at)
    return Recorded(
        position=9, id="0190a5c0-0000-7000-8000-000000000009", stream="clock-c", version=2,
        recorded_at=DUE.due_at, data=said, meta=Meta(),
    )  # fmt: skip


async def filled(log: PostgresLog, csn: Regulation, *events: New) -> IntakeReactor:
    await publish(log, csn, NINE, Meta())
    await log.append(events)
    return IntakeReactor(log)


async def test_a_due_auto_close_closes_once(log: PostgresLog, csn: Regulation) -> None:
    """R1-16."""
    reactor = await filled(log, csn, new("ticket-1", 1, OPENED), new("ticket-1", 2, RESOLVED))
    await reactor.act(due())
    await reactor.act(due())
    closed = (await log.read("ticket-1"))[2:]
    assert [(type(each.data), each.meta.causation) for each in closed] == [(TicketClosed, due().id)]


async def test_a_requester_who_wrote_keeps_the_ticket_open(log: PostgresLog, csn: Regulation) -> None:
    wrote = RequesterReplied(at=NINE, ticket="1", requester="", text="")
    events = [new("ticket-1", n, each) for n, each in enumerate([OPENED, RESOLVED, wrote], 1)]
    reactor = await filled(log, csn, *events)
    await reactor.act(due())
    assert len(await log.read("ticket-1")) == 3


async def test_an_auto_close_of_nothing_is_passed_over(log: PostgresLog, csn: Regulation) -> None:
    reactor = await filled(log, csn, new("ticket-1", 1, OPENED))
    await reactor.act(due("none"))
    await reactor.act(due())
    assert len(await log.read("ticket-1")) == 1


async def test_the_state_is_every_version_and_survives_storing(log: PostgresLog, csn: Regulation) -> None:
    reactor = await filled(log, csn, new("ticket-1", 1, OPENED))
    await publish(log, msgspec.structs.replace(csn, version="2"), NINE, Meta())
    state = reactor.fresh()
    for each in await log.page(0, 10):
        reactor.evolve(state, each)
    kept = reactor.restored(reactor.stored(state)).regulations
    assert kept == state.regulations
    assert [each.regulation.key for each in kept["csn"]] == ["csn@1", "csn@2"]


async def test_an_auto_close_goes_by_the_version_of_the_ticket(log: PostgresLog, csn: Regulation) -> None:
    """D2: the version published since closes nothing of itself."""
    reactor = await filled(log, csn, new("ticket-1", 1, OPENED), new("ticket-1", 2, RESOLVED))
    await publish(log, msgspec.structs.replace(csn, version="2", auto_close=None), NINE, Meta())
    await reactor.act(due())
    assert len(await log.read("ticket-1")) == 3


@pytest.fixture
async def rows(log: PostgresLog) -> asyncpg.Pool:
    await log.pool.execute(VIEWS.ddl + VIEWS.indexes)
    return log.pool


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_a_list_is_the_same_however_its_events_were_paged(rows: asyncpg.Pool, size: int) -> None:
    """I8."""
    assigned = TicketAssigned(at=NINE, ticket="1", group="support", agent="anna", because=Assignment(rule="turn"))
    events = recorded("ticket-1", OPENED, assigned, RESOLVED, TicketClosed(at=NINE, ticket="1", by="requester"))
    for start in range(0, len(events), size):
        await write(rows, [*VIEWS.project(events[start : start + size])])
    row = await rows.fetchrow('select number, stage, waiting, agent, "group", position from tickets')
    assert tuple(row or ()) == ("TIC-1", "closed", False, "anna", "support", 1)
