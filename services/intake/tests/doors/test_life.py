"""A ticket's life at the doors: tasks, time, ties, exclusions, and what a refusal says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")
GROUP = Path(__file__).parents[4] / "regulations" / "group-helpdesk.yaml"


@pytest_asyncio.fixture(loop_scope="module")
async def group(desk: SimpleNamespace) -> SimpleNamespace:
    """The desk, where `group-helpdesk` is published too."""
    answer = await desk.client.post("/regulations", content=GROUP.read_bytes(), headers=desk.bearer["admin"])
    assert answer.status_code in {200, 201}, answer.text
    headers = desk.bearer["agent"] | {"Reglament-After": answer.headers["reglament-position"]}
    await desk.client.get("/regulations", headers=headers)
    return desk


async def opened(desk: SimpleNamespace, who: str, category: str = "incident", text: str = "Стоит склад") -> str:
    author = {"id": who, "name": "Анна Пример"}
    said = {"channel": "sup_coven_bot", "message": {"id": str(uuid4()), "text": text}, "author": author}
    answer = await desk.send(**said, thread={"id": f"{who}-{uuid4()}"}, hints={"category": category})
    await desk.listed(after=answer.headers["reglament-position"])
    return str(answer.json()["ticket"])


async def whole(desk: SimpleNamespace, ticket: str) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.get(f"/tickets/{ticket}")).json()
    return found


async def test_tasks_and_time_from_the_first_to_billing(desk: SimpleNamespace) -> None:
    """R1-09, R1-18, R3-24."""
    ticket = await desk.opened()
    number = (await desk.do(ticket, "escalate")).json()["number"]
    await desk.do(ticket, "tasks", title="Проверить журнал", assignee="boris")
    refused = await desk.do(ticket, "resolve", text="Готово")
    assert (refused.status_code, refused.json()["reason"]) == (409, "tasks-open")
    await desk.do(ticket, "tasks/2/done")
    assert (await desk.do(ticket, "time", minutes=25, task="2")).json()["minutes"] == {"agent": 25}
    await desk.do(ticket, "resolve", text="Готово")
    await desk.do(ticket, "close", "cabinet")
    found = await whole(desk, ticket)
    assert [(each["title"], each["done"]) for each in found["tasks"]] == [
        (f"TIC: {number}", True), ("Проверить журнал", True),
    ]  # fmt: skip
    assert (found["time"], found["handed_over"]) == (
        [{"agent": "agent", "task": "2", "minutes": 25}], {"agent": 25},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "said", "status"),
    [
        ("time", {"minutes": 0}, 422),
        ("time", {"minutes": 1441}, 422),
        ("time", {"minutes": 5, "task": "9"}, 422),
        ("tasks", {"title": ""}, 422),
        ("tasks/9/done", {}, 422),
        ("link", {"to": "TIC-999999"}, 422),
        ("link", {"to": "x", "relation": "merged"}, 422),
        ("merge", {"into": "TIC-999999"}, 422),
        ("unmerge", {}, 200),
        ("close", {"exclusion": "чудеса"}, 409),
    ],
)
async def test_what_cannot_be_is_told(desk: SimpleNamespace, verb: str, said: dict[str, Any], status: int) -> None:
    answer = await desk.do(await desk.opened(), verb, **said)
    assert answer.status_code == status, answer.text


async def test_a_mass_problem_proposes_its_incidents_and_solves_them_a_23(group: SimpleNamespace) -> None:
    """R0-08: one problem, two incidents of two people, one of which has work left."""
    problem = await opened(group, "head", "problem")
    incidents = [await opened(group, who) for who in ("anna", "boris")]
    for each in incidents:
        answer = await group.do(each, "link", to=problem, relation="problem", reason="склад")
        assert answer.status_code == 200, answer.text
    await group.do(incidents[1], "tasks", title="Позвонить")
    proposed = (await group.do(problem, "resolve", text="Починили")).json()["incidents"]
    assert [(each["ticket"], each["outcome"]) for each in proposed] == [(each, "open") for each in incidents]
    solved = (await group.do(problem, "resolve", text="Починили", incidents=True)).json()["incidents"]
    assert [each["outcome"] for each in solved] == ["resolved", "refused"]
    assert "open: 1" in solved[1]["detail"]
    links = (await whole(group, problem))["links"]
    assert [(each["ticket"], each["relation"], each["here"]) for each in links] == [
        (each, "problem", True) for each in incidents
    ]


async def test_the_incidents_are_solved_in_the_words_of_their_problem_only_a_23(group: SimpleNamespace) -> None:
    problem, incident = await opened(group, "head", "problem"), await opened(group, "anna")
    await group.do(incident, "link", to=problem, relation="problem")
    await group.do(problem, "resolve", text="Починили")
    refused = await group.do(problem, "resolve", text="Починили всё", incidents=True)
    assert (refused.status_code, refused.json()["reason"]) == (409, "resolved")
    assert (await whole(group, incident))["standing"] == "open"


async def test_a_repeated_solution_of_a_reopened_problem_solves_no_incident(group: SimpleNamespace) -> None:
    problem, incident = await opened(group, "head", "problem"), await opened(group, "anna")
    headers = group.bearer["agent"] | {"Idempotency-Key": "fixed"}
    said = {"text": "Починили", "incidents": True}
    await group.client.post(f"/tickets/{problem}/resolve", json=said, headers=headers)
    await group.do(problem, "reopen", by="requester")
    await group.do(incident, "link", to=problem, relation="problem")
    again = (await group.client.post(f"/tickets/{problem}/resolve", json=said, headers=headers)).json()
    assert (again["standing"], [each["outcome"] for each in again["incidents"]]) == ("open", ["open"])


async def test_a_question_is_gathered_by_no_problem_a_23(group: SimpleNamespace) -> None:
    problem, question = await opened(group, "head", "problem"), await opened(group, "anna", "question")
    answer = await group.do(question, "link", to=problem, relation="problem")
    assert (answer.status_code, answer.json()["reason"]) == (409, "no-problem")


async def test_a_merged_ticket_shows_in_the_one_that_goes_on(desk: SimpleNamespace) -> None:
    """§3.1-5: the timeline interleaves, nothing is lost, lists show one ticket, unmerging takes it apart again."""
    one, other = await desk.opened(), await desk.opened()
    await desk.do(one, "note", text="Первая")
    await desk.do(other, "note", text="Вторая")
    merged = await desk.do(one, "merge", into=other, reason="то же")
    assert (merged.json()["standing"], merged.json()["merged_into"]) == ("merged", other)
    texts = [(each["said"].get("text"), bool(each["of"])) for each in (await whole(desk, other))["conversation"]]
    assert [each for each in texts if each[0] in {"Первая", "Вторая"}] == [("Первая", True), ("Вторая", False)]
    after = merged.headers["reglament-position"]
    assert [row["id"] for row in await desk.listed(f"?merged_into={other}", after)] == [one]
    assert one not in [row["id"] for row in await desk.listed("?limit=200", after)]
    refused = await desk.do(one, "reply", text="?")
    assert (refused.status_code, refused.json()["reason"]) == (409, "merged")
    assert f"go on in {(await whole(desk, other))['number']}," in refused.json()["detail"]
    apart = await desk.do(one, "unmerge", reason="разное")
    assert (apart.json()["standing"], apart.json()["stage"]) == ("open", "level1")
    assert "Первая" not in [each["said"].get("text") for each in (await whole(desk, other))["conversation"]]
    await desk.listed(after=apart.headers["reglament-position"])


async def test_one_answer_stands_once_in_the_timeline_of_merged_tickets(group: SimpleNamespace) -> None:
    one, other = await opened(group, "anna"), await opened(group, "boris")
    await group.do(one, "merge", into=other)
    await group.do(other, "reply", text="Исправили")
    texts = [each["said"].get("text") for each in (await whole(group, other))["conversation"]]
    assert texts.count("Исправили") == 1
    assert "Исправили" in [each["said"].get("text") for each in (await whole(group, one))["conversation"]]


async def test_what_is_none_of_ours_is_counted_apart_r0_27(group: SimpleNamespace) -> None:
    ticket = await opened(group, "anna")
    refused = await group.do(ticket, "close")
    assert (refused.status_code, refused.json()["reason"]) == (409, "exclusion-needed")
    closed = await group.do(ticket, "close", exclusion="Периферийные устройства")
    (row,) = await group.listed("?exclusion=peripherals", closed.headers["reglament-position"])
    assert (row["id"], row["standing"]) == (ticket, "closed")
    counted = (await group.get("/exclusions", "analyst")).json()
    assert counted == [{"exclusion": "peripherals", "channel": "sup_coven_bot", "tickets": 1}]
    assert (await group.get("/exclusions?until=2000-01-01T00:00:00Z")).json() == []
    for since in ("soon", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
        assert (await group.get(f"/exclusions?since={since}")).status_code == 422


async def test_who_solved_it_sees_that_the_requester_wrote_again_a_11(desk: SimpleNamespace) -> None:
    thread = {"id": str(uuid4())}
    ticket = (await desk.send(thread=thread)).json()["ticket"]
    await desk.do(ticket, "resolve", text="Готово")
    said = {"thread": thread, "message": {"id": str(uuid4()), "text": "А печать не работает"}}
    answer = await desk.send(**said)
    rows = await desk.listed("?reacted=true", answer.headers["reglament-position"])
    assert [row["id"] for row in rows] == [ticket]
    assert (await whole(desk, ticket))["reacted"] is True
