"""A day of Teachbase's S-2 (S3): first the class, then the line; lines help one another, ten minutes are advice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
from contracts.routing import LineOverflowEnded, LineOverflowStarted
from contracts.sla import BudgetSpent, DeadlineBreached
from reglament.demo.desk import awaited
from testkit.stillness import set_aside

Json = Any
LIVE, WRITTEN = "saas-line-1", "saas-line-2"
ALMOST = timedelta(minutes=9, seconds=57)
"""A little less than the time in which line 1 solves on the spot (R3-06)."""
OVERFLOWS = LineOverflowStarted | LineOverflowEnded
EMPTY, AWAY = "own-line-empty", "other-line-absent"


class Told(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    chat: Json
    letter: Json
    early: Json
    instructed: list[Json]
    handed: list[Json]
    solved: list[Json]
    special: Json
    mass: list[Json]
    spent: list[Json]
    helped: list[Json]
    lunch: list[Json]
    overflows: list[tuple[str, str, str, str]]
    aside: list[str]


class Telling:
    """Two specialists, each with a line of his own, and those who ask them."""

    def __init__(self, day: Any) -> None:  # noqa: ANN401  # the conftest's own class
        self.day = day

    async def whole(self) -> Told:
        await self.morning()
        chat, letter = await self.ask("saas-chat", "Как добавить курс?"), await self.ask("saas-zendesk", "Где отчёт?")
        held = [await self.day.holder(each) for each in (chat, letter)]
        early, instructed = await self.classified(chat)
        error = await self.ask("saas-chat", "Курс не открывается")
        handed = await self.handed(error)
        helped = await self.helped(chat)
        lunch = await self.lunch()
        solved, special = await self.solved(error), await self.special()
        rest = await self.mass(), await self.spent()
        told = (*held, early, instructed, handed, solved, special, *rest, helped, lunch)
        return Told(*told, await self.overflows(), await set_aside(self.day.installed))

    async def morning(self) -> None:
        shipped = self.day.shipped("saas-support")
        phone = {"opens_in": "line1", "clocks_from": "sent"}
        await self.day.publish(
            "saas-support",
            channels=tuple(_with(each, "saas-phone", **phone) for each in shipped.channels),
            categories=tuple(_with(each, "error", links=("error",)) for each in shipped.categories),
        )
        for agent, line in (("lina", LIVE), ("max", WRITTEN)):
            both = {"groups": ["saas-live", "saas-tickets"], "line": line}
            await self.day.register(agent, "", "chat", "requests", **both)

    async def classified(self, ticket: str) -> tuple[Json, list[Json]]:
        early = await self.day.do(ticket, "escalate", "lina", stage="line1")
        said = await self.day.do(ticket, "classify", "lina", category="Инструктаж по системе")
        return early, [said, await self.day.do(ticket, "escalate", "lina", stage="line1")]

    async def handed(self, ticket: str) -> list[Json]:
        before = await self.day.holder(ticket)
        await self.day.do(ticket, "classify", "lina", category="Сообщение об ошибке")
        moved = await self.day.do(ticket, "escalate", "lina", stage="line2", reason="нужен разбор")
        return [before, moved, await self.day.holder(ticket)]

    async def helped(self, chat: str) -> list[Json]:
        await self.day.do(chat, "resolve", "lina", text="Показали, как добавить курс.")
        await self.day.see("intake", f"/tickets/{chat}")
        letter = await self.day.holder(await self.ask("saas-zendesk", "Нужна выгрузка"))
        own = await self.day.holder(await self.ask("saas-chat", "Как добавить группу?"))
        return [letter, own, await self.day.holder(await self.ask("saas-zendesk", "Нужна запись вебинара"))]

    async def lunch(self) -> list[Json]:
        away = await self.day.ask("POST", "routing", "/absences", {"agent": "lina", "reason": "lunch"})
        without = await self.day.holder(await self.ask("saas-chat", "Как удалить курс?"))
        await self.day.ask("POST", "routing", f"/absences/{away['absence']}/end", {})
        return [without, await self.day.holder(await self.ask("saas-chat", "Как скрыть курс?"))]

    async def solved(self, ticket: str) -> list[Json]:
        task = await self.day.do(ticket, "tasks", "max", title="Понять, у скольких так", assignee="max")
        early = await self.day.do(ticket, "resolve", "max", text="Готово")
        await self.day.do(ticket, f"tasks/{task['tasks'][-1]['task']}/done", "max")
        return [early, await self.day.do(ticket, "resolve", "max", text="Исправили, курс открывается.")]

    async def special(self) -> Json:
        ticket = await self.ask("saas-chat", "Загрузите, пожалуйста, наших сотрудников")
        await self.day.do(ticket, "classify", "lina", category="Специальная задача")
        return await self.day.do(ticket, "escalate", "lina", stage="special", reason="список во вложении")

    async def mass(self) -> list[Json]:
        tickets = [await self.ask("saas-zendesk", f"Не входит группа {n}") for n in range(3)]
        for each in tickets:
            await self.day.do(each, "classify", "max", category="error")
            await self.day.do(each, "escalate", "max", stage="line2")
        problem, *incidents = tickets
        for each in incidents:
            await self.day.do(each, "link", "max", to=problem, relation="problem")
        await self.day.see("intake", f"/tickets/{problem}")
        solved = await self.day.do(problem, "resolve", "max", text="Вход работает.", incidents=True)
        return [solved, *[await self.day.see("intake", f"/tickets/{each}") for each in incidents]]

    async def spent(self) -> list[Json]:
        sent = (datetime.now(UTC) - ALMOST).isoformat()
        ticket = (await self.day.write("saas-phone", "olga", "Как выдать доступ?", sent_at=sent))["ticket"]
        who = (await self.day.holder(ticket))["agent"]
        advice = "передайте, пожалуйста, обращение на 2 линию"
        mail = await awaited("the advice", lambda: self.day.desk.newest_mail(f"{who}@desk.example", advice))
        clock = await self.day.see("sla", f"/tickets/{ticket}/clocks/line1/explain")
        log = [each.data for each in await self.day.installed.log()]
        said = [type(each).__name__ for each in log if isinstance(each, BudgetSpent | DeadlineBreached)]
        return [mail, clock, said]

    async def overflows(self) -> list[tuple[str, str, str, str]]:
        log = [each.data for each in await self.day.installed.log()]
        found = [each for each in log if isinstance(each, OVERFLOWS)]
        return [(type(each).__name__[12:], each.line, each.helper, each.reason) for each in found]

    async def ask(self, channel: str, text: str) -> str:
        return str((await self.day.write(channel, f"{text}@example.ru", text))["ticket"])


def _with(term: Any, of: str, **parts: object) -> Any:  # noqa: ANN401  # a channel or a category
    return msgspec.structs.replace(term, **parts) if term.id == of else term


def excluded(given: Json) -> dict[str, str]:
    return {each["agent"]: each.get("excluded", "") for each in given["because"]["candidates"]}


def helping(given: Json) -> dict[str, str]:
    return {each["agent"]: each["line"] for each in given["because"]["candidates"] if each.get("line")}


@pytest.fixture(scope="module")
def told(live: Callable[..., Told]) -> Told:
    return live(lambda day: Telling(day).whole())


def test_r3_04_r3_22_live_channels_are_line_1_and_the_others_line_2(told: Told) -> None:
    assert [(each["agent"], each["because"]["line"]) for each in (told.chat, told.letter)] == [
        ("lina", LIVE),
        ("max", WRITTEN),
    ]
    assert excluded(told.letter)["lina"] == "other-line"


def test_r3_01_nothing_is_taken_into_work_before_it_is_classified(told: Told) -> None:
    assert told.early["status"] == 409
    assert [each["stage"] for each in told.instructed] == ["classification", "line1"]


def test_r3_07_line_1_hands_an_error_over_to_line_2(told: Told) -> None:
    before, moved, after = told.handed
    assert (before["agent"], moved["stage"]) == ("lina", "line2")
    assert (after["agent"], after["group"]) == ("max", "saas-tickets")


def test_r3_23_a_30_who_has_solved_all_of_his_own_line_joins_the_other(told: Told) -> None:
    letter, own, _ = told.helped
    assert (letter["agent"], helping(letter)) == ("lina", {"lina": LIVE})
    assert own["agent"] == "lina"


def test_a_30_help_ends_when_there_is_work_on_ones_own_line(told: Told) -> None:
    after = told.helped[2]
    assert (after["agent"], excluded(after)["lina"]) == ("max", "other-line")


def test_r3_23_the_other_line_helps_during_lunch(told: Told) -> None:
    without, with_her = told.lunch
    assert (without["agent"], helping(without), excluded(without)["lina"]) == ("max", {"max": WRITTEN}, "absent:lunch")
    assert with_her["agent"] == "lina"


def test_r3_23_both_reasons_are_recorded_and_every_help_that_began_by_them_ended(told: Told) -> None:
    for line, helper, reason in ((WRITTEN, LIVE, EMPTY), (LIVE, WRITTEN, AWAY)):
        of_these = [each[0] for each in told.overflows if each[1:] == (line, helper, reason)]
        assert of_these[:2] == ["Started", "Ended"]


def test_r3_24_a_request_is_solved_when_its_tasks_are_done(told: Told) -> None:
    early, solved = told.solved
    assert (early["status"], solved["standing"]) == (409, "resolved")


def test_r3_08_a_special_task_goes_to_the_process_of_its_own(told: Told) -> None:
    assert told.special["stage"] == "special"


def test_a_23_one_solution_of_a_mass_error_solves_every_report_of_it(told: Told) -> None:
    solved, *incidents = told.mass
    assert [each["outcome"] for each in solved["incidents"]] == ["resolved", "resolved"]
    assert [each["standing"] for each in incidents] == ["resolved", "resolved"]


def test_r3_06_a_27_ten_minutes_on_line_1_are_advice_and_no_breach(told: Told) -> None:
    mail, clock, said = told.spent
    assert mail
    assert (clock["soft"], clock["target_seconds"], clock["missed"][0]["type"]) == (True, 600, "clock.budget-spent.v1")
    assert said == ["BudgetSpent"]


def test_nothing_was_set_aside(told: Told) -> None:
    assert told.aside == []
