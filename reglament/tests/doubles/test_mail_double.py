"""The mail catcher keeps what arrives, shows it safely and fails on request."""

import asyncio
import re
import smtplib
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from reglament.doubles.mail.labels import LABELS
from reglament.doubles.mail.mailbox import Mailbox
from reglament.doubles.mail.pages import letter, row
from reglament.doubles.mail.reading import read

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RAW = """Subject: =?utf-8?b?0KLQtdC80LA=?= <script>alert(1)</script>
From: support@desk.example
To: maria@client.example
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8

Здравствуйте! https://desk.example/a?b=1&c=2
--x
Content-Type: text/html; charset=utf-8

<p>Здравствуйте!</p><script>alert(2)</script>
--x--
""".replace("\n", "\r\n").encode()


async def deliver(port: int, to: str = "maria@client.example") -> None:
    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("support@desk.example", [to], RAW)

    await asyncio.to_thread(talk)


async def test_a_mail_sent_is_a_mail_listed_decoded_and_downloadable(
    smtp_port: int, mail_page: httpx.AsyncClient
) -> None:
    await deliver(smtp_port)
    (listed,) = (await mail_page.get("/api/mails", params={"to": "MARIA@client.example"})).json()
    mail = (await mail_page.get(f"/api/mails/{listed['id']}")).json()
    assert listed["to"] == ["maria@client.example"]
    assert mail["subject"] == "Тема <script>alert(1)</script>"
    assert mail["text"].startswith("Здравствуйте!")
    assert (await mail_page.get(f"/mails/{listed['id']}/raw")).content == RAW


async def test_mails_are_found_by_recipient_newest_first_and_can_be_deleted(
    smtp_port: int, mail_page: httpx.AsyncClient
) -> None:
    for to in ("a@b.example", "c@d.example", "a@b.example"):
        await deliver(smtp_port, to)
    assert [mail["id"] for mail in (await mail_page.get("/api/mails?to=a@b.example")).json()] == [3, 1]
    assert (await mail_page.get("/api/mails?to=b.example")).json() == []
    assert (await mail_page.delete("/api/mails")).json() == {"deleted": 3}
    assert (await mail_page.get("/api/mails")).json() == []


async def test_what_a_mail_contains_cannot_run_on_the_page(smtp_port: int, mail_page: httpx.AsyncClient) -> None:
    await deliver(smtp_port)
    for path in ("/", "/mails/1"):
        shown = await mail_page.get(path)
        assert "<script>alert" not in shown.text
        assert "default-src 'none'" in shown.headers["content-security-policy"]
    frame = await mail_page.get("/mails/1/html")
    assert frame.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in frame.headers["content-security-policy"]


async def test_links_in_the_text_can_be_clicked(smtp_port: int, mail_page: httpx.AsyncClient) -> None:
    await deliver(smtp_port)
    assert 'href="https://desk.example/a?b=1&amp;c=2"' in (await mail_page.get("/mails/1")).text


@pytest.mark.parametrize(("language", "title"), [("ru", "Почта"), ("en-GB,ru;q=0.5", "Mail"), ("de", "Почта")])
async def test_the_page_speaks_the_browsers_language(mail_page: httpx.AsyncClient, language: str, title: str) -> None:
    assert f"<h1>{title}" in (await mail_page.get("/", headers={"Accept-Language": language})).text


@pytest.mark.parametrize("path", ["/mails/9", "/api/mails/9", "/mails/9/raw"])
async def test_a_mail_that_is_gone_is_not_found(mail_page: httpx.AsyncClient, path: str) -> None:
    assert (await mail_page.get(path)).status_code == 404


@pytest.mark.parametrize("code", [421, 451, 550])
async def test_ordered_failures_happen_as_often_as_ordered(
    smtp_port: int, mail_page: httpx.AsyncClient, code: int
) -> None:
    await mail_page.post("/_ctl", json={"fail": 2, "code": code, "stage": "data"})
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as failure:
            await deliver(smtp_port)
        assert failure.value.smtp_code == code
    await deliver(smtp_port)
    assert len((await mail_page.get("/api/mails")).json()) == 1


async def test_a_connection_cut_before_the_answer_still_leaves_the_mail(
    smtp_port: int, mail_page: httpx.AsyncClient
) -> None:
    await mail_page.post("/_ctl", json={"drop_before_250": 1})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await deliver(smtp_port)
    assert len((await mail_page.get("/api/mails")).json()) == 1


