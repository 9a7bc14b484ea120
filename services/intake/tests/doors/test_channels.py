"""`POST /channels/{channel}`: mail and Telegram, and the quarantine behind them."""

import asyncio
import hashlib
import itertools
import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from intake.http.channels import own_loop

pytestmark = pytest.mark.asyncio(loop_scope="module")
ONES = itertools.count(1)


def letter() -> bytes:
    """A mail like no other."""
    return (
        f"From: Анна Пример <anna@example.ru>\r\nTo: support@desk.example\r\nMessage-ID: <{next(ONES)}@example.ru>\r\n"
        "Subject: Отчёт\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nНе открывается\r\n"
    ).encode()


BOT = {"X-Telegram-Bot-Api-Secret-Token": "bot-secret"}


def update(number: int, text: str = "Здравствуйте", chat: int = 77) -> dict[str, Any]:
    person = {"id": chat, "first_name": "Анна", "language_code": "ru", "is_bot": False}
    message = {"message_id": number, "date": 1_800_000_000, "chat": {"id": chat, "type": "private"}, "from": person}
    return {"update_id": number, "message": message | {"text": text}}


class Post:
    def __init__(self, client: httpx.AsyncClient, bearer: dict[str, dict[str, str]]) -> None:
        self.client, self.bearer = client, bearer

    async def mail(self, raw: bytes, key: str = "adapter") -> httpx.Response:
        return await self.client.post("/channels/email", content=raw, headers=self.bearer[key])

    async def telegram(self, body: bytes | dict[str, Any], headers: dict[str, str] = BOT) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post("/channels/telegram", content=content, headers=headers)


@pytest.fixture
def post(client: httpx.AsyncClient, issued: SimpleNamespace) -> Post:
    return Post(client, issued.bearer)


async def test_a_mail_becomes_a_ticket_and_is_kept_raw(post: Post, desk: SimpleNamespace) -> None:
    raw = letter()
    answer = await post.mail(raw)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "opened")
    ticket = (await desk.get(f"/tickets/{answer.json()['ticket']}")).json()
    assert (ticket["subject"], ticket["conversation"][0]["said"]["reply_to"]) == ("Отчёт", "anna@example.ru")
    assert (await desk.get(f"/quarantine/{answer.json()['message']}/raw")).content == raw


async def test_what_a_first_mail_quotes_is_shown_with_its_ticket(post: Post, desk: SimpleNamespace) -> None:
    raw = letter() + "\r\nOn Fri, 20 Nov 2026 at 12:15, Anna <a@example.ru> wrote:\r\n> Касса 7".encode()
    ticket = (await desk.get(f"/tickets/{(await post.mail(raw)).json()['ticket']}")).json()
    said = ticket["conversation"][0]["said"]
    assert (said["text"], said["quoted"].splitlines()[-1]) == ("Не открывается", "> Касса 7")


async def test_a_mail_that_came_by_two_ways_is_one_message(post: Post) -> None:
    raw = letter()
    answers = [await post.mail(raw), await post.mail(b"Received: by relay.example\r\n" + raw)]
    assert [each.json()["outcome"] for each in answers] == ["opened", "duplicate"]


async def test_a_file_in_a_mail_is_kept_as_a_blob(post: Post, desk: SimpleNamespace, app: FastAPI) -> None:
    raw = (
        b"From: anna@example.ru\r\nMessage-ID: <file@example.ru>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n'
        b'Content-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment; filename="a.csv"\r\n\r\n1,2'
        b"\r\n--b--\r\n"
    )
    ticket = (await desk.get(f"/tickets/{(await post.mail(raw)).json()['ticket']}")).json()
    (file,) = ticket["conversation"][0]["said"]["attachments"]
    content = await app.state.house.log.blobs.get(file["blob"])
    assert (file["name"], hashlib.sha256(content).hexdigest()) == ("a.csv", file["blob"])


async def test_our_own_mark_refuses_a_mail(post: Post) -> None:
    answer = await post.mail(b"X-Desk-Loop: reglament\r\n" + letter())
    assert (answer.status_code, answer.json()["outcome"], answer.json()["ticket"]) == (202, "refused", None)


