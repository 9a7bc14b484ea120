"""A day of CSN (S1): a mail through all four levels, resumed and closed with the client's forms, billed, explained."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from reglament.demo import letters
from reglament.demo.desk import awaited
from testkit.stillness import set_aside

Json = Any
HOUR = 3600
TARGETS = {"level1": HOUR // 2, "level2": HOUR, "level3": 16 * HOUR, "level4": 160 * HOUR}
"""The plan «SLA Срочная техподдержка» (R1-31), in seconds of working time: the letter is marked important (R0-11)."""


class Told(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    receipt: Json
    mail: Json
    opened: Json
    skipped: Json
    classified: Json
    processed: list[Json]
    solving: list[Json]
    vendor: list[Json]
    resolved: Json
    forms: list[Json]
    closed: Json
    explained: dict[str, Json]
    shares: Json
    aside: list[str]


class Telling:
    """A client, a classifier, a project manager, a developer and a vendor."""

    def __init__(self, day: Any) -> None:  # noqa: ANN401  # the conftest's own class
        self.day, self.letter = day, letters.from_outlook()
        self.ticket = ""

    async def whole(self) -> Told:
        await self.day.publish("csn")
        for agent in ("vera", "pavel", "denis"):
            await self.day.register(agent, "support", "requests")
        receipt = await self.day.desk.mail(self.letter)
        self.ticket = receipt["ticket"]
        mail = await awaited("the mail", lambda: self.day.desk.newest_mail(self.letter.address, receipt["number"]))
        opened = await self.day.see("intake", f"/tickets/{self.ticket}")
        skipped = await self.do("escalate", stage="level3", reason="сразу к разработчикам")
        classified = await self.do("classify", "vera", category="Ошибка поведения или интерфейса")
        work = await self.processed(), await self.solving(), await self.vendor()
        resolved = await self.do("resolve", "denis", text="Исправили, проверьте, пожалуйста.")
        forms = await self.forms()
        closed = await self.day.see("intake", f"/tickets/{self.ticket}")
        told = receipt, mail, opened, skipped, classified, *work, resolved, forms, closed
        aside = await set_aside(self.day.installed)
        return Told(*told, await self.explained(), await self.day.see("sla", self.of("attribution")), aside)

    async def processed(self) -> list[Json]:
        moved = await self.do("escalate", "vera", stage="level2", reason="ошибка сервера")
        task = await self.do("tasks", "pavel", title="Проверить журнал", assignee="denis")
        early = await self.do("resolve", "pavel", text="Готово")
        await self.do("time", "pavel", minutes=25)
        return [moved, task, early, await self.do(f"tasks/{task['tasks'][-1]['task']}/done", "denis")]

    async def solving(self) -> list[Json]:
        moved = await self.do("escalate", "pavel", reason="нужен разработчик", stage="level3")
        spent = await self.do("time", "denis", minutes=40, task="1")
        return [moved, spent, await self.clock("level2")]

    async def vendor(self) -> list[Json]:
        gone = await self.do("escalate", "denis", stage="level4", reason="ошибка у хостинга")
        away = [await self.clock("level3"), await self.clock("level4")]
        back = await self.do("escalate", "denis", stage="level3", reason="хостинг исправил")
        return [gone, *away, back, await self.clock("level3"), await self.clock("level4")]

    async def forms(self) -> list[Json]:
        agents = await self.do("reopen", "denis", reason="сам")
        reopened = await self.form("reopen", reason="Снова не работает")
        idle = await self.day.see("sla", self.of("clocks"))
        again = await self.do("resolve", "denis", text="Теперь исправили совсем.")
        return [agents, reopened, idle, again, await self.form("close")]

    async def form(self, verb: str, **said: str) -> Json:
        path = self.of(verb)
        return await self.day.ask("POST", "intake", path, {"by": "requester", **said}, role="adapter")

    async def do(self, verb: str, agent: str = "", **said: object) -> Json:
        return await self.day.do(self.ticket, verb, agent, **said)

    async def clock(self, name: str) -> Json:
        return next(each for each in await self.day.see("sla", self.of("clocks")) if each["clock"] == name)

    async def explained(self) -> dict[str, Json]:
        return {each: await self.day.see("sla", self.of(f"clocks/{each}/explain")) for each in TARGETS}

    def of(self, path: str) -> str:
        return f"/tickets/{self.ticket}/{path}"


def seconds(slices: Json) -> float:
    spans = ([datetime.fromisoformat(each) for each in pair] for pair in slices)
    return sum((end - start).total_seconds() for start, end in spans)


@pytest.fixture(scope="module")
def told(live: Callable[..., Told]) -> Told:
    return live(lambda day: Telling(day).whole())


def test_r1_02_r1_03_r1_04_a_mail_is_a_ticket_of_level_1_and_its_sender_is_told(told: Told) -> None:
    assert (told.opened["stage"], told.opened["regulation"]) == ("level1", "csn@day")
    assert told.receipt["number"] in str(told.mail)


def test_r1_06_a_level_cannot_be_skipped(told: Told) -> None:
    assert (told.skipped["status"], told.skipped["reason"]) == (409, "no-such-transition")


def test_r1_28_r1_31_classification_sets_the_plan_of_every_level(told: Told) -> None:
    assert told.classified["category"] == "defect"
    assert {name: each["target_seconds"] for name, each in told.explained.items()} == TARGETS
    assert {each["cell"]["plan"] for each in told.explained.values()} == {"urgent-support"}


def test_r1_09_level_2_opens_a_task_tic_and_waits_for_what_is_below_it(told: Told) -> None:
    moved, task, early, done = told.processed
    top, below = task["tasks"]
    assert (moved["stage"], top["top"], below["parent"]) == ("level2", True, top["task"])
    assert early["status"] == 409
    assert [each["done"] for each in done["tasks"]] == [False, True]


def test_r1_09_the_top_task_is_named_after_the_ticket(told: Told) -> None:
    assert told.closed["tasks"][0]["title"] == f"TIC: {told.receipt['number']}"


def test_r1_10_level_3_works_in_the_task_that_there_is(told: Told) -> None:
    moved, spent, level2 = told.solving
    assert (moved["stage"], len(spent["tasks"])) == ("level3", 2)
    assert level2["state"] == "met"


def test_r1_12_r1_13_a_5_at_the_vendor_the_vendors_clock_runs_and_ours_stands_still(told: Told) -> None:
    gone, ours, theirs, _, _, _ = told.vendor
    assert (gone["stage"], ours["state"], theirs["state"]) == ("level4", "met", "running")
    assert told.explained["level4"]["owner"] == "vendor"


def test_a_4_back_from_the_vendor_the_rest_of_the_same_clock_goes_on(told: Told) -> None:
    _, ours, _, back, again, theirs = told.vendor
    assert (back["stage"], again["state"], theirs["state"]) == ("level3", "running", "met")
    assert again["id"] == ours["id"]
    assert [each["reason"] for each in told.explained["level3"]["pauses"]] == ["elsewhere"]


def test_r1_14_the_solution_awaits_the_client(told: Told) -> None:
    assert (told.resolved["stage"], told.resolved["standing"]) == ("resolved", "resolved")


def test_r1_15_only_the_clients_form_resumes_and_closes(told: Told) -> None:
    agents, reopened, _, again, closed = told.forms
    assert agents["status"] == 409
    assert [each["stage"] for each in (reopened, again, closed)] == ["reopened", "resolved", "closed"]


def test_r1_17_what_is_resumed_has_no_deadline(told: Told) -> None:
    assert [each["clock"] for each in told.forms[2] if each["state"] in {"running", "paused"}] == []


def test_r1_18_all_tasks_are_closed_and_the_time_goes_to_billing(told: Told) -> None:
    assert [each["done"] for each in told.closed["tasks"]] == [True, True]
    assert told.closed["handed_over"] == {"pavel": 25, "denis": 40}
    types = [each["type"] for each in told.closed["conversation"]]
    assert types.count("ticket.time-handed-over.v1") == 1


def test_r1_08_the_time_of_every_level_is_explained_to_the_second(told: Told) -> None:
    for each in told.explained.values():
        assert seconds(each["slices"]) == each["target_seconds"]
        assert seconds(each["spent"]) == each["worked_seconds"]


def test_d9_every_second_is_somebodys(told: Told) -> None:
    assert sum(told.shares["seconds"].values()) == told.shares["total_seconds"] > 0
    assert set(told.shares["seconds"]) >= {"requester", "L1", "L2", "L3", "vendor", "nobody"}


def test_nothing_was_set_aside(told: Told) -> None:
    assert told.aside == []
