"""What senders are told when intake cannot keep anything (I19)."""

from types import SimpleNamespace

import pytest
from fastapi import FastAPI

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_without_a_regulation_the_doors_say_come_back(desk: SimpleNamespace, app: FastAPI) -> None:
    regulations = app.state.house.host.state.regulations
    kept = dict(regulations)
    regulations.clear()
    answer = await desk.send()
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    regulations.update(kept)
    assert (await desk.send()).status_code == 202


async def test_with_the_store_away_everybody_is_told_to_come_back(desk: SimpleNamespace, app: FastAPI) -> None:
    app.state.house.log.pool.terminate()
    bot = {"X-Telegram-Bot-Api-Secret-Token": "bot-secret"}
    update = await desk.client.post("/channels/telegram", content=b"{", headers=bot)
    mail = await desk.client.post("/channels/email", content=b"x", headers=desk.bearer["adapter"])
    answers = [update, mail, await desk.send(), await desk.get("/tickets"), await desk.get("/tickets/TIC-1")]
    assert [(each.status_code, "retry-after" in each.headers) for each in answers] == [(503, True)] * 5