async def test_only_the_head_of_a_mail_can_carry_our_mark() -> None:
    assert own_loop(b"x-desk-loop: reglament; n=1\r\n" + letter(), "reglament")
    assert not own_loop(letter() + b"\r\nX-Desk-Loop: reglament\r\n", "reglament")
    assert not own_loop(b"X-Desk-Loop: another\r\n" + letter(), "reglament")


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 500, b"Subject: nobody\r\n\r\ntext", b"\r\n" * 3000])
async def test_a_hostile_mail_is_quarantined_and_its_bytes_can_be_fetched(
    post: Post, desk: SimpleNamespace, raw: bytes
) -> None:
    answer = await post.mail(raw)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "quarantined")
    found = await desk.get(f"/quarantine/{answer.json()['message']}/raw")
    assert (found.content, found.headers["x-content-type-options"]) == (raw, "nosniff")
    headers = desk.bearer["ops"] | {"Reglament-After": answer.headers["reglament-position"]}
    listed = (await desk.client.get("/quarantine", headers=headers)).json()["messages"]
    assert answer.json()["message"] in [each["message"] for each in listed]


async def test_a_mail_of_thirty_megabytes_is_taken_and_a_larger_one_is_not(post: Post) -> None:
    raw = letter()
    full = raw + b"x" * (30 * 1024 * 1024 - len(raw))
    assert (await post.mail(full)).status_code == 202
    assert (await post.mail(full + b"x")).status_code == 413


async def test_mail_needs_an_adapters_key_for_its_channel(post: Post, client: httpx.AsyncClient) -> None:
    assert (await client.post("/channels/email", content=letter())).status_code == 401
    assert (await post.mail(letter(), "agent")).status_code == 403
    assert (await post.mail(letter(), "cabinet")).status_code == 202


async def test_what_is_no_vendors_channel_is_not_found(client: httpx.AsyncClient, issued: SimpleNamespace) -> None:
    for channel in ("pigeon", "cabinet"):
        answer = await client.post(f"/channels/{channel}", content=b"", headers=issued.bearer["adapter"])
        assert answer.status_code == 404


async def test_an_update_is_taken_with_either_valid_secret(post: Post) -> None:
    first = await post.telegram(update(1, chat=1))
    second = await post.telegram(update(2, chat=1), {"X-Telegram-Bot-Api-Secret-Token": "old-one"})
    assert [each.status_code for each in (first, second)] == [200, 200]
    assert [each.json()["outcome"] for each in (first, second)] == ["opened", "appended"]


@pytest.mark.parametrize("secret", ["", "bot-secre", "bot-secrett", "bot secret"])
async def test_an_update_with_a_wrong_secret_is_turned_away(post: Post, secret: str) -> None:
    answer = await post.telegram(update(99), {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"{", "quarantined"),
        (b"[" * 50_000, "quarantined"),
        (b"\xff", "quarantined"),
        ({"update_id": 5, "edited_message": {"message_id": 1, "chat": {"id": 1}}}, "refused"),
        ({"update_id": 6}, "refused"),
    ],
)
async def test_what_telegram_sends_is_always_kept_and_never_repeated(
    post: Post, body: bytes | dict[str, Any], outcome: str
) -> None:
    answers = [await post.telegram(body), await post.telegram(body)]
    assert [(each.status_code, each.json()["outcome"]) for each in answers] == [(200, outcome)] * 2


async def test_a_reworded_message_reaches_the_agent(post: Post, desk: SimpleNamespace) -> None:
    told = update(21, "Касса 7", chat=3)
    first = await post.telegram(told)
    edit = told["message"] | {"text": "Касса 8", "edit_date": 1_800_000_060}
    second = await post.telegram({"update_id": 22, "edited_message": edit})
    assert second.json() == first.json() | {"message": second.json()["message"], "outcome": "appended"}
    ticket = (await desk.get(f"/tickets/{first.json()['ticket']}")).json()
    said = ticket["conversation"][-1]["said"]
    assert (said["text"], said["edited"]) == ("Касса 8", True)


async def test_two_messages_of_one_chat_at_once_are_one_ticket_with_both(post: Post, desk: SimpleNamespace) -> None:
    answers = await asyncio.gather(*(post.telegram(update(n, f"часть {n}", chat=2)) for n in (11, 12)))
    assert Counter(each.json()["outcome"] for each in answers) == {"opened": 1, "appended": 1}
    ticket = (await desk.get(f"/tickets/{answers[0].json()['ticket']}")).json()
    assert {each["said"]["text"] for each in ticket["conversation"]} == {"часть 11", "часть 12"}
