"""One mail becomes a ticket that is routed, timed, told of, asked about, answered, solved and rated."""

import json
import re
from datetime import datetime
from typing import Any, NamedTuple

import httpx
import pytest
from reglament.demo import letters
from reglament.demo.desk import Desk, awaited
from reglament.demo.letters import Letter
from reglament.place import Place
from testkit.servers import run

TOKEN = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{16}")
Json = Any


class Story(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    letter: Letter
    receipt: Json
    acknowledged: Json
    assigned: Json
    opened: Json
    paused: Json
    replied: Json
    resumed: Json
    resolved: Json
    ratings: list[int]
    reports: list[Json]


@pytest.fixture(scope="module")
def story(place: Place) -> Story:
    return run(lived(place))


async def lived(place: Place) -> Story:
    async with httpx.AsyncClient(timeout=20) as http:
        return await Telling(place, http).whole()


class Telling:
    """The people of the story, one after another."""

    def __init__(self, place: Place, http: httpx.AsyncClient) -> None:
        self.place, self.http = place, http
        self.desk = Desk(place, http)
        self.key = json.loads(place.keys.read_text())["lead"]
        self.letter = letters.from_outlook()

    async def whole(self) -> Story:
        await self.desk.register("vera", "Вера Лаптева")
        receipt = await self.desk.mail(self.letter)
        ticket = receipt["ticket"]
        acknowledged = await awaited("an answer", lambda: self.desk.newest_mail(self.letter.address, receipt["number"]))
        assigned = await awaited("an agent", lambda: self.desk.assignment(ticket))
        opened = await awaited("a clock", lambda: self.clock(ticket, "level1", "running"))
        paused = await self.asked(ticket, assigned["agent"])
        replied = await self.answered()
        resumed = await awaited("the clock to go on", lambda: self.clock(ticket, "level2", "running"))
        resolved = await self.desk.do(ticket, "resolve", assigned["agent"], text="Исправили ошибку на сервере.")
        ratings, reports = await self.rated(receipt["number"])
        clocks = opened, paused, replied, resumed, resolved
        return Story(self.letter, receipt, acknowledged, assigned, *clocks, ratings, reports)

    async def asked(self, ticket: str, agent: str) -> Json:
        await self.desk.do(ticket, "classify", agent, category="Ошибка поведения или интерфейса")
        await self.desk.do(ticket, "escalate", agent, stage="level2", reason="ошибка сервера")
        await self.desk.do(ticket, "ask", agent, text="Какой браузер у Вас?")
        return await awaited("the clock to wait", lambda: self.clock(ticket, "level2", "paused"))

    async def answered(self) -> Json:
        mail = await awaited("the question", lambda: self.desk.newest_mail(self.letter.address, "Какой браузер"))
        headers = {name.lower(): value for name, value in mail["headers"]}
        reply = letters.answer(self.letter, headers["reply-to"], headers["message-id"], "Firefox.")
        return await self.desk.mail(reply)

    async def rated(self, number: str) -> tuple[list[int], list[Json]]:
        link = await awaited("the rating link", lambda: self.desk.rating_link(self.letter.address, number))
        before = await self.report()
        form = {"score": "5", "comment": "Быстро!"}
        answers = [(await self.http.get(link)), *[await self.http.post(link, data=form) for _ in range(2)]]

        async def counted() -> Json:
            after = await self.report()
            return after if after["total"]["n"] > before["total"]["n"] else None

        return [each.status_code for each in answers], [before, await awaited("the report", counted)]

    async def clock(self, ticket: str, name: str, state: str) -> Json:
        clocks = await self.read("sla", f"/tickets/{ticket}/clocks")
        return next((each for each in clocks or () if (each["clock"], each["state"]) == (name, state)), None)

    async def report(self) -> Json:
        return await self.read("csi", "/report")

    async def read(self, service: str, path: str) -> Json:
        answer = await self.http.get(
            f"{self.place.url(service)}{path}", headers={"Authorization": f"Bearer {self.key}"}
        )
        return answer.json() if answer.is_success else None


def test_the_mail_opens_a_ticket_with_a_number(story: Story) -> None:
    assert story.receipt["outcome"] == "opened"
    assert story.receipt["number"].startswith("TIC-")


def test_the_sender_is_told_at_once_in_a_mail_that_can_be_answered(story: Story) -> None:
    headers = {name.lower(): value for name, value in story.acknowledged["headers"]}

    assert headers["in-reply-to"] == story.letter.message_id
    assert TOKEN.search(headers["reply-to"])
    assert TOKEN.search(headers["message-id"])
    assert headers["auto-submitted"] == "auto-replied"


def test_an_agent_gets_it_for_a_reason(story: Story) -> None:
    because = story.assigned["because"]

    assert story.assigned["agent"] in {each["agent"] for each in because["candidates"] if not each.get("excluded")}
    assert because["rule"] == "turn"


def test_the_stretches_of_the_first_deadline_sum_to_its_target_of_an_urgent_letter_r0_11(story: Story) -> None:
    stretches = [[datetime.fromisoformat(end) for end in each] for each in story.opened["because"]["slices"]]

    assert sum((end - start).total_seconds() for start, end in stretches) == story.opened["target_seconds"] == 1800
    assert story.opened["due_at"] == story.opened["because"]["slices"][-1][1]


def test_the_clock_waits_while_the_requester_is_asked(story: Story) -> None:
    assert story.paused["due_at"] is None
    assert story.resumed["due_at"] is not None
    assert story.paused["id"] == story.resumed["id"]


def test_the_answer_finds_its_ticket(story: Story) -> None:
    assert story.replied["outcome"] == "appended"
    assert story.replied["ticket"] == story.receipt["ticket"]


def test_the_solution_is_rated_once(story: Story) -> None:
    assert story.resolved["stage"] == "resolved"
    assert story.ratings == [200, 200, 409]


def test_the_report_counts_the_rating(story: Story) -> None:
    before, after = (each["total"] for each in story.reports)

    assert after["n"] == before["n"] + 1
    assert 0 < after["csi"] <= 100
    assert story.assigned["agent"] in {line["name"] for line in story.reports[1]["by_agent"] if line["n"]}
