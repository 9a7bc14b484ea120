"""Whatever comes in: a clear answer or quarantine with every byte kept, and the platform goes on."""

import asyncio
import json
from collections.abc import Mapping
from typing import NamedTuple

import pytest
from reglament.place import Place
from testkit.doors import Doors
from testkit.world import Installation

JSON, MAIL = "application/json", "message/rfc822"
HEAD = b"From: Ivan <ivan@example.ru>\r\nTo: support@desk.example\r\nMessage-ID: <%s@example.ru>\r\n"
MIB = 1024 * 1024


def mail(name: bytes, headers: bytes, body: bytes = b"Hello") -> bytes:
    return HEAD % name + headers + b"\r\n" + body


def deep_parts(depth: int) -> bytes:
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))


class Bad(NamedTuple):
    """One input that a stranger may send, and how it may be answered."""

    path: str
    body: bytes
    statuses: frozenset[int]
    media: str = JSON


def message(**fields: object) -> bytes:
    said = {"id": "bad-1", "subject": "s", "text": "t"}
    return json.dumps({"channel": "api", "message": said, "author": {"id": "x", "name": "X"}, **fields}).encode()


REFUSED, TAKEN, LARGE = frozenset({400, 415, 422}), frozenset({202}), frozenset({413})
INPUTS: Mapping[str, Bad] = {
    "JSON that ends too early": Bad("/messages", b'{"channel": "api", "mess', REFUSED),
    "JSON of wrong types": Bad("/messages", message(message=[1, 2], author="x"), REFUSED),
    "JSON that is no object": Bad("/messages", b"[[[]]]", REFUSED),
    "JSON nested 100,000 deep": Bad("/messages", b"[" * 100_000, REFUSED),
    "an object nested 30,000 deep": Bad("/messages", b'{"data":' * 30_000, REFUSED),
    "bytes that are no UTF-8": Bad("/messages", b'{"channel": "\xff\xfe"}', REFUSED),
    "a number with 100,000 digits": Bad("/messages", b'{"channel": ' + b"9" * 100_000 + b"}", REFUSED),
    "a channel that nobody knows": Bad("/messages", message(channel="fax"), frozenset({403, 404, 422})),
    "another media type": Bad("/messages", b"<xml/>", frozenset({415}), "text/xml"),
    "30 MB to a door for small things": Bad("/messages", b" " * (30 * MIB), LARGE),
    "a mail larger than any mail": Bad("/channels/email", b"a" * (31 * MIB), LARGE, MAIL),
    "a mail of 29 MB": Bad("/channels/email", mail(b"large", b"Subject: large\r\n", b"a" * (29 * MIB)), TAKEN, MAIL),
    "a mail that is no mail": Bad("/channels/email", b"\x00\xff\x00\xff" * 1000, TAKEN, MAIL),
    "an empty mail": Bad("/channels/email", b"", TAKEN | REFUSED, MAIL),
    "a charset that does not exist": Bad(
        "/channels/email",
        mail(b"charset", b"Content-Type: text/plain; charset=x-klingon\r\n", b"\xf0\xe1"),
        TAKEN,
        MAIL,
    ),
    "a charset that lies": Bad(
        "/channels/email", mail(b"lies", b"Content-Type: text/plain; charset=utf-8\r\n", b"\xcf\xf0\xe8"), TAKEN, MAIL
    ),
    "a subject that hides a header": Bad(
        "/channels/email", mail(b"inject", b"Subject: =?utf-8?q?Hi=0D=0ABcc=3A_evil=40example.com?=\r\n"), TAKEN, MAIL
    ),
    "50,000 encoded words in a subject": Bad(
        "/channels/email", mail(b"words", b"Subject: " + b"=?utf-8?q?a?=\r\n " * 50_000 + b"\r\n"), TAKEN, MAIL
    ),
    "10,000 headers": Bad("/channels/email", mail(b"headers", b"X-Many: 1\r\n" * 10_000), TAKEN, MAIL),
    "a header of 5 MB": Bad("/channels/email", mail(b"header", b"X-Long: " + b"a" * (5 * MIB) + b"\r\n"), TAKEN, MAIL),
    "parts nested 5,000 deep": Bad("/channels/email", HEAD % b"deep" + deep_parts(5_000), TAKEN, MAIL),
    "20,000 parts": Bad(
        "/channels/email",
        mail(b"parts", b'Content-Type: multipart/mixed; boundary="b"\r\n', b"--b\r\n\r\nx\r\n" * 20_000),
        TAKEN,
        MAIL,
    ),
}
each_input = pytest.mark.parametrize("bad", INPUTS.values(), ids=INPUTS.keys())


@each_input
async def test_bad_input_gets_a_clear_answer_while_others_are_served(
    doors: Doors, installed: Installation, bad: Bad
) -> None:
    before = installed.processes()
    answer, other = await asyncio.gather(
        doors.post(bad.path, bad.body, Content_Type=bad.media, Idempotency_Key="bad"), doors.get("intake", "/tickets")
    )

    assert answer.status_code in bad.statuses, answer.text
    assert answer.is_success or answer.headers["content-type"] == "application/problem+json"
    assert other.status_code == 200
    assert installed.processes() == before


async def test_what_cannot_be_read_is_kept_to_the_byte(doors: Doors, telegram_secret: str) -> None:
    body = b'{"update_id": 31, "message": \xff\x00 no'
    secret = {"X_Telegram_Bot_Api_Secret_Token": telegram_secret}
    answer = await doors.post("/channels/telegram", body, role="", Content_Type=JSON, **secret)
    kept = await doors.get("intake", f"/quarantine/{answer.json()['message']}/raw")

    assert (answer.status_code, answer.json()["outcome"]) == (200, "quarantined")
    assert kept.content == body


async def test_a_hostile_request_line_and_headers_are_refused(place: Place) -> None:
    for line in (b"X: " + b"a" * 200_000, b"Content-Length: -1", b"Content-Length: 1\r\nContent-Length: 9999999"):
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port("intake"))
        writer.write(b"POST /messages HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n")
        answered = await asyncio.wait_for(reader.read(12), 20)
        writer.close()
        assert answered in {b"", b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 413", b"HTTP/1.1 431"}


def test_nothing_had_to_be_restarted(said: list[str]) -> None:
    assert [words for words in said if "died" in words] == []
