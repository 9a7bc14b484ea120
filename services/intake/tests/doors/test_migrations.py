"""Moving open tickets to another version; estimates and services at the doors."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
from regulation.document import Regulation
from regulation.parts import Service
from regulation.term import Title

pytestmark = pytest.mark.asyncio(loop_scope="module")
CRM = Service(id="crm", title=Title(ru="Продажи", en="Sales system"))
TODAY = datetime.now(UTC).date()


class Mover:
    """An admin who publishes and moves."""

    def __init__(self, desk: SimpleNamespace, csn: Regulation) -> None:
        self.desk, self.csn = desk, csn

    async def publish(self, version: str, **parts: object) -> None:
        text = msgspec.structs.replace(self.csn, version=version, **parts).to_json()
        answer = await self.desk.client.post("/regulations", content=text, headers=self.desk.bearer["admin"])
        assert answer.status_code == 200, answer.text
        await self.desk.listed("", answer.headers["reglament-position"])

    async def move(self, to: str, *, preview: bool = False, role: str = "admin", **more: object) -> httpx.Response:
        path = f"/regulations/csn/migrations{'?preview=true' if preview else ''}"
        said = {"to": to, "reason": "новые сроки", **more}
        answer: httpx.Response = await self.desk.client.post(path, json=said, headers=self.desk.bearer[role])
        return answer

    async def ticket(self, ticket: str) -> Any:  # noqa: ANN401  # JSON
        return (await self.desk.get(f"/tickets/{ticket}")).json()


@pytest.fixture
def mover(desk: SimpleNamespace, csn: Regulation) -> Mover:
    return Mover(desk, csn)


async def test_open_tickets_are_moved_once_each_by_an_event_of_its_own(mover: Mover, desk: SimpleNamespace) -> None:
    """D2."""
    tickets = [await desk.opened() for _ in range(3)]
    await desk.do(tickets[2], "annul")
    await mover.publish("2", services=(CRM,))
    rehearsed = (await mover.move("2", preview=True)).json()
    moved, again = (await mover.move("csn@2")).json(), (await mover.move("2")).json()
    assert (rehearsed["moved"], moved["moved"], moved["refused"], again["moved"]) == (2, 2, [], 0)
    assert again["unchanged"] == 2
    first = await mover.ticket(tickets[0])
    assert (first["regulation"], first["conversation"][-1]["type"]) == ("csn@2", "ticket.migrated.v1")
    assert first["conversation"][-1]["said"]["reason"] == "новые сроки"
    assert (await mover.ticket(tickets[2]))["regulation"] == "csn@1"


async def test_verbs_go_by_the_version_of_the_ticket(mover: Mover, desk: SimpleNamespace) -> None:
    await mover.publish("2", services=(CRM,))
    await mover.publish("3", services=(), effective_from=TODAY)
    ticket = await desk.opened()
    refused = await desk.do(ticket, "classify", service="crm")
    assert (refused.status_code, "leave it out" in refused.json()["errors"][0]["detail"]) == (422, True)
    assert (await mover.move("2", tickets=[ticket])).json()["moved"] == 1
    assert (await desk.do(ticket, "classify", service="Sales system")).json()["service"] == "crm"
    stays = (await mover.move("3", tickets=[ticket, "TIC-999999"])).json()
    assert [each["reason"] for each in stays["refused"]] == ["no-such-ticket", "unknown-term"]
    assert (await mover.ticket(ticket))["regulation"] == "csn@2"


@pytest.mark.parametrize(
    ("path", "to", "status"), [("csn", "none", 422), ("csn", "later", 409), ("none", "1", 404), ("csn", "", 422)]
)
async def test_a_version_that_is_not_in_force_moves_nothing(
    mover: Mover, desk: SimpleNamespace, path: str, to: str, status: int
) -> None:
    await mover.publish("later", effective_from=TODAY + timedelta(days=2))
    said = {"to": to, "reason": "x"}
    url = f"/regulations/{path}/migrations"
    answer = await desk.client.post(url, json=said, headers=desk.bearer["admin"])
    assert answer.status_code == status
    assert (await mover.move("1", role="lead")).status_code == 403


async def test_the_executor_estimates_what_the_category_leaves_to_him(desk: SimpleNamespace) -> None:
    """R1-11, A-12b."""
    ticket = (await desk.send(hints={"category": "new-function"})).json()["ticket"]
    said = {"work": "20 дней", "reason": "нужна интеграция"}
    assert (await desk.do(ticket, "estimate", **said)).json()["estimates"] == {"level3": "20 дней"}
    shorter = await desk.do(ticket, "estimate", work="15 дней", reason="быстрее")
    assert (shorter.status_code, shorter.json()["reason"]) == (409, "not-longer")
    assert [(await desk.do(ticket, "estimate", **said | wrong)).status_code for wrong in (
        {"work": "скоро"}, {"reason": ""}, {"stage": "level9"},
    )] == [422] * 3  # fmt: skip
    assert (await desk.do(ticket, "estimate", "adapter", **said)).status_code == 403


async def test_a_classification_names_something(desk: SimpleNamespace) -> None:
    answer = await desk.do(await desk.opened(), "classify")
    assert (answer.status_code, "a service or both" in answer.text) == (422, True)
