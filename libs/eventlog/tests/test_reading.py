"""Pages read ahead hold every event that is wanted, once and in order, and none beyond where they were to end."""

import pytest
from contracts.intake import TicketClosed, TicketOpened
from eventlog import reading
from eventlog.postgres import PostgresLog
from eventlog.reading import pages
from testkit.following import fill
from testkit.waiting import until


@pytest.fixture(params=[(1, 2), (3, 4), (3, 100), (2_000, 20_000)])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events and positions of a page."""
    monkeypatch.setattr(reading, "PAGE", request.param[0])
    monkeypatch.setattr(reading, "REACH", request.param[1])


@pytest.mark.usefixtures("size")
async def test_every_event_of_the_kinds_wanted_comes_once_in_order(intake: PostgresLog) -> None:
    await fill(intake, range(12))
    whole = await intake.page(0, 100)
    for kinds in (None, [TicketClosed], [TicketOpened, TicketClosed], []):
        wanted = [each for each in whole[3:20] if kinds is None or type(each.data) in kinds]
        assert [each async for page in pages(intake, 3, 20, kinds) for each in page.events] == wanted


@pytest.mark.usefixtures("size")
async def test_who_stops_in_the_middle_leaves_nothing_behind(intake: PostgresLog) -> None:
    await fill(intake, range(12))
    pool = intake.pool
    taken = pool.get_size() - pool.get_idle_size()
    async for page in (ahead := pages(intake, 0, 24)):
        assert page.events[0].position == 1
        break
    await ahead.aclose()
    await until(lambda: pool.get_size() - pool.get_idle_size() == taken, "what was taken for reading is free again")
