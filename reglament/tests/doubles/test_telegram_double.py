"""The Telegram double behaves as Telegram does, towards the bot, the webhook and a person."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from reglament.doubles.serving import serving
from reglament.doubles.telegram.courier import asked_wait
from reglament.doubles.telegram.web import create

SPEC = Path(__file__).parents[4] / "shared/data/specs/telegram/bot-api-10.1.min.json.gz"
BOT = "/bot123:abc"


@pytest.fixture
async def telegram() -> AsyncIterator[httpx.AsyncClient]:
    app = create(first_wait=timedelta(milliseconds=20))
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as http:
        yield http


class Webhook:
    """A webhook of a bot: remembers what came and answers what it is told to."""

    def __init__(self) -> None:
        self.updates: list[dict[str, object]] = []
        self.secrets: list[str | None] = []
        self.answers: list[Response] = []
        self.arrived = asyncio.Condition()

    async def take(self, request: Request) -> Response:
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        self.updates.append(await request.json())
        async with self.arrived:
            self.arrived.notify_all()
        return self.answers.pop(0) if self.answers else Response(status_code=200)

    async def has(self, count: int) -> None:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.updates) >= count)

    def texts(self) -> list[object]:
        return [update["message"]["text"] for update in self.updates]  # type: ignore[index]  # JSON


@pytest.fixture
async def webhook() -> AsyncIterator[tuple[Webhook, str]]:
    hook, app = Webhook(), FastAPI()
    app.add_api_route("/hook", hook.take, methods=["POST"], response_model=None)
    async with serving(app) as url:
        yield hook, f"{url}/hook"


async def write(telegram: httpx.AsyncClient, text: str, chat: int = 77) -> int:
    said = await telegram.post(f"/api/chats/{chat}/messages", json={"text": text, "name": "Анна Пример"})
    return int(said.json()["message_id"])


async def call(telegram: httpx.AsyncClient, method: str, **fields: object) -> dict[str, object]:
    answer: dict[str, object] = (await telegram.post(f"{BOT}/{method}", json=fields)).json()
    return answer


async def test_what_a_person_writes_reaches_the_webhook_with_the_secret(
    telegram: httpx.AsyncClient, webhook: tuple[Webhook, str]
) -> None:
    hook, url = webhook
    await call(telegram, "setWebhook", url=url, secret_token="s3cret")
    await write(telegram, "Здравствуйте!")
    await hook.has(1)
    assert hook.texts() == ["Здравствуйте!"]
    assert hook.secrets == ["s3cret"]


async def test_one_chat_is_delivered_in_order_and_again_until_taken(
    telegram: httpx.AsyncClient, webhook: tuple[Webhook, str]
) -> None:
    hook, url = webhook
    hook.answers = [Response(status_code=503), Response(status_code=500)]
    await call(telegram, "setWebhook", url=url)
    for text in ("1", "2", "3"):
        await write(telegram, text)
    await hook.has(5)
    assert hook.texts() == ["1", "1", "1", "2", "3"]


async def test_a_stuck_chat_does_not_hold_up_another(telegram: httpx.AsyncClient, webhook: tuple[Webhook, str]) -> None:
    hook, url = webhook
    hook.answers = [Response(status_code=503, headers={"Retry-After": "3000"})]
    await call(telegram, "setWebhook", url=url)
    await write(telegram, "stuck")
    await hook.has(1)
    for n in range(20):
        await write(telegram, f"{n}", chat=78)
    await hook.has(21)
    assert hook.texts() == ["stuck", *map(str, range(20))]


@pytest.mark.parametrize(
    ("said", "seconds"), [("17", 17), ("0", 0), ("86400", 3600), ("", 0), ("soon", 0), ("-5", 0), ("9" * 40, 0)]
)
def test_retry_after_is_obeyed_for_at_most_an_hour(said: str, seconds: int) -> None:
    assert asked_wait(said) == timedelta(seconds=seconds)


async def test_duplicates_can_be_ordered(telegram: httpx.AsyncClient, webhook: tuple[Webhook, str]) -> None:
    hook, url = webhook
    await telegram.post("/_ctl", json={"duplicates": 1})
    await call(telegram, "setWebhook", url=url)
    await write(telegram, "a")
    await write(telegram, "b")
    await hook.has(3)
    assert hook.texts() == ["a", "a", "b"]


async def test_updates_wait_for_polling_in_ascending_order_until_confirmed(telegram: httpx.AsyncClient) -> None:
    for text in ("a", "b", "c"):
        await write(telegram, text, chat=ord(text))
    first = (await telegram.get(f"{BOT}/getUpdates?limit=2")).json()["result"]
    rest = (await telegram.get(f"{BOT}/getUpdates?offset={first[-1]['update_id'] + 1}")).json()["result"]
    assert [update["message"]["text"] for update in first + rest] == ["a", "b", "c"]
    ids = [update["update_id"] for update in first + rest]
    assert ids == sorted(set(ids))


async def test_polling_waits_for_the_next_message(telegram: httpx.AsyncClient) -> None:
    polling = asyncio.create_task(call(telegram, "getUpdates", timeout=5))
    await write(telegram, "a")
    updates = (await polling)["result"]
    assert isinstance(updates, list)
    assert len(updates) == 1


async def test_polling_and_a_webhook_exclude_each_other(telegram: httpx.AsyncClient) -> None:
    await call(telegram, "setWebhook", url="http://127.0.0.1:1/hook")
    assert (await call(telegram, "getUpdates"))["error_code"] == 409
    await call(telegram, "deleteWebhook")
    assert (await call(telegram, "getUpdates"))["ok"] is True


async def test_a_button_comes_back_as_a_callback_query(telegram: httpx.AsyncClient) -> None:
    await write(telegram, "a")
    keyboard = {"inline_keyboard": [[{"text": "5", "callback_data": "csi:TIC-42:5"}]]}
    sent = await call(telegram, "sendMessage", chat_id=77, text="Оцените", reply_markup=keyboard)
    number = sent["result"]["message_id"]  # type: ignore[index]  # JSON
    pressed = await telegram.post("/api/chats/77/press", json={"message_id": number, "data": "csi:TIC-42:5"})
    query = (await telegram.get(f"{BOT}/getUpdates")).json()["result"][-1]["callback_query"]
    assert pressed.status_code == 204
    assert (query["data"], query["message"]["message_id"]) == ("csi:TIC-42:5", number)
    assert (await call(telegram, "answerCallbackQuery", callback_query_id=query["id"]))["result"] is True


async def test_a_keyboard_can_be_taken_away_once(telegram: httpx.AsyncClient) -> None:
    await write(telegram, "a")
    keyboard = {"inline_keyboard": [[{"text": "5", "callback_data": "x"}]]}
    sent = await call(telegram, "sendMessage", chat_id=77, text="Оцените", reply_markup=keyboard)
    number = sent["result"]["message_id"]  # type: ignore[index]  # JSON
    assert (await call(telegram, "editMessageReplyMarkup", chat_id=77, message_id=number))["ok"] is True
    assert (await call(telegram, "editMessageReplyMarkup", chat_id=77, message_id=number))["error_code"] == 400
    pressed = await telegram.post("/api/chats/77/press", json={"message_id": number, "data": "x"})
    assert pressed.status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"chat_id": 1, "text": "a"},
        {"chat_id": 77, "text": ""},
        {"chat_id": 77, "text": "a" * 4097},
        {"chat_id": 77, "text": "👍" * 2049},
        {"chat_id": 77, "text": "<b>a", "parse_mode": "HTML"},
        {"chat_id": 77, "text": "<img>", "parse_mode": "HTML"},
        {"chat_id": 77, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "a" * 65}]]}},
        {"chat_id": "x", "text": "a"},
        {},
    ],
    ids=str,
)
async def test_a_wrong_message_is_refused_as_telegram_would(
    telegram: httpx.AsyncClient, fields: dict[str, object]
) -> None:
    await write(telegram, "a")
    assert (await call(telegram, "sendMessage", **fields))["error_code"] == 400


async def test_a_body_that_is_not_json_is_refused_in_telegrams_envelope(telegram: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await telegram.post(f"{BOT}/sendMessage", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


async def test_a_form_does_as_well_as_json(telegram: httpx.AsyncClient) -> None:
    await write(telegram, "a")
    answer = await telegram.post(f"{BOT}/sendMessage", data={"chat_id": "77", "text": "b"})
    assert answer.json()["result"]["text"] == "b"


async def test_a_double_with_a_token_knows_no_other() -> None:
    async with serving(create(token="1:right")) as url, httpx.AsyncClient(base_url=url) as http:
        assert (await http.post("/bot1:right/getMe")).json()["result"]["is_bot"] is True
        assert (await http.post("/bot1:wrong/getMe")).status_code == 401


async def test_the_page_shows_the_conversation_and_runs_nothing_in_it(telegram: httpx.AsyncClient) -> None:
    await write(telegram, "<script>alert(1)</script>")
    keyboard = {"inline_keyboard": [[{"text": "<i>", "url": "javascript:alert(1)"}]]}
    text = '<b>жирно</b> <a href="javascript:alert(2)">x</a> <a href="https://a.example/">y</a>'
    await call(telegram, "sendMessage", chat_id=77, text=text, parse_mode="HTML", reply_markup=keyboard)
    page = (await telegram.get("/chats/77")).text
    assert "<b>жирно</b>" in page
    assert 'href="https://a.example/"' in page
    assert "<script>alert" not in page
    assert "javascript:" not in page


async def test_a_person_can_begin_and_go_on_without_any_script(telegram: httpx.AsyncClient) -> None:
    begun = await telegram.post("/chats", data={"name": "Анна", "language": "ru", "text": "Здравствуйте!"})
    await telegram.post(begun.headers["location"], data={"text": "Есть кто-нибудь?"})
    page = (await telegram.get(begun.headers["location"])).text
    assert begun.status_code == 303
    assert "Здравствуйте!" in page
    assert "Есть кто-нибудь?" in page


async def test_the_page_says_when_nobody_listens_and_when_faults_are_on(telegram: httpx.AsyncClient) -> None:
    assert "getUpdates" in (await telegram.get("/")).text
    await telegram.post("/_ctl", json={"fail": 2})
    assert "fail = 2" in (await telegram.get("/")).text
    await telegram.delete("/_ctl")
    assert "fail = 2" not in (await telegram.get("/")).text


def wrong(spec: dict[str, dict[str, dict[str, list[dict[str, object]]]]], kind: str, value: object) -> list[str]:
    """What in the value contradicts the Bot API's description of that type."""
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return [w for one in value for w in wrong(spec, inner, one)] if isinstance(value, list) else [kind]
    if kind not in spec["types"]:
        plain = {"Integer": int, "String": str, "Boolean": bool, "Float": float}
        return [] if isinstance(value, plain.get(kind, object)) else [f"{value!r} is not {kind}"]
    if not isinstance(value, dict) or "fields" not in spec["types"][kind]:
        return []
    fields = {str(field["name"]): field for field in spec["types"][kind]["fields"]}
    strange = [f"{kind}.{name} is unknown" for name in value if name not in fields]
    missing = [f"{kind}.{name} is missing" for name, f in fields.items() if f["required"] and name not in value]
    within = [w for n, v in value.items() if n in fields for w in wrong(spec, fields[n]["types"][0], v)]
    return strange + missing + within


async def test_updates_and_answers_are_as_the_bot_api_describes_them(telegram: httpx.AsyncClient) -> None:
    if not SPEC.exists():
        pytest.skip("the Bot API description is not on this machine: ../shared/data/specs/telegram")
    spec = json.loads(gzip.decompress(SPEC.read_bytes()))
    await write(telegram, "a")
    keyboard = {"inline_keyboard": [[{"text": "5", "callback_data": "x"}]]}
    asked = {"chat_id": 77, "text": "<b>a</b>", "parse_mode": "HTML", "reply_markup": keyboard}
    sent = (await call(telegram, "sendMessage", **asked))["result"]
    await telegram.post("/api/chats/77/press", json={"message_id": sent["message_id"], "data": "x"})  # type: ignore[index]  # JSON
    updates = (await call(telegram, "getUpdates"))["result"]
    assert wrong(spec, "Array of Update", updates) == []
    assert wrong(spec, "Message", sent) == []
    assert wrong(spec, "User", (await call(telegram, "getMe"))["result"]) == []
    assert wrong(spec, "WebhookInfo", (await call(telegram, "getWebhookInfo"))["result"]) == []
    assert wrong(spec, "Update", {"update_id": "1", "strange": 1}) != []
