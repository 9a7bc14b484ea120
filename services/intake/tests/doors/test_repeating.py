"""Commands that come again: the same one is recorded once, another one under its key is refused, by whatever name."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from testkit.running import connected
from testkit.servers import Database

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def under(key: str, desk: SimpleNamespace, path: str, **said: object) -> httpx.Response:
    headers = desk.bearer["agent"] | {"Idempotency-Key": key}
    answer: httpx.Response = await desk.client.post(f"/tickets/{path}", json=said, headers=headers)
    return answer


async def texts(desk: SimpleNamespace, ticket: str) -> list[str]:
    """What people have said in the ticket since its first message."""
    whole = (await desk.get(f"/tickets/{ticket}")).json()
    return [each["said"].get("text", each["type"]) for each in whole["conversation"]][1:]


OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("reply", {"text": "second"}),
    ("note", {"text": "first"}),
    ("annul", {"reason": "spam"}),
    ("classify", {"category": "defect"}),
    ("time", {"minutes": 5}),
]


@pytest.mark.parametrize(("verb", "said"), OTHERS, ids=[verb for verb, _ in OTHERS])
async def test_another_command_under_a_used_key_is_refused_and_not_recorded(
    desk: SimpleNamespace, verb: str, said: dict[str, Any]
) -> None:
    ticket = await desk.opened()
    await under("agent-7", desk, f"{ticket}/reply", text="first")
    before = (await desk.get(f"/tickets/{ticket}")).json()
    answer = await under("agent-7", desk, f"{ticket}/{verb}", **said)
    assert (answer.status_code, answer.json()["reason"]) == (409, "key-used")
    assert (await desk.get(f"/tickets/{ticket}")).json() == before


async def test_one_task_is_not_done_under_the_key_of_another(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    for title in ("Проверить", "Позвонить"):
        await desk.do(ticket, "tasks", title=title)
    answers = [await under("done", desk, f"{ticket}/tasks/{task}/done") for task in "112"]
    assert [each.status_code for each in answers] == [200, 200, 409]


async def test_a_repeated_command_is_answered_with_the_ticket_as_it_has_become(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    await desk.do(ticket, "resolve", text="Готово")
    first = await under("k-1", desk, f"{ticket}/reopen", by="requester", reason="нет")
    solved = await desk.do(ticket, "resolve", text="Теперь готово")
    again = await under("k-1", desk, f"{ticket}/reopen", by="requester", reason="нет")
    assert (first.json()["standing"], again.status_code, again.json()["standing"]) == ("open", 200, "resolved")
    assert again.headers["reglament-position"] == solved.headers["reglament-position"]


async def test_a_repeated_command_is_known_even_where_it_would_be_refused_by_now(desk: SimpleNamespace) -> None:
    ticket, other = await desk.opened(), await desk.opened()
    for _ in range(2):
        assert (await under("ask", desk, f"{ticket}/ask", text="Какой?")).status_code == 200
        await desk.do(ticket, "annul", reason="спам")
    for _ in range(2):
        assert (await under("one", desk, f"{other}/reply", text="Да")).status_code == 200
        await desk.do(other, "merge", into=await desk.opened())
    assert (await texts(desk, ticket))[0] == "Какой?"


async def test_merging_and_unmerging_again_under_their_keys_change_nothing(desk: SimpleNamespace) -> None:
    one, other = await desk.opened(), await desk.opened()
    await under("in", desk, f"{one}/merge", into=other)
    await under("out", desk, f"{one}/unmerge")
    before = [(await desk.get(f"/tickets/{each}")).json() for each in (one, other)]
    again = [await under("in", desk, f"{one}/merge", into=other), await under("out", desk, f"{one}/unmerge")]
    assert [(each.status_code, each.json()["standing"]) for each in again] == [(200, "open")] * 2
    assert (await under("in", desk, f"{one}/unmerge")).json()["reason"] == "key-used"
    assert [(await desk.get(f"/tickets/{each}")).json() for each in (one, other)] == before


async def test_a_ticket_is_one_whether_it_is_named_by_id_or_number(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    number: str = (await desk.get(f"/tickets/{ticket}")).json()["number"]
    names = (ticket, ticket.upper(), number, number.lower(), number.removeprefix("TIC-"))
    answers = [await under("zz", desk, f"{name}/reply", text="Смотрим") for name in names]
    assert [each.status_code for each in answers] == [200] * len(names)
    assert len({each.headers["reglament-position"] for each in answers}) == 1
    assert await texts(desk, ticket) == ["Смотрим"]


async def test_one_command_twenty_times_at_once_is_recorded_once(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    answers = await asyncio.gather(*(under("storm", desk, f"{ticket}/reply", text="Смотрим") for _ in range(20)))
    assert {each.status_code for each in answers} == {200}
    assert await texts(desk, ticket) == ["Смотрим"]


async def test_of_two_commands_at_once_under_one_key_only_one_is_accepted(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    wishes = [under("both", desk, f"{ticket}/reply", text=text) for text in ("Первое", "Второе")]
    accepted = {each.status_code: each for each in await asyncio.gather(*wishes)}
    assert sorted(accepted) == [200, 409]
    assert len(await texts(desk, ticket)) == 1


async def test_two_people_have_their_own_keys(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    await under("mine", desk, f"{ticket}/reply", text="Первое")
    headers = desk.bearer["lead"] | {"Idempotency-Key": "mine"}
    answer = await desk.client.post(f"/tickets/{ticket}/reply", json={"text": "Второе"}, headers=headers)
    assert (answer.status_code, await texts(desk, ticket)) == (200, ["Первое", "Второе"])


async def test_after_its_requester_was_forgotten_a_command_is_still_known(
    desk: SimpleNamespace, module_database: Database
) -> None:
    ticket = (await desk.send(author={"id": str(uuid4())})).json()["ticket"]
    await under("k", desk, f"{ticket}/reply", text="Смотрим")
    requester = (await desk.get(f"/tickets/{ticket}")).json()["requester"]
    async with connected(module_database.owner_url) as owner:
        await owner.execute("delete from vault.keys where subject = $1", requester)
    assert (await under("k", desk, f"{ticket}/reply", text="Смотрим")).status_code == 200
    assert (await under("k", desk, f"{ticket}/reply", text="Иное")).json()["reason"] == "key-used"


async def test_a_second_solution_in_other_words_is_refused(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    await desk.do(ticket, "resolve", "lead", text="Перезапустили")
    answer = await desk.do(ticket, "resolve", text="Обновили")
    assert (answer.status_code, answer.json()["reason"]) == (409, "resolved")
    assert "reopen" in answer.json()["detail"]


async def test_a_second_click_on_the_solution_says_nothing_and_harms_nobody(desk: SimpleNamespace) -> None:
    ticket = await desk.opened()
    answers = await asyncio.gather(*(desk.do(ticket, "resolve", text="Готово") for _ in range(2)))
    assert [(each.status_code, each.json()["standing"]) for each in answers] == [(200, "resolved")] * 2
    assert len({each.headers["reglament-position"] for each in answers}) == 1
