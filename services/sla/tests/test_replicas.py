"""I9, I12: any number of replicas, zombies and restarts ring a deadline once, since what they say has one id."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from contracts.sla import DeadlineBreached
from eventlog.deciding import Decider
from eventlog.memory import MemoryLog
from eventlog.store import New
from eventlog.vault import Vault
from sla.reactor import SlaReactor
from sla.state import State

Desk = Any
DeskOf = Callable[[], Desk]
MONDAY = "2026-03-16"


def replica(desk: Desk) -> Decider[State]:
    """Another process that has read the same log."""
    reactor = SlaReactor()
    return Decider(reactor, reactor.restored(reactor.stored(desk.decider.state)), desk.decider.position)


def log_at(now: datetime) -> MemoryLog:
    return MemoryLog(Vault(base64.b64encode(b"m" * 32).decode()), lambda: now)


async def written(log: MemoryLog, said: Sequence[New]) -> int:
    """How many of these were new to the log."""
    return sum([not (await log.append([each])).known for each in said])


def crowd(desk: Desk, size: int) -> None:
    desk.punctual = False
    for number in range(size):
        desk.opened(f"{MONDAY} 10:00:{number:02}", ("normal", "urgent")[number % 2], "defect", ticket=f"t{number}")


async def test_i12_two_replicas_that_ring_at_once_record_each_breach_once(desk: Desk) -> None:
    crowd(desk, 40)
    first, second, now = replica(desk), replica(desk), desk.now + timedelta(hours=2)
    log = log_at(now)
    assert await written(log, first.ring(now, 1000).decided) == 40
    assert await written(log, second.ring(now, 1000).decided) == 0
    assert len(await log.page(0, 1000)) == 40


async def test_i12_a_zombie_that_rings_late_and_in_other_portions_adds_nothing(desk: Desk) -> None:
    crowd(desk, 30)
    live, zombie, now = replica(desk), replica(desk), desk.now + timedelta(minutes=90)
    log = log_at(now)
    await written(log, live.ring(now, 1000).decided)
    later = [each for _ in range(10) for each in zombie.ring(now + timedelta(hours=5), 4).decided]
    assert await written(log, later) == 0


async def test_i9_a_follower_that_was_away_says_the_same_as_one_that_was_not(desk: Desk, desk_of: DeskOf) -> None:
    """The follower that slept finds the escalation before it rings; the breach is the same event."""
    late = desk_of()
    late.punctual = False
    for each in (desk, late):
        each.opened(f"{MONDAY} 10:00")
        each.escalated(f"{MONDAY} 12:00", "level2")
    log = log_at(desk.now)
    breaches = [[new for new in each.said if isinstance(new.event, DeadlineBreached)] for each in (desk, late)]
    assert [await written(log, said) for said in breaches] == [1, 0]


def test_i11_no_moment_of_any_machine_is_looked_at_but_the_log_s(desk: Desk) -> None:
    """The log's clock may stand years from this machine's: what is decided follows from the log's."""
    desk.opened(f"{MONDAY} 10:00")
    first = desk.decider.reactor.next_ring(desk.decider.state)
    assert replica(desk).ring(first, 10).decided == []
    far = desk.now + timedelta(days=36_500)
    assert [each.event.at for each in replica(desk).ring(far, 10).decided] == [desk.now + timedelta(hours=1)]


def test_i10_after_downtime_everything_comes_in_due_order_and_late(desk: Desk) -> None:
    crowd(desk, 50)
    now = desk.now + timedelta(hours=6)
    said: list[Any] = [each.event for each in replica(desk).ring(now, 10_000).decided]
    assert [each.due_at for each in said] == sorted(each.due_at for each in said)
    assert {type(each) for each in said} == {DeadlineBreached}
    assert min(each.late for each in said) > 5 * 3600 - 60
