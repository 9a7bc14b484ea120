"""Many tickets moved at once, while others do the same or something else."""

import asyncio

import msgspec
from contracts import Meta
from contracts.intake import NoteAdded, TicketMigrated, TicketOpened
from eventlog.change import By, change
from eventlog.postgres import PostgresLog
from intake.domain.hand import Hand
from intake.domain.ticket import Ticket
from intake.migrating import Migration, Moved, migrate
from regulation.document import Regulation
from testkit.running import whole
from testkit.streams import NINE, new

OPENED = TicketOpened(
    at=NINE, ticket="1", number="TIC-1", requester="", channel="cabinet", kind="api", section="requests",
    subject="", text="", category="project-question", priority="normal", stage="level1", regulation="csn@1",
    reply_to="",
)  # fmt: skip
MANY = 40
TICKETS = [str(n) for n in range(MANY)]


async def opened(log: PostgresLog) -> None:
    said = [msgspec.structs.replace(OPENED, ticket=each, number=f"TIC-{each}") for each in TICKETS]
    await log.append([new(f"ticket-{each.ticket}", 1, each) for each in said])


def to_next(csn: Regulation) -> Migration:
    return Migration(Hand(NINE, "admin", msgspec.structs.replace(csn, version="2")), "новые сроки", Meta())


async def migrated(log: PostgresLog) -> list[str]:
    return sorted(each.stream for each in await whole(log) if isinstance(each.data, TicketMigrated))


async def test_two_who_move_the_same_tickets_move_each_once(log: PostgresLog, csn: Regulation) -> None:
    await opened(log)
    told = [Moved() for _ in range(4)]
    await asyncio.gather(*(migrate(log, to_next(csn), TICKETS, each) for each in told))

    assert await migrated(log) == sorted(f"ticket-{each}" for each in TICKETS)
    assert sum(each.moved for each in told) == MANY
    assert [each.moved + each.unchanged for each in told] == [MANY] * 4


async def test_tickets_that_are_worked_on_are_moved_all_the_same(log: PostgresLog, csn: Regulation) -> None:
    await opened(log)
    hand, told = Hand(NINE, "anna", csn), Moved()
    notes = [change(log, Ticket, f"ticket-{n}", lambda each: each.note(hand, ""), By(Meta())) for n in TICKETS[::3]]
    await asyncio.gather(migrate(log, to_next(csn), TICKETS, told), *notes)

    assert (told.moved, told.refused, len(await migrated(log))) == (MANY, [], MANY)
    assert sum(isinstance(each.data, NoteAdded) for each in await whole(log)) == len(notes)


async def test_a_rehearsal_moves_nothing(log: PostgresLog, csn: Regulation) -> None:
    await opened(log)
    told = Moved()
    await migrate(log, to_next(csn)._replace(rehearsal=True), TICKETS, told)

    assert (told.moved, told.position, await migrated(log)) == (MANY, 0, [])
