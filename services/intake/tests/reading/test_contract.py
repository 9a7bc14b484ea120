import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake.reading import contract, contract_words
from intake.reading.contract import CloudEvent, MessageReceived, read_message
from pydantic import BaseModel, ValidationError

DATA: dict[str, object] = {
    "channel": "cabinet",
    "message": {"id": "m-19", "text": "Не могу войти", "subject": "Вход", "sent_at": "2026-11-20T12:15:00+03:00"},
    "author": {"id": "client-551", "name": "Мария", "email": "M.Sokolova@example.ru", "language": "ru"},
    "thread": {"id": "cabinet-thread-771"},
    "hints": {"priority": "Срочный", "service": "crm", "branch": "север"},
}
EVENT = {
    "specversion": "1.0",
    "id": "01JCV0Z9F8",
    "source": "/adapters/acme",
    "type": "reglament.message.received",
    "partitionkey": "any extension",
    "data": DATA,
}
FILE = {"name": "../screen.png", "media_type": "image/png", "url": "https://cabinet.example.ru/f/1"}


def changed(part: str, **values: object) -> dict[str, object]:
    old = DATA[part]
    assert isinstance(old, dict)
    return {**DATA, part: {**old, **values}}


def test_a_message_reads_into_the_neutral_form() -> None:
    mail = read_message(MessageReceived.model_validate(DATA), external_id="key-1")
    assert (mail.channel, mail.kind, mail.external_id, mail.thread) == ("cabinet", "api", "key-1", "cabinet-thread-771")
    assert (mail.author.address, mail.author.email) == ("client-551", "m.sokolova@example.ru")
    assert mail.sent_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert mail.hints == {"priority": "Срочный", "service": "crm", "branch": "север", "message": "m-19"}


def test_an_event_is_known_by_source_and_id_and_may_carry_extensions() -> None:
    assert CloudEvent.model_validate_json(json.dumps(EVENT)).external_id == "/adapters/acme 01JCV0Z9F8"


def test_the_requester_is_the_person_it_was_written_for() -> None:
    data = {**DATA, "on_behalf_of": {"id": "client-9"}}
    mail = read_message(MessageReceived.model_validate(data), external_id="k")
    assert (mail.author.address, mail.hints["entered_by"]) == ("client-9", "client-551")


def test_what_the_channel_tells_of_the_sending_comes_before_what_the_adapter_saw() -> None:
    seen = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
    told = MessageReceived.model_validate(changed("message", sent_at="2026-11-20T12:15:00+03:00"))
    silent = MessageReceived.model_validate(changed("message", sent_at=None))
    assert read_message(silent, external_id="k", seen_at=seen).sent_at == seen
    assert read_message(told, external_id="k", seen_at=seen).sent_at == seen - timedelta(minutes=5)


def test_html_becomes_text() -> None:
    data = changed("message", text="<p>Не могу <b>войти</b></p>", format="html")
    assert read_message(MessageReceived.model_validate(data), external_id="k").text == "Не могу войти"


def test_files_come_by_url_or_hash_with_safe_names() -> None:
    files = [FILE, {"name": "a.txt", "sha256": "0" * 64}]
    mail = read_message(MessageReceived.model_validate(changed("message", attachments=files)), external_id="k")
    assert [file.name for file in mail.attachments] == ["screen.png", "a.txt"]
    assert [file.source for file in mail.attachments] == [FILE["url"], "sha256:" + "0" * 64]


def test_nul_and_lone_surrogates_never_come_through() -> None:
    data = changed("message", text="a\ud800b\x00c")
    assert read_message(MessageReceived.model_validate(data), external_id="k").text == "abc"


@pytest.mark.parametrize(
    "data",
    [
        {**DATA, "channel": ""},
        {**DATA, "channel": "c" * 256},
        {**DATA, "author": {}},
        changed("message", text="я" * 131_073),
        changed("message", subject="s" * 999),
        changed("message", sent_at="2026-11-20T12:15:00"),
        changed("message", sent_at="0001-01-01T00:00:00+14:00"),
        changed("message", attachments=[FILE] * 21),
        changed("message", attachments=[{**FILE, "sha256": "0" * 64}]),
        changed("message", attachments=[{"name": "a"}]),
        changed("message", attachments=[{**FILE, "url": "file:///etc/passwd"}]),
        changed("author", email="not an address"),
        changed("hints", branch={"nested": 1}),
        {**DATA, "hints": {f"h{n}": "x" for n in range(21)}},
    ],
)
def test_what_breaks_a_limit_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MessageReceived.model_validate(data)


@pytest.mark.parametrize("text", ["a" * 262_144, "я" * 131_072])
def test_texts_of_256_kib_pass(text: str) -> None:
    assert MessageReceived.model_validate(changed("message", text=text)).message.text == text


@pytest.mark.parametrize("wrong", [{"type": "other"}, {"specversion": "0.3"}, {"id": ""}, {"data": None}])
def test_other_events_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CloudEvent.model_validate({**EVENT, **wrong})


def test_every_field_of_the_contract_explains_itself() -> None:
    kinds = {
        v
        for m in (contract, contract_words)
        for v in vars(m).values()
        if isinstance(v, type) and issubclass(v, BaseModel)
    }
    fields = [(kind, name, field) for kind in kinds for name, field in kind.model_fields.items()]
    assert [(kind, name) for kind, name, field in fields if not field.description] == []
    simple = [(kind, name) for kind, name, field in fields if not field.examples and "str" in str(field.annotation)]
    assert simple == []


def test_the_documented_sample_differs_from_ours_only_in_its_type_and_channel(shared: Path) -> None:
    sample = (shared / "samples/contract/structured.http").read_text(encoding="utf-8").partition("\n\n")[2]
    event = json.loads(sample)
    event["type"], event["data"]["channel"] = "reglament.message.received", "cabinet"
    found = CloudEvent.model_validate(event)
    assert found.data.author.name == "Мария Соколова"
    assert found.data.message.attachments[0].media_type == "image/png"
