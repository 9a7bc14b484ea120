"""The report over what was rated, on a real PostgreSQL and NATS."""

from datetime import UTC, datetime
from typing import Any

import pytest
from contracts.routing import TicketTransferred
from contracts.streams import assignment_stream
from csi.links import Links
from csi.reactor import CsiReactor
from eventlog.bookkeeping import Books
from eventlog.postgres import PostgresLog, connect
from eventlog.rebuilding import prepare_views
from testkit.servers import Database

pytestmark = pytest.mark.asyncio(loop_scope="module")

Desk = Any  # the class lives in conftest.py


async def report(desk: Desk, query: str = "") -> dict[str, Any]:
    head = await desk.logs["intake"].head()
    answer = await desk.get(f"/report{query}", "analyst", head.position)
    assert answer.status_code == 200, answer.text
    return answer.json()


def line(found: dict[str, Any], by: str, name: str) -> tuple[object, ...]:
    (mine,) = [each for each in found[by] if each["name"] == name]
    return tuple(mine[field] for field in ("asked", "n", "mean", "csi", "response_rate"))


async def test_the_report_of_nothing_has_no_index(desk: Desk) -> None:
    found = await report(desk, "?until=2020-01-01")

    nothing = {"name": "", "asked": 0, "n": 0, "mean": None, "csi": None, "response_rate": None}
    assert found.pop("total") == nothing
    assert set(map(str, found.values())) == {"[]"}


async def test_the_report_counts_by_agent_group_and_channel(desk: Desk) -> None:
    paths = [await desk.resolved(agent, "night", "web") for agent in ("vera", "gleb", "gleb")]
    await desk.rate(paths[0], 5)
    await desk.rate(paths[1], 2)

    found = await report(desk)

    assert line(found, "by_agent", "vera") == (1, 1, 5.0, 100.0, 100.0)
    assert line(found, "by_agent", "gleb") == (2, 1, 2.0, 40.0, 50.0)
    assert line(found, "by_group", "night") == line(found, "by_channel", "web") == (3, 2, 3.5, 70.0, 66.7)
    assert [(each["agent"], each["score"]) for each in found["low"] if each["agent"] in ("vera", "gleb")] == [
        ("gleb", 2)
    ]


async def test_every_breakdown_counts_every_survey(desk: Desk) -> None:
    await desk.rate(await desk.resolved(), 4)
    await desk.resolved()

    found = await report(desk, "?step=day")

    for by in ("by_agent", "by_group", "by_channel", "by_period"):
        for figure in ("asked", "n"):
            assert sum(each[figure] for each in found[by]) == found["total"][figure]
    assert datetime.now(UTC).date().isoformat() in [each["name"] for each in found["by_period"]]


async def test_a_transfer_after_the_resolution_does_not_move_the_rating(desk: Desk) -> None:
    path = await desk.resolved("dina", "early")
    moved = TicketTransferred(at=datetime.now(UTC), ticket=desk.ticket, group="late", by="lead", agent="egor")
    await desk.say("routing", moved, assignment_stream(desk.ticket))

    await desk.rate(path, 5)

    found = await report(desk)
    assert line(found, "by_agent", "dina")[:2] == line(found, "by_group", "early")[:2] == (1, 1)
    assert not {"egor", "late"} & {each["name"] for each in found["by_agent"] + found["by_group"]}


async def test_views_made_anew_are_the_same(desk: Desk, module_database: Database) -> None:
    await desk.rate(await desk.resolved(), 1)
    before = await report(desk)

    pool = await connect(module_database.url_for("csi"))
    await pool.execute("update view_state set code = 'older'")
    log = PostgresLog(pool, desk.logs["intake"].vault, desk.logs["intake"].publish)
    await prepare_views(log, CsiReactor(Links(bytes(32), "")), Books("csi"))
    await pool.close()

    assert await report(desk) == before
