"""Publishing a regulation."""

from types import SimpleNamespace

import pytest
from regulation.document import Regulation

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_regulation_is_published_once_and_can_be_read(desk: SimpleNamespace, csn: Regulation) -> None:
    text = csn.to_json().replace(b'"version":"1"', b'"version":"2"')
    answers = [await desk.client.post("/regulations", content=text, headers=desk.bearer["admin"]) for _ in range(2)]
    assert [(each.status_code, each.json()["number"]) for each in answers] == [(200, 2)] * 2
    found = (await desk.get("/regulations/csn", "ops")).json()
    assert (found["version"], found["document"]["version"]) == ("2", "2")
    await desk.listed("", answers[0].headers["reglament-position"])
    ticket = (await desk.get(f"/tickets/{(await desk.send()).json()['ticket']}")).json()
    assert ticket["regulation"] == "csn@2"


async def test_a_faulty_regulation_is_answered_with_its_lines(desk: SimpleNamespace) -> None:
    faulty = b"name: csn\nversion: [1\n"
    answer = await desk.client.post("/regulations", content=faulty, headers=desk.bearer["admin"])
    assert (answer.status_code, "line" in answer.json()["errors"][0]["detail"]) == (422, True)
    assert (await desk.client.post("/regulations", content=b"", headers=desk.bearer["lead"])).status_code == 403
    assert (await desk.get("/regulations/none")).status_code == 404
