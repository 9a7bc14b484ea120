"""Other doors: Telegram's webhook, and adapters that speak CloudEvents."""

import json
from uuid import uuid4

import pytest
from reglament.demo.desk import Desk, awaited
from testkit.doors import Doors

EVENT = "application/cloudevents+json"


def event(external_id: str) -> bytes:
    message = {"id": external_id, "subject": "Доступ", "text": "Добавьте, пожалуйста, сотрудника."}
    data = {"channel": "api", "message": message, "author": {"id": "olga", "name": "Ольга Рыбина"}}
    return json.dumps(
        {
            "specversion": "1.0",
            "id": external_id,
            "source": "https://crm.example",
            "type": "reglament.message.received",
            "data": data,
        }
    ).encode()


def update(number: int) -> bytes:
    person = {"id": 42, "is_bot": False, "first_name": "Иван"}
    chat = {"id": 42, "type": "private", "first_name": "Иван"}
    message = {"message_id": number, "date": 1_790_000_000, "from": person, "chat": chat, "text": "Где мой заказ?"}
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_two_messages_of_one_chat_are_one_ticket(desk: Desk, doors: Doors) -> None:
    for text in ("Не приходит код для входа.", "Проверила и спам, там тоже нет."):
        await desk.chat(700_001, "Мария Соколова", text)

    async def both() -> object:
        rows = (await doors.get("intake", "/tickets?channel=telegram")).json()["tickets"]
        wholes = [(await doors.get("intake", f"/tickets/{row['id']}")).json() for row in rows]
        said = [[each["said"].get("text") for each in whole["conversation"]] for whole in wholes]
        return next((texts for texts in said if "Проверила и спам, там тоже нет." in texts), None)

    assert (await awaited("the second message", both))[0] == "Не приходит код для входа."


@pytest.mark.parametrize("secret", ["", "wrong"])
async def test_nobody_but_telegram_speaks_for_telegram(doors: Doors, secret: str) -> None:
    answer = await doors.post("/channels/telegram", update(1), role="", X_Telegram_Bot_Api_Secret_Token=secret)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_update_that_comes_twice_is_one_message(doors: Doors, telegram_secret: str) -> None:
    secret = {"X_Telegram_Bot_Api_Secret_Token": telegram_secret}
    answers = [await doors.post("/channels/telegram", update(900_001), role="", **secret) for _ in range(2)]

    assert [each.json()["outcome"] for each in answers] == ["opened", "duplicate"]


async def test_a_cloud_event_opens_a_ticket_and_its_repetition_none(doors: Doors) -> None:
    body = event(uuid4().hex)
    first, second = [(await doors.post("/messages", body, Content_Type=EVENT)).json() for _ in range(2)]

    assert (first["outcome"], second["outcome"]) == ("opened", "duplicate")
    assert first["ticket"] == second["ticket"]
