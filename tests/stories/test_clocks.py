"""A ticket's clocks on the running platform: explained by its events, shared out to the second (D3, D9)."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from reglament.demo.desk import Desk, awaited
from reglament.place import Place
from testkit.servers import run

Json = Any


class Seen(NamedTuple):
    """What was told of one ticket, and what the log holds of it."""

    clocks: Json
    first: Json
    second: Json
    shares: Json


@pytest.fixture(scope="module")
def seen(place: Place) -> Seen:
    return run(lived(place))


async def lived(place: Place) -> Seen:
    async with httpx.AsyncClient(timeout=20) as http:
        desk = Desk(place, http)
        ask = Asking(place, http)
        await desk.register("vera", "Вера Лаптева")
        name = f"clocks-{uuid4().hex[:8]}"
        ticket = (await desk.message(name, {"id": name}, "Сайт", "Добрый день, сайт не открывается."))["ticket"]
        await desk.do(ticket, "ask", "vera", text="Какой у Вас браузер?")
        await desk.do(ticket, "prioritize", "vera", priority="critical", reason="стоит весь магазин")
        await desk.do(ticket, "reply", "vera", text="Мы уже нашли причину.")
        await desk.do(ticket, "escalate", "vera", stage="level2", reason="ошибка сервера")
        await awaited("level 2", lambda: ask.clock(ticket, "level2"))
        explained = [await ask.get(f"/tickets/{ticket}/clocks/{each}/explain") for each in ("level1", "level2")]
        return Seen(await ask.clocks(ticket), *explained, await ask.get(f"/tickets/{ticket}/attribution"))


class Asking:
    """A lead who asks sla."""

    def __init__(self, place: Place, http: httpx.AsyncClient) -> None:
        self.url, self.http = place.url("sla"), http
        self.key = json.loads(place.keys.read_text())["lead"]

    async def get(self, path: str) -> Json:
        answer = await self.http.get(f"{self.url}{path}", headers={"Authorization": f"Bearer {self.key}"})
        return answer.raise_for_status().json()

    async def clocks(self, ticket: str) -> Json:
        return await self.get(f"/tickets/{ticket}/clocks")

    async def clock(self, ticket: str, name: str) -> Json:
        answer = await self.http.get(
            f"{self.url}/tickets/{ticket}/clocks", headers={"Authorization": f"Bearer {self.key}"}
        )
        found = answer.json() if answer.status_code == 200 else []
        return next((each for each in found if each["clock"] == name), None)


def total(slices: Sequence[Sequence[str]]) -> float:
    spans = [[datetime.fromisoformat(each) for each in pair] for pair in slices]
    return sum(((end - start) for start, end in spans), timedelta()).total_seconds()


def test_d3_slices_of_every_clock_sum_to_its_target(seen: Seen) -> None:
    for each in (seen.first, seen.second):
        assert total(each["slices"]) == each["target_seconds"]
        assert total(each["spent"]) == each["worked_seconds"]


def test_d3_each_change_names_who_made_it_and_why(seen: Seen) -> None:
    started, reclassified, answered = seen.first["turns"]
    assert (started["by"]["type"], answered["by"]["type"]) == ("ticket.opened.v1", "ticket.agent-replied.v1")
    assert (reclassified["cause"], reclassified["by"]["why"]) == ("reclassified", "стоит весь магазин")
    assert reclassified["by"]["by"].startswith("lead:")


def test_d3_the_pause_names_the_question(seen: Seen) -> None:
    [pause] = seen.first["pauses"]
    assert pause["cause"]["type"] == "ticket.information-requested.v1"
    assert pause["until"] is not None


def test_d3_the_explanation_is_what_the_list_says(seen: Seen) -> None:
    listed = {each["clock"]: each for each in seen.clocks}
    for each in (seen.first, seen.second):
        assert (each["due_at"], each["target_seconds"], each["state"]) == tuple(
            listed[each["clock"]][field] for field in ("due_at", "target_seconds", "state")
        )


def test_d9_every_second_belongs_to_somebody(seen: Seen) -> None:
    assert sum(seen.shares["seconds"].values()) == seen.shares["total_seconds"]
    assert seen.shares["first_response_seconds"] is not None
