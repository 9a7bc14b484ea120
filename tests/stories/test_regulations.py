"""Versions of a regulation on the running platform: who goes by which, and what a migration moves (D2, X-01, R1-35)."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec
import pytest
from reglament.demo.desk import awaited
from regulation.document import Regulation
from regulation.load import load
from regulation.term import Title
from testkit.doors import Doors
from testkit.servers import run
from testkit.stillness import forget_views, quiet, set_aside
from testkit.world import Installation

CSN = load(Path(__file__).parents[2] / "regulations" / "csn.yaml")
TODAY = datetime.now(UTC).date()
HOUR = 3600
Json = Any


def edition(version: str, effective: date, days: str, **parts: object) -> bytes:
    """The regulation csn with another time for the first level of the management plan."""
    targets = {"level1": days, "level2": "5 дней", "level3": "10 дней", "level4": "20 дней"}
    plans = tuple(msgspec.structs.replace(each, targets=targets) if _managed(each) else each for each in CSN.plans)
    return _text(version=version, effective_from=effective, plans=plans, **parts)


def _managed(plan: object) -> bool:
    return getattr(plan, "id", "") == "management"


def _text(**parts: object) -> bytes:
    edited: Regulation = msgspec.structs.replace(CSN, **parts)
    return edited.to_json()


def north() -> bytes:
    """Another regulation with a channel of its own."""
    channel = msgspec.structs.replace(CSN.channels[-1], id="north-api", title=Title(ru="Север", en="North"))
    return edition("1", TODAY, "1 час", name="north", channels=(channel,))


class Ticket(NamedTuple):
    """By which version a ticket goes, and how long its first level may take, in seconds."""

    regulation: str
    target: int


class Told(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    old: Ticket
    before_its_day: Ticket
    of_today: Ticket
    old_after_publishing: Ticket
    moves: list[Json]
    old_after_moving: Ticket
    elsewhere: Ticket
    refusals: list[httpx.Response]
    aside: list[str]
    tickets: list[str]


class Telling:
    """An admin who publishes while clients write."""

    def __init__(self, installed: Installation, http: httpx.AsyncClient) -> None:
        self.installed, self.doors = installed, Doors(installed, http)

    async def whole(self) -> Told:
        old = await self.write()
        first = await self.seen(old)
        await self.publish(edition("story-later", TODAY + timedelta(days=2), "4 дня"))
        early = await self.write()
        await self.publish(edition("story", TODAY, "3 дня"))
        late, waiting = await self.write(), await self.seen(early)
        kept = await self.seen(old)
        moves = [await self.move(old) for _ in range(2)]
        await quiet(self.installed)
        moved, other = await self.seen(old), await self.elsewhere()
        refusals = await self.refusals()
        aside, tickets = await set_aside(self.installed), [old, early, late]
        return Told(first, waiting, await self.seen(late), kept, moves, moved, other, refusals, aside, tickets)

    async def elsewhere(self) -> Ticket:
        await self.publish(north())
        return await self.seen(await self.write("north-api"))

    async def refusals(self) -> list[httpx.Response]:
        thief = edition("story-thief", TODAY, "1 час", name="thief")
        wrong = edition("story-wrong", TODAY, "скоро", auto_close=None)
        return [await self.post(text) for text in (edition("story", TODAY, "9 дней"), thief, wrong)]

    async def publish(self, text: bytes) -> None:
        answer = await self.post(text)
        assert answer.is_success, answer.text
        await quiet(self.installed)

    async def post(self, text: bytes) -> httpx.Response:
        return await self.doors.post("/regulations", text, role="admin")

    async def move(self, ticket: str) -> Json:
        said = json.dumps({"to": "story", "reason": "новые сроки", "tickets": [ticket]}).encode()
        answer = await self.doors.post("/regulations/csn/migrations", said, "admin", Content_Type="application/json")
        return answer.json()

    async def write(self, channel: str = "cabinet") -> str:
        message = {"id": uuid4().hex, "subject": "Договор", "text": "Когда будет договор?"}
        hints = {"category": "management-question"}
        body = {"channel": channel, "message": message, "author": {"id": uuid4().hex}, "hints": hints}
        answer = await self.doors.post("/messages", json.dumps(body).encode(), Content_Type="application/json")
        return str(answer.json()["ticket"])

    async def seen(self, ticket: str) -> Ticket:
        async def clock() -> Json:
            clocks = (await self.doors.get("sla", f"/tickets/{ticket}/clocks")).json()
            return next((each for each in clocks or () if each.get("clock") == "level1"), None)

        target = (await awaited("a clock", clock))["target_seconds"]
        return Ticket((await self.doors.get("intake", f"/tickets/{ticket}")).json()["regulation"], target)


async def lived(installed: Installation) -> Told:
    async with httpx.AsyncClient(timeout=20) as http:
        return await Telling(installed, http).whole()


async def looked(installed: Installation, tickets: list[str]) -> list[Ticket]:
    async with httpx.AsyncClient(timeout=20) as http:
        return [await Telling(installed, http).seen(each) for each in tickets]


@pytest.fixture(scope="module")
def told(platform: Any) -> Told:  # noqa: ANN401  # the conftest's own class
    return run(lived(platform.installed))


def test_a_version_takes_new_tickets_from_its_day_on(told: Told) -> None:
    assert told.old == told.before_its_day == Ticket("csn@1", 16 * HOUR)
    assert told.of_today == Ticket("csn@story", 24 * HOUR)


def test_what_was_promised_stays_promised(told: Told) -> None:
    assert told.old_after_publishing == told.old


def test_a_migration_moves_a_ticket_and_its_clocks_once(told: Told) -> None:
    assert [(each["moved"], each["unchanged"], each["refused"]) for each in told.moves] == [(1, 0, []), (0, 1, [])]
    assert told.old_after_moving == Ticket("csn@story", 24 * HOUR)


def test_another_regulation_stands_beside_with_a_channel_of_its_own(told: Told) -> None:
    assert told.elsewhere == Ticket("north@1", HOUR)


def test_what_may_not_be_published_says_why(told: Told) -> None:
    assert [each.status_code for each in told.refusals] == [409, 409, 422]
    assert [each.json().get("reason", "") for each in told.refusals] == ["version-taken", "channel-taken", ""]


def test_nothing_was_set_aside(told: Told) -> None:
    assert told.aside == []


def test_who_reads_the_whole_log_again_comes_to_the_same(
    told: Told, installed: Installation, restart: Callable[[], None]
) -> None:
    """D6."""
    before = run(looked(installed, told.tickets))
    run(forget_views(installed))
    restart()

    assert run(looked(installed, told.tickets)) == before
