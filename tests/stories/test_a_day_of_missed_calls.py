"""A day with missed calls and directions (S4): returned, answered elsewhere, written to, given to another, lent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from testkit.stillness import set_aside

Json = Any
NOW, OLD = timedelta(minutes=2), timedelta(days=20)


class Told(NamedTuple):
    """What everybody saw, in the order in which they saw it."""

    meant: list[Json]
    reassigned: list[Json]
    silenced: list[Json]
    talked: list[Json]
    returned: list[Json]
    elsewhere: list[Json]
    both: list[Json]
    old: list[Json]
    stale: Json
    left: list[Json]
    lent: list[Json]
    aside: list[str]


class Telling:
    """People who ring a shop, whom its operators call back."""

    def __init__(self, day: Any) -> None:  # noqa: ANN401  # the conftest's own class
        self.day = day

    async def whole(self) -> Told:
        await self.day.publish("demo")
        for agent in ("vera", "oleg", "nina"):
            await self.day.register(agent, "demo-operators", "chat")
        meant = [await self.missed("+79990000021", NOW, agent="oleg"), await self.missed("+79990000022", NOW)]
        held = [await self.day.holder(each["ticket"]) for each in meant]
        given = await self.reassigned(meant[0]["ticket"])
        returned = await self.returned(meant[0])
        rest = await self.elsewhere(meant[1]), await self.old()
        left, lent = await self.calls(), await self.lent()
        aside = await set_aside(self.day.installed)
        return Told([*meant, *held], given, *returned, *rest[0], *rest[1], left, lent, aside)

    async def reassigned(self, ticket: str) -> list[Json]:
        own = await self.day.ask("POST", "routing", f"/tickets/{ticket}/take", {}, role="agent")
        sideways = await self.transfer(ticket, "agent")
        head = await self.transfer(ticket, "lead")
        return [own, sideways, head, await self.day.holder(ticket)]

    async def transfer(self, ticket: str, role: str) -> Json:
        said = {"agent": "nina", "reason": "Олег на обеде"}
        return await self.day.ask("POST", "routing", f"/tickets/{ticket}/transfer", said, role=role)

    async def returned(self, call: Json) -> tuple[list[Json], list[Json], list[Json]]:
        ends = {"resolve": {"text": "Готово"}, "close": {"reason": "нет ответа"}, "annul": {"reason": "ошибка"}}
        silenced = [await self.day.do(call["ticket"], verb, "nina", **said) for verb, said in ends.items()]
        untold = await self.settle(call, "called-back")
        await self.tell("outgoing", "+79990000021", timedelta(), reached=True, agent="nina")
        talked = [each for each in await self.calls() if each["call"] == call["call"]]
        settled = await self.settle(call, "called-back", topic="delivery")
        solved = await self.day.do(call["ticket"], "resolve", "nina", text="Договорились по телефону.")
        return [*silenced, untold], talked, [settled, solved]

    async def elsewhere(self, call: Json) -> tuple[list[Json], list[Json]]:
        message = {"id": uuid4().hex, "text": "Где мой заказ?"}
        said = {"channel": "demo-phone", "message": message, "author": {"id": "+79990000022"}}
        written = await self.day.ask("POST", "intake", "/messages", said, role="adapter")
        before = await self.settle(call, "already-contacted", topic="delivery")
        await self.day.do(written["ticket"], "reply", "vera", text="Привезём завтра.")
        (advised,) = [each for each in await self.calls() if each["call"] == call["call"]]
        settled = await self.settle(call, "already-contacted", topic="delivery")
        tickets = [await self.day.see("intake", f"/tickets/{each['ticket']}") for each in (written, call)]
        return [written, before, advised, settled], tickets

    async def old(self) -> tuple[list[Json], Json]:
        call = await self.missed("+79990000023", OLD)
        (listed,) = [each for each in await self.calls() if each["call"] == call["call"]]
        early = await self.settle(call, "written")
        await self.day.do(call["ticket"], "reply", "vera", text="Вы нам звонили: напишите, пожалуйста, о чём.")
        settled = await self.settle(call, "written")
        return [listed, early, settled], await self.day.see("intake", f"/tickets/{call['ticket']}")

    async def lent(self) -> list[Json]:
        await self.day.register("petr", "demo-operators", "requests", direction="Направление 0")
        ticket = (await self.day.write("demo-site", "olga", "Не могу войти"))["ticket"]
        before, until = await self.day.holder(ticket), datetime.now(UTC) + timedelta(hours=2)
        said = {"direction": "Направление 2", "until": until.isoformat(), "reason": "много обращений"}
        loan = await self.day.ask("POST", "routing", "/agents/petr/loans", said)
        since = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        after = await self.day.holder(ticket)
        load = await self.day.see("routing", f"/load?by=direction&since={since}")
        await self.day.ask("POST", "routing", f"/loans/{loan['loan']}/end", {})
        later = (await self.day.write("demo-site", "ivan", "И я не могу войти"))["ticket"]
        return [before, after, load, await self.day.holder(later)]

    async def missed(self, caller: str, ago: timedelta, **said: object) -> Json:
        return await self.tell("missed", caller, ago, **said)

    async def tell(self, kind: str, caller: str, ago: timedelta, **said: object) -> Json:
        at = (datetime.now(UTC) - ago).isoformat()
        call = {"id": uuid4().hex, "channel": "demo-phone", "kind": kind, "caller": caller, "at": at}
        return await self.day.ask("POST", "intake", "/calls", call | said, role="adapter")

    async def settle(self, call: Json, how: str, **said: str) -> Json:
        return await self.day.ask("POST", "intake", f"/calls/{call['call']}/settle", {"how": how, **said})

    async def calls(self) -> list[Json]:
        return list((await self.day.see("intake", "/calls?state=open"))["calls"])


def said(ticket: Json, kind: str) -> list[Json]:
    return [each["said"] for each in ticket["conversation"] if each["type"] == f"ticket.{kind}.v1"]


@pytest.fixture(scope="module")
def told(live: Callable[..., Told]) -> Told:
    return live(lambda day: Telling(day).whole())


def test_r4_08_a_missed_call_is_whoever_it_was_meant_for(told: Told) -> None:
    assert [each["outcome"] for each in told.meant[:2]] == ["opened", "opened"]
    assert told.meant[2]["agent"] == "oleg"


def test_r4_08_nobody_but_the_head_gives_it_to_another(told: Told) -> None:
    own, sideways, head, after = told.reassigned
    assert [own["reason"], sideways["reason"]] == ["not-yours", "not-yours"]
    assert (head["agent"], after["agent"], after["history"][-1]["reason"]) == ("nina", "nina", "Олег на обеде")


def test_r4_02_a_26_it_is_never_closed_in_silence(told: Told) -> None:
    *verbs, untold = told.silenced
    assert [each["reason"] for each in verbs] == ["call-open"] * 3
    assert untold["status"] == 409


def test_r4_06_r4_07_a_call_back_settles_it(told: Told) -> None:
    settled, solved = told.returned
    assert [each["advice"] for each in told.talked] == ["talked"]
    assert (settled["calls"], solved["standing"]) == ([told.meant[0]["call"]], "resolved")


def test_r4_03_first_look_whether_the_client_has_been_contacted(told: Told) -> None:
    _, before, advised, _ = told.elsewhere
    assert before["status"] == 409
    assert advised["advice"] == f"already contacted in {told.both[0]['number']}"


def test_r4_04_it_is_closed_with_a_comment_and_a_link_to_the_other_ticket(told: Told) -> None:
    other, own = told.both
    assert told.elsewhere[-1]["standing"] == "closed"
    assert [(each["to"], each["relation"]) for each in said(own, "linked")] == [(other["id"], "contact")]
    assert other["number"] in json.dumps(said(own, "note-added"), ensure_ascii=False)


def test_r4_04_the_other_ticket_shows_the_link_too(told: Told) -> None:
    other, own = told.both
    assert [(each["ticket"], each["here"]) for each in other["links"]] == [(own["id"], True)]


def test_r4_05_the_topic_is_set_on_both(told: Told) -> None:
    assert [each["topic"] for each in told.both] == ["delivery", "delivery"]


def test_a_26_one_that_is_too_old_is_written_to_first_and_then_closed_as_stale(told: Told) -> None:
    listed, early, settled = told.old
    assert (listed["advice"], early["reason"], settled["ended"]) == ("write", "not-written", True)
    assert [each["reason"] for each in said(told.stale, "closed")] == ["stale"]


def test_r4_02_at_the_end_of_the_day_no_call_is_open(told: Told) -> None:
    assert told.left == []


def test_r4_10_staff_of_one_direction_are_lent_to_another_for_a_while(told: Told) -> None:
    before, after, _, later = told.lent
    assert [each["agent"] for each in (before, after, later)] == ["", "petr", ""]


def test_r4_09_r4_11_load_and_its_lack_are_told_by_direction(told: Told) -> None:
    load = {each["place"]: each for each in told.lent[2]}
    assert (load["direction-2"]["open"], load["direction-2"]["waiting"], load["direction-2"]["agents"]) == (1, 0, 1)
    assert load["direction-0"]["agents"] == 1
    assert 0 < load["direction-0"]["under_load"] <= 1


def test_nothing_was_set_aside(told: Told) -> None:
    assert told.aside == []
