"""Stop everything and start it again: nobody can tell the difference (D6)."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest
from testkit.doors import Doors
from testkit.load import Client
from testkit.servers import run
from testkit.staff import Staff
from testkit.stillness import quiet, views
from testkit.world import Installation

READS = (
    ("intake", "/tickets?limit=200"),
    ("intake", "/quarantine"),
    ("intake", "/regulations/csn"),
    ("routing", "/queues"),
    ("routing", "/load"),
    ("routing", "/fairness"),
    ("sla", "/board"),
    ("notify", "/deliveries?limit=500"),
    ("csi", "/report"),
)
OF_A_TICKET = (("intake", "/tickets/{}"), ("routing", "/tickets/{}/assignment"), ("sla", "/tickets/{}/clocks"))
PASSING = frozenset({"worked_seconds", "paused_seconds", "as_of", "age_seconds", "waiting_seconds", "at"})
"""What moves on by itself."""


@pytest.fixture
def busy(installed: Installation) -> Installation:
    """A platform that has had something to do."""
    run(worked(installed))
    return installed


async def worked(installed: Installation) -> None:
    staff, client = Staff(installed, {"vera": "vera@desk.example", "oleg": ""}), Client(installed, 50, uuid4().int)
    await staff.come()
    await client.run(lambda: len(client.history) < 20)
    await staff.work(client.history, iter([True, True, True, False]).__next__)
    await quiet(installed)


async def answers(installed: Installation) -> Mapping[str, object]:
    """What every door says now."""
    async with httpx.AsyncClient(timeout=20) as http:
        doors = Doors(installed, http)
        tickets = (await doors.get("intake", "/tickets?limit=200")).json()["tickets"]
        reads = [*READS, *((service, path.format(row["id"])) for row in tickets for service, path in OF_A_TICKET)]
        return {
            f"{service}{path}": said((await doors.get(service, path)).raise_for_status().json())
            for service, path in reads
        }


def said(answer: Any) -> object:  # noqa: ANN401  # JSON
    """An answer without what moves on by itself."""
    if isinstance(answer, dict):
        return {name: said(value) for name, value in answer.items() if name not in PASSING}
    return [said(each) for each in answer] if isinstance(answer, list) else answer


def test_everything_is_as_it_was_after_a_restart(busy: Installation, restart: Callable[[], None]) -> None:
    before, rows, head = run(answers(busy)), run(views(busy)), run(busy.head())
    restart()

    assert run(busy.head()) == head
    assert run(views(busy)) == rows
    assert run(answers(busy)) == before
