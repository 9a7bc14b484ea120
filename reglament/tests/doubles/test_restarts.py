"""What the doubles know again after a restart, and that nobody gets somebody else's number."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from reglament.credentials import credentials
from reglament.doubles.serving import serving
from reglament.doubles.telegram.chats import MOST_CHATS, Chats
from reglament.doubles.telegram.conversation import Chat, Line
from reglament.doubles.telegram.courier import Webhook
from reglament.doubles.telegram.journal import Journal
from reglament.doubles.telegram.web import create
from reglament.place import Place
from reglament.programs import doubles
from reglament.service import Service

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYBOARD = {"inline_keyboard": [[{"text": "5", "callback_data": "csi:TIC-42:5"}]]}


@asynccontextmanager
async def telegram(folder: Path, webhook: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """One life of the double."""
    app = create(Webhook(webhook) if webhook else None, first_wait=timedelta(milliseconds=20), folder=folder)
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as http:
        yield http


@pytest.fixture
async def told() -> AsyncIterator[tuple[asyncio.Queue[dict[str, object]], str]]:
    """What the bot is told, and where it listens."""
    came: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    app = FastAPI()

    async def take(request: Request) -> None:
        came.put_nowait(await request.json())

    app.add_api_route("/hook", take, methods=["POST"])
    async with serving(app) as url:
        yield came, f"{url}/hook"


async def begin(http: httpx.AsyncClient, name: str) -> int:
    """Somebody new writes on the page; the id that the double gave."""
    begun = await http.post("/chats", data={"name": name, "language": "ru", "text": "Здравствуйте!"})
    return int(begun.headers["location"].rpartition("/")[2])


async def send(http: httpx.AsyncClient, chat: int, **fields: object) -> int:
    """The bot writes; the id of its message."""
    answer = await http.post("/bot1:a/sendMessage", json={"chat_id": chat, "text": "Ответ", **fields})
    return int(answer.raise_for_status().json()["result"]["message_id"])


async def test_the_bot_can_answer_whoever_wrote_before_the_restart(tmp_path: Path) -> None:
    async with telegram(tmp_path) as http:
        ivan = await begin(http, "Иван")
        asked = await send(http, ivan, reply_markup=KEYBOARD)
    async with telegram(tmp_path) as http:
        answered = await send(http, ivan)
        said = (await http.get(f"/api/chats/{ivan}")).json()
        pressed = await http.post(f"/api/chats/{ivan}/press", json={"message_id": asked, "data": "csi:TIC-42:5"})

    assert (said["name"], [line["text"] for line in said["messages"]]) == ("Иван", ["Здравствуйте!", "Ответ", "Ответ"])
    assert answered > asked
    assert pressed.status_code == 204


async def test_a_new_person_after_a_restart_is_nobody_else(tmp_path: Path) -> None:
    async with telegram(tmp_path) as http:
        before = {await begin(http, "Иван"), await begin(http, "Пётр")}
    async with telegram(tmp_path) as http:
        assert await begin(http, "Мария") not in before


async def test_who_blocked_the_bot_has_blocked_it_after_the_restart_too(tmp_path: Path) -> None:
    async with telegram(tmp_path) as http:
        ivan = await begin(http, "Иван")
        await http.post(f"/_ctl/chats/{ivan}/blocked?blocked=true")
    async with telegram(tmp_path) as http:
        refused = await http.post("/bot1:a/sendMessage", json={"chat_id": ivan, "text": "Ответ"})
    assert refused.status_code == 403


async def test_what_the_bot_was_not_told_before_the_restart_it_is_told_after_it_and_once(
    tmp_path: Path, told: tuple[asyncio.Queue[dict[str, object]], str]
) -> None:
    came, hook = told
    async with telegram(tmp_path, "http://127.0.0.1:1/nobody") as http:
        ivan = await begin(http, "Иван")
    async with telegram(tmp_path, hook):
        first = await asyncio.wait_for(came.get(), 10)
    async with telegram(tmp_path, hook) as http:
        await http.post(f"/api/chats/{ivan}/messages", json={"text": "Есть кто-нибудь?"})
        second = await asyncio.wait_for(came.get(), 10)

    assert [update["message"]["text"] for update in (first, second)] == ["Здравствуйте!", "Есть кто-нибудь?"]  # type: ignore[index]  # JSON
    assert int(str(second["update_id"])) > int(str(first["update_id"]))


async def test_after_a_day_on_its_way_a_message_has_expired(tmp_path: Path) -> None:
    chats = kept(tmp_path)
    chats.keep(chats.opened(7, "Иван", "ru"), line(chats, datetime.now(UTC) - timedelta(hours=25)))
    async with telegram(tmp_path) as http:
        assert (await http.get("/bot1:a/getUpdates")).json()["result"] == []
        assert [each["state"] for each in (await http.get("/api/chats/7")).json()["messages"]] == ["expired"]


def kept(folder: Path, first: int = 0, most: int = 1_000_000) -> Chats:
    return Chats(first, Journal(folder / "chats.jsonl", most))


def line(chats: Chats, at: datetime = NOON, text: str = "Здравствуйте!") -> Line:
    return Line(chats.next_message(), True, text, text, at, state="waiting", update=chats.next_update())


def talk(chats: Chats, lines: int) -> Chat:
    chat = chats.opened(chats.new_id(), "Иван", "ru")
    for _ in range(lines):
        chats.keep(chat, line(chats))
    return chat


@pytest.mark.parametrize("spoilt", [b"{", b"\xff\xfe\0\n\n", b'{"type":"said","chat":"?"}', b"[" * 100_000, b"null"])
def test_a_damaged_line_costs_only_itself(tmp_path: Path, spoilt: bytes) -> None:
    before = talk(kept(tmp_path), 2)
    with (tmp_path / "chats.jsonl").open("ab") as file:
        file.write(b"\n" + spoilt)
    between = kept(tmp_path)
    between.keep(before, line(between))
    after = kept(tmp_path).find(before.id)

    assert after is not None
    assert [each.id for each in after.lines] == [1, 2, 3]


def test_with_all_of_the_file_lost_nobody_gets_the_number_of_another(tmp_path: Path) -> None:
    before = kept(tmp_path, first=1_000)
    given = {talk(before, 3).id, before.next_message(), before.next_update()}
    (tmp_path / "chats.jsonl").write_bytes(b"\0" * 4096)
    after = kept(tmp_path, first=1_060)

    assert not given & {after.new_id(), after.next_message(), after.next_update()}


def test_whose_own_record_is_damaged_can_still_be_answered(tmp_path: Path) -> None:
    ivan = talk(kept(tmp_path), 1).id
    records = (tmp_path / "chats.jsonl").read_bytes().splitlines()
    (tmp_path / "chats.jsonl").write_bytes(b"\n".join(each for each in records if b'"person","id"' not in each))
    found = kept(tmp_path).find(ivan)

    assert found is not None
    assert len(found.lines) == 1


def test_the_file_stays_within_its_bound_and_everybody_is_still_known(tmp_path: Path) -> None:
    chats = kept(tmp_path, most=20_000)
    people = [talk(chats, 40).id for _ in range(20)]
    after = kept(tmp_path, most=20_000)

    assert (tmp_path / "chats.jsonl").stat().st_size < 20_000
    assert sorted(chat.id for chat in after.recent()) == people
    assert after.recent()[0].lines[-1].id == 800
    assert (after.next_message(), after.next_update(), after.new_id()) == (801, 801, people[-1] + 1)


def test_the_people_are_bounded_too_and_their_numbers_are_not_given_again() -> None:
    chats = Chats()
    first = talk(chats, 1).id
    for _ in range(MOST_CHATS):
        newest = talk(chats, 1).id

    assert len(chats.recent()) == MOST_CHATS
    assert chats.find(first) is None
    assert chats.new_id() == newest + 1


def test_nobody_else_may_read_what_is_kept(tmp_path: Path) -> None:
    talk(kept(tmp_path / "telegram", most=200), 9)

    assert [(path.name, oct(path.stat().st_mode)[-2:]) for path in (tmp_path / "telegram").iterdir()] == [
        ("chats.jsonl", "00")
    ]


@pytest.fixture
def started(place: Place) -> Iterator[list[Service]]:
    """The doubles as `reglament up` starts them."""
    services = doubles(place, credentials(place))
    for service in services:
        service.start()
    yield services
    for service in services:
        service.stop()


async def test_mails_and_people_outlive_a_stop_and_start_of_what_up_starts(
    place: Place, started: list[Service]
) -> None:
    async with httpx.AsyncClient() as http:
        mailed = await asyncio.to_thread(mail, place)
        wrote = await http.post(f"{place.url('telegram')}/api/chats/77/messages", json={"text": "Здравствуйте!"})
        for service in started:
            await asyncio.to_thread(service.restart)
        caught = (await http.get(f"{place.url('mail')}/api/mails")).json()
        people = (await http.get(f"{place.url('telegram')}/api/chats")).json()

    assert (mailed, wrote.status_code) == ({}, 200)
    assert [each["to"] for each in caught] == [["anna@client.example"]]
    assert [each["id"] for each in people] == [77]


def mail(place: Place) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", place.port("smtp")) as client:
        return client.sendmail(
            "support@desk.example", ["anna@client.example"], b"Subject: Link\r\n\r\nhttps://a.example"
        )
