"""What the metrics and /readyz say of a follower: above all when it does not move."""

from datetime import UTC, datetime, timedelta

import pytest
from embedded.nats import Nats
from eventlog import progress as progresses
from eventlog.postgres import PostgresLog
from eventlog.progress import LAG, LAG_SECONDS, Progress
from msgspec.structs import replace
from prometheus_client import Gauge
from testkit.following import fill
from testkit.running import a_feed, a_follower, a_log, caught_up
from testkit.servers import Database
from testkit.streams import opened, recorded
from testkit.toys import ToyRouting
from testkit.waiting import until

TEN_MINUTES = timedelta(minutes=10)


def shown(gauge: Gauge, consumer: str = "routing") -> float:
    return float(gauge.labels(consumer).collect()[0].samples[0].value)


async def test_a_follower_that_is_stuck_says_how_far_behind_it_is_and_for_how_long(
    database: Database, intake: PostgresLog, routing: PostgresLog, nats_server: Nats
) -> None:
    async with a_feed(nats_server.url) as feed, a_log(database.owner_url) as owner:
        await until(lambda: feed.connected, "the broker is there")
        intake.publish = routing.publish = feed.publish
        async with a_follower(routing, database.url_for("routing"), ToyRouting(), feed) as follower:
            await until(lambda: follower.progress.live, "it leads")
            async with owner.pool.acquire() as holder, holder.transaction():
                await holder.execute("lock table routing.cursor in exclusive mode")
                await fill(intake, range(100))
                await until(lambda: shown(LAG) >= 150, "it says how far behind it is")
                await until(lambda: shown(LAG_SECONDS) > 1, "and for how long")
            await caught_up(follower, intake)
            assert (shown(LAG), shown(LAG_SECONDS)) == (0, 0)


def test_what_was_recorded_while_nobody_followed_is_as_old_as_it_is() -> None:
    late = Progress("late", lambda: 9)
    [event] = recorded("ticket-1", opened("1"))
    late.took([replace(event, recorded_at=datetime.now(UTC) - TEN_MINUTES)], [])
    assert 600 <= late.behind < 700
    late.pulse(8, 9, live=True)
    assert (shown(LAG, "late"), late.behind >= 600) == (1, True)
    late.pulse(9, 9, live=True)
    assert (shown(LAG, "late"), shown(LAG_SECONDS, "late")) == (0, 0)


def test_a_follower_without_a_pulse_for_a_while_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = Progress("stuck")
    stuck.pulse(1, 1, live=True)
    assert stuck.ready
    monkeypatch.setattr(progresses, "STALE", 0.0)
    assert not stuck.ready
