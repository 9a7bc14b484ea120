"""What becomes of a Telegram message when Telegram is well, busy, closed or silent (reliability F12, I13)."""

import gzip
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from notify.sending.outcome import Moved, Outcome, Refused, RetryLater, Sent, Unknown
from notify.sending.telegram import Button, TelegramLimits, TelegramSender, request

TOKEN = "123456:SECRET-token_value"
SHORT = TelegramLimits(connect=timedelta(seconds=0.3), answer=timedelta(seconds=0.4))
SPEC = Path(__file__).parents[5] / "shared/data/specs/telegram/bot-api-10.1.min.json.gz"


@pytest.fixture
async def sender(telegram: httpx.AsyncClient) -> AsyncIterator[TelegramSender]:
    async with TelegramSender(str(telegram.base_url), TOKEN, SHORT) as made:
        yield made


async def lines(telegram: httpx.AsyncClient) -> list[dict[str, object]]:
    said: list[dict[str, object]] = (await telegram.get("/api/chats/77")).json()["messages"]
    return [line for line in said if not line["mine"]]


async def test_a_message_arrives_as_it_was_written(telegram: httpx.AsyncClient, sender: TelegramSender) -> None:
    buttons = [[Button("5", "csi:TIC-42:5"), Button("Кабинет", url="https://desk.example/cabinet")]]
    outcome = await sender.send_message(77, "Если a < b & c > d, то <b>нет</b> 👍", buttons, "TIC-42 <решено>")
    (line,) = await lines(telegram)
    assert outcome == Sent(str(line["id"]))
    assert line["text"] == "TIC-42 <решено>\n\nЕсли a < b & c > d, то <b>нет</b> 👍"
    assert line["entities"] == [{"type": "bold", "offset": 0, "length": 15}]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"code": 429, "retry_after": 17}, RetryLater("too many messages: 429", timedelta(seconds=17))),
        ({"code": 403}, Refused("the bot may not write to this chat: 403")),
        ({"code": 400}, Refused("the chat does not exist: 400")),
        ({"code": 400, "migrate_to_chat_id": -1001234567890}, Moved(-1001234567890)),
        ({"code": 401}, RetryLater("token revoked: 401")),
        ({"code": 500}, RetryLater("Telegram is not well: 500")),
        ({"code": 502}, RetryLater("Telegram is not well: 502")),
    ],
    ids=str,
)
async def test_every_refusal_has_its_consequence(
    telegram: httpx.AsyncClient, sender: TelegramSender, fault: dict[str, object], outcome: Outcome
) -> None:
    await telegram.post("/_ctl", json={"fail": 1} | fault)
    assert await sender.send_message(77, "a") == outcome
    assert isinstance(await sender.send_message(77, "b"), Sent)


async def test_an_answer_lost_after_accepting_is_unknown(telegram: httpx.AsyncClient, sender: TelegramSender) -> None:
    await telegram.post("/_ctl", json={"hang_after_accepting": 1})
    assert await sender.send_message(77, "a") == Unknown("Telegram did not confirm the message")
    assert len(await lines(telegram)) == 1


async def test_a_person_who_blocked_the_bot_is_not_asked_again(
    telegram: httpx.AsyncClient, sender: TelegramSender
) -> None:
    await telegram.post("/_ctl/chats/77/blocked?blocked=true")
    assert await sender.send_message(77, "a") == Refused("the bot may not write to this chat: 403")


async def test_nobody_listening_is_for_later() -> None:
    async with TelegramSender("http://127.0.0.1:1", TOKEN, SHORT) as sender:
        assert await sender.send_message(77, "a") == RetryLater("Telegram cannot be reached")


async def test_an_empty_text_is_our_fault_and_not_the_chats(sender: TelegramSender) -> None:
    assert await sender.send_message(77, " ") == Refused("Telegram does not accept this message: 400", dead=False)


async def test_a_long_text_arrives_in_parts_and_goes_on_where_it_stopped(
    telegram: httpx.AsyncClient, sender: TelegramSender
) -> None:
    text = "слово " * 1500
    await sender.send_message(77, text)
    whole = [line["text"] for line in await lines(telegram)]
    assert isinstance(await sender.send_message(77, text, done=2), Sent)
    assert " ".join(map(str, whole)) == text.strip()
    assert [line["text"] for line in await lines(telegram)] == [*whole, whole[2]]


async def test_a_part_that_has_to_wait_says_how_many_went_before(
    telegram: httpx.AsyncClient, sender: TelegramSender
) -> None:
    await telegram.post("/_ctl", json={"fail": 1, "retry_after": 3})
    outcome = await sender.send_message(77, "слово " * 1500, done=1)
    assert outcome == RetryLater("too many messages: 429", timedelta(seconds=3), done=1)


async def test_the_token_is_in_no_log_reason_or_representation(
    telegram: httpx.AsyncClient, sender: TelegramSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await telegram.post("/_ctl", json={"fail": 1, "code": 401})
    outcomes = [await sender.send_message(77, "a"), await sender.send_message(77, "b")]
    assert "SECRET" not in caplog.text + repr(outcomes) + repr(sender)


def test_a_malformed_token_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValueError, match="BotFather") as refused:
        TelegramSender("http://127.0.0.1:1", "SECRET/../x")
    assert "SECRET" not in str(refused.value)


def test_what_we_send_is_what_the_bot_api_describes() -> None:
    if not SPEC.exists():
        pytest.skip("the Bot API description is not on this machine: ../shared/data/specs/telegram")
    spec = json.loads(gzip.decompress(SPEC.read_bytes()))
    known = {field["name"]: field for field in spec["methods"]["sendMessage"]["fields"]}
    asked = request(77, "a", [[Button("5", "csi:5")]])
    assert set(asked) <= set(known)
    assert {name for name, field in known.items() if field["required"]} <= set(asked)
