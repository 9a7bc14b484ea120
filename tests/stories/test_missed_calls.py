"""A day with a telephone: calls missed, returned, answered elsewhere, too old (S4: R4-02 to R4-08, A-26)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from testkit.doors import Doors
from testkit.servers import run
from testkit.stillness import forget_views, quiet, set_aside
from testkit.world import Installation

Json = Any
OLD = timedelta(days=20)
SHORT = timedelta(minutes=1)


class Told(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    first: Json
    again: Json
    waiting: list[Json]
    silenced: Json
    talked: list[Json]
    returned: Json
    elsewhere: Json
    linked: Json
    both: list[Json]
    old: list[Json]
    stale: Json
    refused: Json
    left: list[Json]
    aside: list[str]


class Telling:
    """Clients who ring up, an exchange, and agents who come to the telephone later."""

    def __init__(self, installed: Installation, http: httpx.AsyncClient) -> None:
        self.installed, self.doors = installed, Doors(installed, http)

    async def whole(self) -> Told:
        first, again, waiting, silenced, talked, returned = await self.called_back()
        elsewhere, linked, both = await self.answered_elsewhere()
        old, stale = await self.too_old()
        refused = await self.tell("+79990000019", OLD, channel="cabinet")
        await self.tell("+79990000014", OLD)
        aside = await set_aside(self.installed)
        answered = (elsewhere, linked, both, old, stale, refused, await self.calls("open"), aside)
        return Told(first, again, waiting, silenced, talked, returned, *answered)

    async def called_back(self) -> tuple[Json, Json, list[Json], Json, list[Json], Json]:
        first = await self.tell("+7 999 000-00-11", SHORT * 3, agent="vera")
        again = await self.tell("+79990000011", SHORT * 2)
        waiting = await self.calls("open")
        silenced = await self.do(f"/tickets/{first['ticket']}/resolve", text="Готово")
        await self.tell("+79990000011", timedelta(), kind="outgoing", reached=True, agent="vera")
        talked = await self.calls("open")
        returned = await self.do(f"/calls/{again['call']}/settle", how="called-back")
        return first, again, waiting, silenced, talked, returned

    async def answered_elsewhere(self) -> tuple[Json, Json, list[Json]]:
        author = {"id": "+79990000012"}
        message = {"id": uuid4().hex, "text": "Где мой заказ?"}
        written = await self.post("/messages", {"channel": "demo-phone", "message": message, "author": author})
        await self.do(f"/tickets/{written['ticket']}/reply", text="Привезём завтра.")
        missed = await self.tell("+79990000012", OLD)
        (elsewhere,) = [each for each in await self.calls("open") if each["call"] == missed["call"]]
        linked = await self.do(f"/calls/{missed['call']}/settle", how="already-contacted", topic="delivery")
        both = [await self.ticket(each) for each in (written["ticket"], missed["ticket"])]
        return elsewhere, linked, both

    async def too_old(self) -> tuple[list[Json], Json]:
        missed = await self.tell("+79990000013", OLD)
        refused = await self.do(f"/calls/{missed['call']}/settle", how="written")
        await self.do(f"/tickets/{missed['ticket']}/reply", text="Вы нам звонили: напишите, пожалуйста, о чём.")
        settled = await self.do(f"/calls/{missed['call']}/settle", how="written")
        return [refused, settled], await self.ticket(missed["ticket"])

    async def tell(self, caller: str, ago: timedelta, **said: object) -> Json:
        at = (datetime.now(UTC) - ago).isoformat()
        call = {"id": uuid4().hex, "channel": "demo-phone", "kind": "missed", "caller": caller, "at": at}
        return await self.post("/calls", call | said)

    async def do(self, path: str, **said: object) -> Json:
        return await self.post(path, said, "lead")

    async def post(self, path: str, said: object, role: str = "adapter") -> Json:
        answer = await self.doors.post(path, json.dumps(said).encode(), role, Content_Type="application/json")
        await quiet(self.installed)
        return answer.json()

    async def calls(self, state: str) -> list[Json]:
        return list((await self.doors.get("intake", f"/calls?state={state}")).json()["calls"])

    async def ticket(self, ticket: str) -> Json:
        return (await self.doors.get("intake", f"/tickets/{ticket}")).json()


async def lived(installed: Installation) -> Told:
    async with httpx.AsyncClient(timeout=20) as http:
        return await Telling(installed, http).whole()


async def looked(installed: Installation) -> list[Json]:
    async with httpx.AsyncClient(timeout=20) as http:
        return await Telling(installed, http).calls("all")


def ageless(calls: list[Json]) -> list[Json]:
    """The same calls without what passes with time."""
    return [{name: value for name, value in each.items() if name != "age_working_days"} for each in calls]


def said(ticket: Json, kind: str) -> list[Json]:
    return [each["said"] for each in ticket["conversation"] if each["type"] == f"ticket.{kind}.v1"]


@pytest.fixture(scope="module")
def told(platform: Any) -> Told:  # noqa: ANN401  # the conftest's own class
    return run(lived(platform.installed))


def test_r4_02_a_missed_call_is_a_ticket_and_the_next_one_joins_it(told: Told) -> None:
    assert (told.first["outcome"], told.again["outcome"]) == ("opened", "appended")
    assert told.first["ticket"] == told.again["ticket"]


def test_r4_07_r4_08_the_list_says_whom_for_and_what_to_do(told: Told) -> None:
    first, again = told.waiting
    assert (first["meant_for"], first["advice"], again["advice"]) == ("vera", "call", "call")
    assert first["caller"] == again["caller"] == "+79990000011"
    assert first["age_working_days"] < 0.1


def test_r4_02_nobody_closes_it_in_silence(told: Told) -> None:
    assert told.silenced["reason"] == "call-open"


def test_r4_02_one_call_back_settles_both(told: Told) -> None:
    assert [each["advice"] for each in told.talked] == ["talked", "talked"]
    assert sorted(told.returned["calls"]) == sorted([told.first["call"], told.again["call"]])
    assert told.returned["ended"] is False


def test_r4_03_contact_in_another_ticket_is_found(told: Told) -> None:
    assert told.elsewhere["advice"] == f"already contacted in {told.both[0]['number']}"


def test_r4_04_r4_05_link_comment_and_topic_on_both(told: Told) -> None:
    other, own = told.both
    assert [each["topic"] for ticket in told.both for each in said(ticket, "topic-set")] == ["delivery", "delivery"]
    assert [(each["to"], each["relation"]) for each in said(own, "linked")] == [(other["id"], "contact")]
    assert other["number"] in said(own, "note-added")[0]["text"]
    assert told.linked["standing"] == "closed"


def test_a_26_an_old_one_is_written_to_and_closed_as_stale(told: Told) -> None:
    assert [told.old[0]["reason"], told.old[1]["ended"]] == ["not-written", True]
    assert [each["reason"] for each in said(told.stale, "closed")] == ["stale"]


def test_a_regulation_without_missed_calls_takes_none(told: Told) -> None:
    assert told.refused["reason"] == "no-missed-calls"


def test_r4_06_what_is_left_is_still_in_the_list(told: Told) -> None:
    assert [(each["caller"], each["advice"]) for each in told.left] == [("+79990000014", "write")]


def test_nothing_was_set_aside(told: Told) -> None:
    assert told.aside == []


def test_who_reads_the_whole_log_again_comes_to_the_same(
    told: Told, installed: Installation, restart: Callable[[], None]
) -> None:
    """D6."""
    before = run(looked(installed))
    run(forget_views(installed))
    restart()

    assert ageless(run(looked(installed))) == ageless(before)
    assert [each["call"] for each in before if not each["settled"]] == [each["call"] for each in told.left]
