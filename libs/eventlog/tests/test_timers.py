"""A timer that cannot be answered stops its own ticket and nobody else's (I15), and rings once it can be (I9)."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import asyncpg
import pytest
from contracts import Event, Recorded
from contracts.intake import TicketClosed
from contracts.routing import NobodyOnline
from eventlog.deciding import Decider
from eventlog.postgres import PostgresLog
from eventlog.progress import PARKED
from eventlog.reactor import Reaction, Unanswered
from eventlog.store import Head
from msgspec.structs import replace
from testkit.following import broken
from testkit.running import a_follower, caught_up, whole
from testkit.servers import Database
from testkit.streams import NINE, closed, new, of_ticket, opened, recorded
from testkit.toys import PoisonError, Timer, ToyRouting, Turns
from testkit.waiting import until

GOOD = [f"g{n}" for n in range(4)]
AGAIN = "update routing.parked set replay = true where subject = 'bad'"
ASIDE = "select position, subject, reason from routing.parked order by position"


class Failing(ToyRouting):
    """A bug keeps the bad ticket's timer from being answered."""

    def late(self, timer: Timer) -> Reaction:
        if timer.ticket == "bad" and not self.mended:
            raise PoisonError("late")
        return super().late(timer)


class Refused(ToyRouting):
    """The store refuses what follows from the bad ticket's timer."""

    def late(self, timer: Timer) -> Reaction:
        said = super().late(timer)
        return replace(said, stream="assignment-" + "x" * 300) if timer.ticket == "bad" and not self.mended else said


def test_silent_timers_do_not_stand_in_the_way_of_others_however_few_may_ring_at_once() -> None:
    decider = Decider(ToyRouting(), Turns(timers={}, evolved={}), 0)
    for n, ticket in enumerate(("bad", "worse", *GOOD)):
        decider.step(recorded(f"ticket-{ticket}", opened(ticket, category="timer-0"), after=n))
    decider.set_aside({-1: "bad", -2: "worse"})
    rung = decider.ring(NINE, 1)
    assert ([each.event.ticket for each in rung.decided], rung.parked) == (GOOD[:1], [])  # type: ignore[attr-defined]


class Blunt(ToyRouting):
    """A bug stops the whole ring at the bad ticket, and nobody says that it is that one."""

    def ring(self, state: Turns, now: datetime, limit: int) -> Iterable[Reaction | Unanswered]:
        for said in super().ring(state, now, limit):
            if isinstance(said, Reaction) and getattr(said.event, "ticket", "") == "bad" and not self.mended:
                raise KeyError("bad")
            yield said


async def rang(log: PostgresLog) -> list[str]:
    return sorted(each.data.ticket for each in await whole(log) if isinstance(each.data, NobodyOnline))


async def due(log: PostgresLog, *tickets: str) -> None:
    """Timers that are due at once, in this order."""
    for ticket in tickets:
        await log.append(of_ticket(ticket, opened(ticket, category="timer-0")))


@pytest.mark.parametrize("kind", [Failing, Refused])
async def test_a_poison_timer_is_parked_with_its_ticket_alone_and_rings_after_a_replay(
    kind: type[ToyRouting], database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    await due(intake, "bad", *GOOD)
    reactor = kind()
    async with a_follower(routing, database.url_for("routing"), reactor) as follower:
        await until(lambda: _rang(intake, GOOD), "the others rang")
        end = await intake.append([new("ticket-bad", 2, closed("bad"))])
        await caught_up(follower, intake)
        assert [tuple(each)[:2] for each in await owner.fetch(ASIDE)] == [(-1, "bad"), (end.last, "bad")]
        reactor.mended = True
        await owner.execute(AGAIN)
        await until(lambda: _rang(intake, ["bad", *GOOD]), "it rang after all")
        await caught_up(follower, intake)
    assert await owner.fetch(ASIDE) == []
    assert await broken(intake, database.owner_url) == []


@pytest.mark.parametrize("kind", [Failing, Refused])
async def test_behind_a_poison_timer_others_ring_later_too_and_after_a_restart(
    kind: type[ToyRouting], database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    before = PARKED.labels("routing").collect()[0].samples[0].value
    async with a_follower(routing, database.url_for("routing"), kind()):
        await due(intake, "bad", *GOOD[:2])
        await until(lambda: _rang(intake, GOOD[:2]), "the others rang")
        await due(intake, *GOOD[2:3])
        await until(lambda: _rang(intake, GOOD[:3]), "so did one that came later")
    async with a_follower(routing, database.url_for("routing"), kind()) as follower:
        await due(intake, *GOOD[3:])
        await until(lambda: _rang(intake, GOOD), "and one after the restart")
        await until(lambda: follower._clock.patience(follower.state, 9.0) > 0.1, "what stays due wakes nobody at once")
    [aside] = await owner.fetch(ASIDE)
    assert aside["reason"].startswith(("PoisonError", "CheckViolationError"))
    assert PARKED.labels("routing").collect()[0].samples[0].value == before + 1


async def test_a_ring_that_fails_as_a_whole_holds_up_no_event_and_what_came_before_is_answered(
    database: Database, intake: PostgresLog, routing: PostgresLog, owner: asyncpg.Connection
) -> None:
    reactor = Blunt()
    async with a_follower(routing, database.url_for("routing"), reactor) as follower:
        await due(intake, *GOOD[:2], "bad", *GOOD[2:])
        await until(lambda: follower.progress.mute == "KeyError: 'bad'", "nobody says which timer it is")
        await caught_up(follower, intake)
        assert (await rang(intake), follower.progress.ready) == (GOOD[:2], True)
        reactor.mended = True
        await until(lambda: _rang(intake, ["bad", *GOOD]), "all of them rang")
        await until(lambda: not follower.progress.mute, "and nothing is wrong")
    assert await owner.fetch(ASIDE) == []


class Met(ToyRouting):
    """Whoever closes a ticket in time needs not be reminded of it."""

    def evolve(self, state: Turns, event: Recorded[Event]) -> None:
        super().evolve(state, event)
        if isinstance(event.data, TicketClosed):
            state.timers.pop(event.data.ticket, None)


class Overtaking(PostgresLog):
    """A log in which somebody does something just when a timer is about to ring."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def watermark(self) -> Head:
        """The head as of now."""
        if self.meanwhile:
            done, self.meanwhile = self.meanwhile, None
            await done()
        return await super().watermark()


async def test_a_timer_waits_for_what_was_recorded_before_its_moment_and_not_read_yet(
    database: Database, intake: PostgresLog, routing: PostgresLog
) -> None:
    log = Overtaking(routing.pool, routing.vault, routing.publish)
    log.meanwhile = lambda: intake.append([new("ticket-met", 2, closed("met"))])
    async with a_follower(log, database.url_for("routing"), Met()) as follower:
        await due(intake, "met", "missed")
        await until(lambda: _rang(intake, ["missed"]), "the other one rang")
        await caught_up(follower, intake)
    assert await rang(intake) == ["missed"]


async def _rang(log: PostgresLog, tickets: list[str]) -> bool:
    return await rang(log) == tickets