async def test_faults_can_be_seen_and_healed(mail_page: httpx.AsyncClient) -> None:
    await mail_page.post("/_ctl", json={"hang_after_data": 3})
    assert "hang_after_data = 3" in (await mail_page.get("/")).text
    assert (await mail_page.delete("/_ctl")).json()["hang_after_data"] == 0
    assert (await mail_page.post("/_ctl", json={"code": 200})).status_code == 422


def test_memory_is_bounded() -> None:
    mailbox = Mailbox(most=3)
    for n in range(5):
        mailbox.add(NOON, "", (f"{n}@b.example",), RAW)
    assert [mail.id for mail in mailbox.newest()] == [5, 4, 3]
    assert mailbox.find(1) is None


def test_mails_in_a_folder_survive_a_restart(tmp_path: Path) -> None:
    before = Mailbox(tmp_path, most=2)
    for n in range(3):
        before.add(NOON, "", (f"{n}@b.example",), RAW)
    after = Mailbox(tmp_path, most=2)
    assert after.newest() == before.newest()
    assert after.add(NOON, "", (), RAW).id == 4
    assert after.clear() == 2
    assert list(tmp_path.glob("*.mail.json")) == []
    assert Mailbox(tmp_path).add(NOON, "", (), RAW).id == 5


@pytest.mark.parametrize("spoilt", [b"", b"{", b"\xff\xfe\0", b'{"id": 7}', b"[" * 100_000])
def test_a_damaged_mail_is_left_out_and_its_number_is_not_given_again(tmp_path: Path, spoilt: bytes) -> None:
    before = Mailbox(tmp_path)
    for n in range(2):
        before.add(NOON, "", (f"{n}@b.example",), RAW)
    (tmp_path / "000000002.mail.json").write_bytes(spoilt)
    (tmp_path / "last").write_bytes(spoilt)
    after = Mailbox(tmp_path)
    assert [mail.id for mail in after.newest()] == [1]
    assert after.add(NOON, "", (), RAW).id == 3


def test_a_mail_that_cannot_be_written_to_the_disk_can_be_read_all_the_same(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    (tmp_path / "mail").rmdir()
    caught = mailbox.add(NOON, "", (), RAW)
    assert mailbox.newest() == [caught]


def test_what_lies_in_the_folder_is_bounded_even_where_it_is_damaged(tmp_path: Path) -> None:
    for n in range(9):
        (tmp_path / f"{n:09}.mail.json").write_bytes(b"{")
    Mailbox(tmp_path, most=3)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(("name", "zone"), [("UTC0", "UTC"), ("MSK-3", "UTC+03:00"), ("XXX3:30", "UTC-03:30")])
def test_times_are_shown_with_their_date_and_zone(monkeypatch: pytest.MonkeyPatch, name: str, zone: str) -> None:
    monkeypatch.setenv("TZ", name)
    time.tzset()
    mails = Mailbox()
    caught = mails.add(NOON, "a@b.example", ("c@d.example",), RAW)
    listed, whole = row(caught, LABELS["en"]), letter(caught, LABELS["en"])
    monkeypatch.undo()
    time.tzset()

    assert re.search(rf">21\.11 \d\d:\d\d</time> {re.escape(zone)}<", listed)
    assert re.search(rf">21\.11\.2026 \d\d:\d\d:00 {re.escape(zone)}<", whole)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\0",
        b"Subject: =?x-unknown?b?0KLQ?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xd0",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"Subject: \xcf\xf0\xe8\xe2\xe5\xf2\r\n\r\n",
        b"Content-Disposition: attachment; filename*=x-unknown''%ff\r\n\r\n",
    ],
)
def test_a_broken_mail_is_shown_as_well_as_may_be(raw: bytes) -> None:
    assert read(raw) == read(raw)
    assert Mailbox().add(NOON, "", (), raw).id == 1


def test_real_mails_of_public_collections_can_all_be_read() -> None:
    folder = Path(__file__).parents[4] / "shared/data/mail"
    files = sorted(folder.rglob("*.eml")) if folder.exists() else []
    if not files:
        pytest.skip("the public mail collections are not on this machine: ../shared/data/mail")
    mails = [read(file.read_bytes()) for file in files]
    assert sum(1 for mail in mails if mail.headers) > len(files) * 0.95
