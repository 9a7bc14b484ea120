from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake.reading.mail import read_mail
from intake.reading.message import Incoming, Unreadable
from intake.reading.quotes import fold

MULTIPART = (
    b"From: a@example.ru\r\nSubject: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/html; charset=cp1251\r\n\r\n<p>\xcf\xf0\xe8\xe2\xe5\xf2</p>\r\n--B\r\n"
    b"Content-Disposition: attachment; filename*0*=utf-8''%D0%9E; filename*1=x\r\n\r\nYWJj\r\n--B--\r\n"
)
SEEDS = [
    MULTIPART,
    b'From: "\xcc" <a@example.ru>\nTo: g: a@b.ru;\nDate: Fri, 20 Nov 2026 12:31:04 +0300\n\n\xce\xf2 > a\n> b\n',
]
CUTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 12), st.binary(max_size=6)), max_size=6)


def mutated(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, new in cuts:
        raw = raw[:place] + new + raw[place + length :]
    return raw


def texts(mail: Incoming) -> str:
    names = (file.name for file in mail.attachments)
    return "\n".join([mail.text, mail.quoted, mail.subject, mail.author.name, mail.author.address, *names])


@given(st.binary(max_size=600))
def test_no_bytes_defeat_the_reader(raw: bytes) -> None:
    found = read_mail(raw, "email")
    assert isinstance(found, Incoming) or found.reason == "The mail names no sender."


@given(st.sampled_from(SEEDS), CUTS)
def test_no_damage_to_a_mail_defeats_the_reader(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    found = read_mail(mutated(raw, cuts), "email")
    assert isinstance(found, Incoming) or found.reason == "The mail names no sender."


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_real_mail_defeats_the_reader(corpus: list[bytes], data: st.DataObject) -> None:
    found = read_mail(mutated(data.draw(st.sampled_from(corpus)), data.draw(CUTS)), "email")
    assert isinstance(found, Incoming) or found.reason == "The mail names no sender."


def test_every_mail_of_the_corpora_is_read_into_clean_text(corpus: list[bytes]) -> None:
    found = [read_mail(raw, "email") for raw in corpus]
    assert {mail.reason for mail in found if isinstance(mail, Unreadable)} <= {"The mail names no sender."}
    read = [mail for mail in found if isinstance(mail, Incoming)]
    assert all("\x00" not in texts(mail) and texts(mail).encode() is not None for mail in read)
    assert all(len(mail.attachments) <= 101 and len(mail.recipients) <= 300 for mail in read)


def test_nearly_all_real_bounces_and_auto_replies_are_recognised(shared: Path) -> None:
    found = [read_mail(path.read_bytes(), "email") for path in (shared / "mail/sisimai/bsd").glob("*.eml")]
    automatic = [mail for mail in found if isinstance(mail, Incoming) and mail.automatic]
    assert len(automatic) / len(found) >= 613 / 629


def test_published_replies_are_trimmed_without_losing_own_words(
    shared: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    cases = list((shared / "mail/email-reply-trimmer/trimmed").glob("*.txt"))
    own = {path.name: lines(fold(whole(path.parents[1] / "emails" / path.name)).own) for path in cases}
    exact = sum(own[path.name] == lines(whole(path)) for path in cases)
    record_testsuite_property("replies trimmed exactly", f"{exact} of {len(cases)}")
    assert all(set(lines(whole(path))) <= {*own[path.name]} for path in cases)
    assert exact >= 45


def whole(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("reply_koi8r.eml", "Да, всё ещё пустой."),
        ("reply_mailru_html_only.eml", "Теперь работает, спасибо!"),
        ("raw_cp1251_unlabelled.eml", "Отчёт пустой, прошу помочь. Срочно!"),
        ("autoreply_exchange_ru.eml", "Я в отпуске до 30 ноября."),
    ],
)
def test_the_documented_samples_read_as_a_person_reads_them(shared: Path, name: str, text: str) -> None:
    found = read_mail((shared / "samples/email" / name).read_bytes(), "email")
    assert isinstance(found, Incoming)
    assert found.text == text
