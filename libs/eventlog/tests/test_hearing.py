"""A state read anew reads only what it hears, and stands where it would have stood."""

from collections.abc import Sequence

import pytest
from contracts.intake import TicketOpened
from contracts.routing import TicketAssigned
from eventlog import reading
from eventlog.deciding import Decider
from eventlog.postgres import PostgresLog
from testkit.following import fill
from testkit.running import a_follower, caught_up, made_follower, whole
from testkit.servers import Database
from testkit.toys import ToyRouting, Turns


class Deaf(ToyRouting):
    """Hears of openings only, not even of its own answers."""

    hears = (TicketOpened,)


async def _deaf(database: Database, intake: PostgresLog, routing: PostgresLog) -> Decider[Turns]:
    """One that has not read anything yet of a log that is whole, but knows its own answers."""
    await fill(intake, range(12))
    async with a_follower(routing, database.url_for("routing"), Deaf()) as follower:
        await caught_up(follower, intake)
        assert follower.state.turn == 0
    answers = [each.id for each in await whole(intake) if isinstance(each.data, TicketAssigned)]
    return Decider(Deaf(), Deaf().fresh(), 0, pending=answers)


@pytest.mark.parametrize("size", [(1, 2), (3, 4), (2_000, 20_000)])
async def test_only_what_is_heard_is_read_and_the_position_moves_on_over_the_rest(
    size: Sequence[int],
    database: Database,
    intake: PostgresLog,
    routing: PostgresLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decider = await _deaf(database, intake, routing)
    monkeypatch.setattr(reading, "PAGE", size[0])
    monkeypatch.setattr(reading, "REACH", size[1])
    log, seen = await whole(intake), []
    monkeypatch.setattr(decider.reactor, "evolve", lambda _, event: seen.append(event.position))
    await made_follower(routing, database.url_for("routing"), Deaf()).fold(decider, len(log))
    assert seen == [each.position for each in log if isinstance(each.data, TicketOpened)]
    assert decider.position == len(log)


async def test_answers_that_came_back_unread_are_waited_for_no_longer(
    database: Database, intake: PostgresLog, routing: PostgresLog
) -> None:
    decider = await _deaf(database, intake, routing)
    log = await whole(intake)
    answers = [each for each in log if isinstance(each.data, TicketAssigned)]
    follower = made_follower(routing, database.url_for("routing"), Deaf())
    await follower.fold(decider, answers[-1].position - 1)
    assert decider.pending == {answers[-1].id}
    await follower.fold(decider, len(log))
    assert decider.pending == set()
