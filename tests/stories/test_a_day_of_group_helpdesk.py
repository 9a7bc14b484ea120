"""A day of «Регламент ТП» (S0): bots, a roster, turns, waiting, who is responsible, what is not ours, a rating."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from contracts.routing import NobodyOnline
from reglament.demo.desk import LINK, awaited
from regulation.parts import Service
from regulation.term import Title
from testkit.stillness import set_aside

Json = Any
MOSCOW = ZoneInfo("Europe/Moscow")
DOC, DOC_CHAT, HM, ZM = "pn_support_doc_bot", "doc_sup24na7bot", "sup_coven_bot", "supzm_bot"
REQUESTERS = ("Мария Соколова", "Пётр Лещ", "Ольга Рыбина", "Иван Щукин")
CRM = {"id": "crm", "title": Title(ru="CRM", en="CRM"), "responsible": ("egor",)}


class Told(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    roster: Json
    turns: list[Json]
    unserved: Json
    before_chat: Json
    in_chat: Json
    at_night: list[Json]
    asked: list[Json]
    competence: list[Json]
    not_ours: list[Json]
    mass: list[Json]
    rated: list[Json]
    again: list[Json]
    alarmed: list[str]
    aside: list[str]


class Telling:
    """Employees who write to the bots of their departments, and the agents of that day."""

    def __init__(self, day: Any) -> None:  # noqa: ANN401  # the conftest's own class
        self.day, self.http = day, day.http
        self.secret = json.loads(day.place.secrets.read_text())["telegram_secret"]

    async def whole(self) -> Told:
        roster = await self.morning()
        tickets = [await self.bot(DOC, 100 + n, who, "Не открывается отчёт") for n, who in enumerate(REQUESTERS)]
        turns = [await self.day.holder(each) for each in tickets]
        unserved = await self.day.holder(await self.bot(DOC_CHAT, 110, "Анна Окунь", "Пишу из чата"))
        waiting = await self.bot(HM, 120, "Глеб Сом", "Нет доступа")
        before = await self.day.holder(waiting)
        await self.day.appear("clara", "chat")
        in_chat, night = await self.day.holder(waiting), await self.night()
        asked, competence = await self.asked(tickets[0]), await self.competence(tickets[0])
        rest = await self.not_ours(tickets[1]), await self.mass(tickets[2:]), await self.rated(tickets[0])
        ends = await self.again(tickets[0]), await self.alarmed(), await set_aside(self.day.installed)
        return Told(roster, turns, unserved, before, in_chat, night, asked, competence, *rest, *ends)

    async def morning(self) -> Json:
        await self.day.publish("group-helpdesk", closed=["zm"], services=(Service(**CRM),))
        for agent in ("anna", "boris", "dina"):
            await self.day.register(agent, "doc-agents", "chat")
        await self.day.register("clara", "hm-agents", "requests")
        await self.day.register("zoya", "zm-agents", "chat")
        await self.day.register("egor", "mass-agents")
        await self.day.see("routing", "/agents")
        now = datetime.now(MOSCOW)
        rows = [f"{agent};{_local(now, -1)};{_local(now, 8)}" for agent in ("anna", "boris", "clara", "zoya")]
        rows.append(f"dina;{_local(now, 24)};{_local(now, 32)}")
        return await self.day.ask("PUT", "routing", "/roster?name=support", "agent;start;end\n" + "\n".join(rows))

    async def night(self) -> list[Json]:
        ticket = await self.bot(ZM, 130, "Вера Налим", "Пишу ночью")
        before = await self.day.holder(ticket)
        picked = await self.day.ask("POST", "routing", "/pick-up", {"agent": "zoya"})
        return [ticket, before, picked, await self.day.holder(ticket)]

    async def asked(self, ticket: str) -> list[Json]:
        waiting = await self.day.do(ticket, "ask", "anna", text="Какой отчёт Вы открываете?")
        shown = await awaited("the question", lambda: self.told(100, "Какой отчёт"))
        await self.speak(DOC, 100, REQUESTERS[0], "Отчёт о продажах")

        async def answered() -> Json:
            whole = await self.day.ask("GET", "intake", f"/tickets/{ticket}")
            return whole if "Отчёт о продажах" in json.dumps(whole, ensure_ascii=False) else None

        return [waiting, shown, await awaited("the answer", answered)]

    async def competence(self, ticket: str) -> list[Json]:
        said = await self.day.do(ticket, "classify", "anna", category="Инцидент", service="CRM")
        await self.day.see("routing", f"/tickets/{ticket}/assignment")
        known = await self.day.ask("GET", "routing", f"/tickets/{ticket}/responsible")
        moved = [await self.transfer(ticket, agent) for agent in ("boris", "egor")]
        return [said, known, *moved, await self.day.holder(ticket)]

    async def transfer(self, ticket: str, agent: str) -> Json:
        said = {"agent": agent, "beyond_competence": True, "reason": "нужны права в CRM"}
        return await self.day.ask("POST", "routing", f"/tickets/{ticket}/transfer", said)

    async def not_ours(self, ticket: str) -> list[Json]:
        silent = await self.day.do(ticket, "close", "boris")
        closed = await self.day.do(ticket, "close", "boris", exclusion="Сетевое оборудование")
        return [silent, closed, await self.day.see("intake", "/exclusions")]

    async def mass(self, tickets: list[str]) -> list[Json]:
        problem, incident = tickets
        await self.day.do(problem, "classify", "anna", category="Проблема")
        early = await self.day.do(incident, "link", "boris", to=problem, relation="problem")
        await self.day.do(incident, "classify", "boris", category="Инцидент")
        linked = await self.day.do(incident, "link", "boris", to=problem, relation="problem")
        solved = await self.day.do(problem, "resolve", "anna", text="Отчёты открываются.", incidents=True)
        return [early, linked, solved, await self.day.see("intake", f"/tickets/{incident}")]

    async def rated(self, ticket: str) -> list[Json]:
        solved = await self.day.do(ticket, "resolve", "egor", text="Выдали Вам права.")
        link = await awaited("the form", lambda: self.link(100))
        await self.http.post(link, data={"score": "4", "comment": "Хорошо"})
        return [solved, await self.day.see("csi", "/report")]

    async def again(self, ticket: str) -> list[Json]:
        said = {"by": "requester", "reason": "Отчёт опять не открывается"}
        reopened = await self.day.ask("POST", "intake", f"/tickets/{ticket}/reopen", said, role="adapter")
        return [reopened, await self.day.holder(ticket)]

    async def alarmed(self) -> list[str]:
        return [each.data.group for each in await self.day.installed.log() if isinstance(each.data, NobodyOnline)]

    async def link(self, chat: int) -> str:
        found = LINK.search(json.dumps(await self.chat(chat)))
        return found[0] if found else ""

    async def told(self, chat: int, words: str) -> Json:
        return next((each for each in await self.chat(chat) if words in each["text"] and not each["mine"]), None)

    async def chat(self, chat: int) -> list[Json]:
        return list((await self.http.get(f"{self.day.place.url('telegram')}/api/chats/{chat}")).json()["messages"])

    async def bot(self, channel: str, chat: int, who: str, text: str) -> str:
        before = await self.of(channel)
        await self.speak(channel, chat, who, text)

        async def opened() -> str:
            return next(iter(await self.of(channel) - before), "")

        return str(await awaited("a ticket", opened))

    async def speak(self, channel: str, chat: int, who: str, text: str) -> None:
        hook = {"url": f"{self.day.place.url('intake')}/channels/{channel}", "secret_token": self.secret}
        (await self.http.post(f"{self.day.place.url('telegram')}/bot1:x/setWebhook", json=hook)).raise_for_status()
        await self.day.desk.chat(chat, who, text)

    async def of(self, channel: str) -> set[str]:
        rows = (await self.day.ask("GET", "intake", f"/tickets?channel={channel}"))["tickets"]
        return {row["id"] for row in rows}


def _local(now: datetime, hours: int) -> str:
    return f"{now + timedelta(hours=hours):%Y-%m-%d %H:%M}"


def excluded(given: Json) -> dict[str, str]:
    return {each["agent"]: each.get("excluded", "") for each in given["because"]["candidates"]}


@pytest.fixture(scope="module")
def told(live: Callable[..., Told]) -> Told:
    return live(lambda day: Telling(day).whole())


def test_r0_20_the_roster_is_drawn_up_in_advance(told: Told) -> None:
    assert (told.roster["revision"], told.roster["shifts"], told.roster["unknown"]) == (1, 5, [])


def test_r0_16_in_hours_requests_are_given_in_turn(told: Told) -> None:
    assert [each["agent"] for each in told.turns] == ["anna", "boris", "anna", "boris"]
    assert {each["because"]["rule"] for each in told.turns} == {"turn"}


def test_r0_20_who_is_not_on_shift_gets_nothing_although_online(told: Told) -> None:
    assert {excluded(each)["dina"] for each in told.turns} == {"off-shift"}


def test_r0_06_two_bots_of_one_department_stay_apart_and_nobody_online_leaves_it_to_the_group(told: Told) -> None:
    assert (told.unserved["agent"], told.unserved["group"]) == ("", "doc-chat-agents")
    assert told.unserved["because"]["rule"] == "nobody-eligible"


def test_r0_18_online_in_requests_is_not_online_in_chat(told: Told) -> None:
    assert (told.before_chat["agent"], excluded(told.before_chat)) == ("", {"clara": "offline"})
    assert (told.in_chat["agent"], told.in_chat["because"]["occasion"]) == ("clara", "online")


def test_r0_17_out_of_hours_a_request_goes_to_the_group_of_its_channel(told: Told) -> None:
    _, before, _, _ = told.at_night
    assert (before["agent"], before["group"], before["because"]["rule"]) == ("", "zm-agents", "out-of-hours")


def test_r0_22_an_agent_moves_the_requests_of_his_group_to_himself(told: Told) -> None:
    ticket, _, picked, after = told.at_night
    assert (picked["tickets"], after["agent"]) == ([ticket], "zoya")


def test_r0_14_r0_15_a_question_puts_the_ticket_in_waiting_until_the_answer(told: Told) -> None:
    waiting, shown, answered = told.asked
    assert (waiting["waiting"], answered["waiting"]) == (True, False)
    assert re.search("Какой отчёт Вы открываете", shown["text"])


def test_r0_23_beyond_competence_it_goes_to_who_is_responsible_and_to_nobody_else(told: Told) -> None:
    said, known, refused, moved, after = told.competence
    assert (said["category"], said["service"], known) == ("incident", "crm", ["egor"])
    assert refused["reason"] == "not-responsible"
    assert (moved["agent"], after["agent"]) == ("egor", "egor")


def test_r0_25_r0_27_what_is_out_of_competence_is_closed_with_that_reason_and_counted_apart(told: Told) -> None:
    silent, closed, counted = told.not_ours
    assert silent["status"] == 409
    assert (closed["standing"], closed["exclusion"]) == ("closed", "network-equipment")
    assert counted == [{"exclusion": "network-equipment", "channel": DOC, "tickets": 1}]


def test_r0_08_r0_28_a_mass_problem_gathers_incidents_and_solves_them(told: Told) -> None:
    early, linked, solved, incident = told.mass
    assert early["status"] == 409
    assert linked["standing"] == "open"
    assert [(each["ticket"], each["outcome"]) for each in solved["incidents"]] == [(incident["id"], "resolved")]
    assert incident["standing"] == "resolved"


def test_r0_37_the_requester_rates_the_work_of_the_agent(told: Told) -> None:
    solved, report = told.rated
    assert solved["standing"] == "resolved"
    assert {each["name"]: each["csi"] for each in report["by_agent"] if each["n"]} == {"egor": 80.0}


def test_a_13_what_is_reopened_does_not_go_back_to_who_is_offline(told: Told) -> None:
    reopened, after = told.again
    assert (reopened["stage"], after["history"][-2]["agent"]) == ("reopened", "egor")
    assert (after["agent"], after["because"]["rule"]) == ("anna", "turn")


def test_a_16_the_head_is_told_of_nobody_online_in_hours_and_of_no_night(told: Told) -> None:
    assert told.alarmed == ["doc-chat-agents", "hm-agents"]


def test_nothing_was_set_aside(told: Told) -> None:
    assert told.aside == []
