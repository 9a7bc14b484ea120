import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.reading.message import Ignored, Incoming, Unreadable
from intake.reading.telegram import read_update

PERSON = {"id": 5390012345, "is_bot": False, "first_name": "Мария", "last_name": "Соколова", "language_code": "ru"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def body(**message: object) -> bytes:
    given_message = {"message_id": 7, "date": 1795250100, "chat": {"id": 5390012345}, "from": PERSON, **message}
    return json.dumps(
        {"update_id": 884512001, "message": {k: v for k, v in given_message.items() if v is not None}}
    ).encode()


def read(**message: object) -> Incoming:
    found = read_update(body(**message), "telegram")
    assert isinstance(found, Incoming)
    return found


def test_a_private_message_gives_author_thread_and_text() -> None:
    mail = read(text="Не открывается карточка")
    assert (mail.author.address, mail.author.name, mail.author.language) == ("5390012345", "Мария Соколова", "ru")
    assert (mail.external_id, mail.thread, mail.text) == ("884512001", "5390012345", "Не открывается карточка")
    assert mail.hints == {"message": "5390012345/7"}


def test_a_topic_of_a_group_is_a_thread_of_its_own() -> None:
    assert read(chat={"id": -1001234567890}, text="x").thread == "-1001234567890"
    assert read(chat={"id": -1001234567890}, message_thread_id=15, text="x").thread == "-1001234567890/15"


def test_a_reply_refers_to_what_it_answers_and_quotes_it() -> None:
    mail = read(text="Да", reply_to_message={"message_id": 5, "text": "Помогло? [TIC-42]"})
    assert (mail.references, mail.quoted) == (("5390012345/5",), "Помогло? [TIC-42]")


def test_ids_keep_all_their_bits() -> None:
    assert read(**{"from": {**PERSON, "id": 2**62 + 1}}, text="x").author.address == str(2**62 + 1)


@pytest.mark.parametrize("pretended", [None, {"id": 1087968824, "is_bot": True, "first_name": "Group"}])
def test_an_anonymous_administrator_speaks_as_the_chat(pretended: object) -> None:
    mail = read(**{"from": pretended}, sender_chat={"id": -100500, "title": "Казарма"}, text="x")
    assert (mail.author.address, mail.author.name, mail.automatic) == ("-100500", "Казарма", None)


def test_a_message_without_any_sender_belongs_to_its_chat() -> None:
    assert read(**{"from": None}, text="x").author.address == "5390012345"


def test_a_message_of_another_bot_is_automatic() -> None:
    assert read(**{"from": {**PERSON, "is_bot": True}}, text="x").automatic == "bot"


def test_files_come_by_reference_with_their_caption_as_text() -> None:
    sizes = [{"file_id": "small"}, {"file_id": "large"}]
    mail = read(
        caption="Вот", photo=sizes, document={"file_id": "d", "file_name": "../a\u200b.xlsx"}, media_group_id="13"
    )
    assert [(file.name, file.source) for file in mail.attachments] == [
        ("photo.jpg", "telegram:large"),
        ("a.xlsx", "telegram:d"),
    ]
    assert (mail.text, mail.hints["album"]) == ("Вот", "13")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"contact": {"phone_number": "+70000000000", "first_name": "А", "last_name": "Б"}}, "А Б +70000000000"),
        ({"location": {"latitude": 55.7, "longitude": 37.6}}, "55.7, 37.6"),
        ({"sticker": {"file_id": "s", "emoji": "👍"}}, "👍"),
    ],
)
def test_what_has_no_text_is_said_in_words(content: dict[str, object], text: str) -> None:
    assert read(**content).text == text


@pytest.mark.parametrize("text", ["/start", "/start promo_site", "/start@desk_bot inv_7Kq2Zt"])
def test_opening_a_bot_asks_for_nothing_whatever_link_led_there(text: str) -> None:
    assert read_update(body(text=text), "telegram") == Ignored(reason="start", external_id="884512001")


def test_words_after_start_are_a_request() -> None:
    assert read(text="/start Не открывается касса").text == "/start Не открывается касса"
    assert read(caption="/start", photo=[{"file_id": "x"}]).attachments


def reworded(**message: object) -> bytes:
    told = json.loads(body(edit_date=1795250200, **message))
    return json.dumps({"update_id": 9, "edited_message": told["message"]}).encode()


def test_a_reworded_message_is_read_as_a_new_wording() -> None:
    found = read_update(reworded(text="Касса 8, не 7"), "telegram")
    assert isinstance(found, Incoming)
    assert (found.external_id, found.text, found.edited, found.thread) == ("9", "Касса 8, не 7", True, "5390012345")


def test_an_edit_without_words_says_nothing() -> None:
    moved = reworded(location={"latitude": 55.7, "longitude": 37.6})
    assert read_update(moved, "telegram") == Ignored(reason="edited_message", external_id="9")


@pytest.mark.parametrize(
    "kind", ["edited_channel_post", "callback_query", "my_chat_member", "channel_post", "something_new"]
)
def test_other_kinds_of_updates_are_ignored_by_name(kind: str) -> None:
    update = json.dumps({"update_id": 3, kind: {"id": "x"}}).encode()
    assert read_update(update, "telegram") == Ignored(reason=kind, external_id="3")


def test_service_messages_say_nothing() -> None:
    assert read_update(body(new_chat_title="x"), "telegram") == Ignored(
        reason="service-message", external_id="884512001"
    )


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"update_id":true}', b'{"x":' * 50_000])
def test_what_is_no_update_is_unreadable(raw: bytes) -> None:
    found = read_update(raw, "telegram")
    assert isinstance(found, Unreadable)
    assert found.external_id.startswith("sha256:")


def test_a_broken_message_keeps_the_number_of_its_update() -> None:
    found = read_update(b'{"update_id":9,"message":{"text":1}}', "telegram")
    assert found == Unreadable(reason="The body is not a Telegram update.", external_id="9")


def test_nul_and_lone_surrogates_never_come_through() -> None:
    assert read(text="a\ud800b\x00c").text == "abc"


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), JSON) | JSON)
def test_no_json_defeats_the_reader(update: object) -> None:
    read_update(json.dumps(update).encode(), "telegram")


def test_every_documented_update_is_understood(shared: Path) -> None:
    found = {
        path.name: read_update(path.read_bytes(), "telegram") for path in (shared / "samples/telegram").glob("*.json")
    }
    unread = {name for name, update in found.items() if isinstance(update, Unreadable)}
    ignored = {update.reason for update in found.values() if isinstance(update, Ignored)}
    assert unread == {"out_sendMessage.json", "resp_400_migrate.json", "resp_403_blocked.json", "resp_429.json"}
    assert ignored == {"my_chat_member", "callback_query", "start"}
