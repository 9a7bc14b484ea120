"""What a composed mail looks like on the wire, and what can never get into it (reliability §0.12)."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.sending.letter import InjectedHeaderError, Mail, compare, compose
from notify.sending.lines import UnfitAddressError, one_line

CVE_2024_6923 = "=?utf-8?q?Hi=0D=0ABcc=3A_evil=40attacker.example?="
MAIL = Mail(
    sender="support@desk.example",
    sender_name="Служба поддержки",
    to="maria@client.example",
    to_name="Мария Соколова",
    reply_to="support+tic-42.9f3c@desk.example",
    message_id="<tic-42.9f3c.m17@desk.example>",
    number="TIC-42",
    subject="Обращение решено",
    text="Здравствуйте!",
    html="<p>Здравствуйте!</p>",
    at=datetime(2026, 11, 21, 11, tzinfo=UTC),
    installation="desk-1",
)
HEADERS = {
    *("from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress"),
    *("x-desk-loop", "mime-version", "content-type"),
}


def changed(**values: object) -> Mail:
    return msgspec.structs.replace(MAIL, **values)


def header(raw: bytes, name: str) -> str:
    return str(make_header(decode_header(str(message_from_bytes(raw)[name]).replace("\r\n", ""))))


def names(raw: bytes) -> set[str]:
    return {name.lower() for name in message_from_bytes(raw)}


def test_a_mail_carries_every_header_that_stops_loops_and_keeps_threads() -> None:
    raw = compose(changed(in_reply_to="<q@client.example>", references=("<q@client.example>",)))
    read = message_from_bytes(raw, policy=default)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "All"
    assert read["X-Desk-Loop"] == "desk-1"
    assert read["Reply-To"] == "support+tic-42.9f3c@desk.example"
    assert read["Message-ID"] == "<tic-42.9f3c.m17@desk.example>"
    assert read["In-Reply-To"] == read["References"] == "<q@client.example>"
    assert read["Subject"] == "[TIC-42] Обращение решено"
    assert read["List-Unsubscribe"] is None


def test_an_acknowledgement_says_that_it_is_an_automatic_reply() -> None:
    assert message_from_bytes(compose(changed(replied=True)))["Auto-Submitted"] == "auto-replied"


def test_text_and_html_say_the_same_in_two_alternatives() -> None:
    read = message_from_bytes(compose(MAIL), policy=default)
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content().strip() for part in read.iter_parts()] == ["Здравствуйте!", "<p>Здравствуйте!</p>"]


def test_the_standard_library_alone_would_need_our_guard_or_be_patched() -> None:
    naive = EmailMessage(policy=SMTP)
    naive["Subject"] = CVE_2024_6923
    try:
        raw = naive.as_bytes()
    except ValueError:
        return  # this interpreter is patched: it refuses by itself
    if "bcc" in names(raw):
        with pytest.raises(InjectedHeaderError):
            compare(raw, {"Subject": "Hi"})


@pytest.mark.parametrize("field", ["subject", "number", "to_name", "sender_name", "installation"])
@pytest.mark.parametrize(
    "attack",
    [
        CVE_2024_6923,
        "Hi\r\nBcc: evil@attacker.example",
        "Hi\nBcc: evil@attacker.example",
        "Hi\rBcc: evil@attacker.example",
        "Hi\0\x0b\x0c\x1c\x85\u2028Bcc: evil@attacker.example",
        "=?utf-8?b?PT91dGYtOD9xP0hpPTBEPTBBQmNjPTNBX2V2aWw9NDB4Pz0=?=",
        "=?utf-8?q?Hi?= =?utf-8?q?=0D=0A_Bcc:_evil?=",
    ],
)
def test_no_text_becomes_a_header(field: str, attack: str) -> None:
    assert names(compose(changed(**{field: attack}))) == HEADERS


@pytest.mark.parametrize("field", ["to", "sender", "reply_to"])
@pytest.mark.parametrize(
    "attack",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "=?utf-8?q?a=0D=0ABcc=3A?=@b.example",
        "a b@c.example",
        "",
        "a@",
        "почта@b.example",
        "a..b@c.example",
    ],
)
def test_an_address_that_is_not_one_plain_address_is_refused(field: str, attack: str) -> None:
    with pytest.raises(UnfitAddressError):
        compose(changed(**{field: attack}))


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=400))
def test_whatever_people_write_the_headers_stay_ours(subject: str, name: str, text: str) -> None:
    raw = compose(changed(subject=subject, to_name=name, text=text))
    assert names(raw) == HEADERS
    assert header(raw, "Subject") == f"[TIC-42] {one_line(subject)}".rstrip() or "[TIC-42]" in subject
    encoded_name, addressed = parseaddr(str(message_from_bytes(raw)["To"]).replace("\r\n", ""))
    assert (str(make_header(decode_header(encoded_name))), addressed) == (one_line(name, 100), MAIL.to)
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("attack", [CVE_2024_6923, "Hi\r\nBcc: evil@attacker.example"])
def test_a_line_is_cleaned_after_it_has_been_decoded(attack: str) -> None:
    assert one_line(attack) == "Hi Bcc: evil@attacker.example"


def test_nothing_that_a_reader_would_decode_once_more_is_left() -> None:
    assert "=?" not in one_line("=?utf-8?q?=3D=3Futf-8=3Fq=3F=3D3D=3D3Fx=3F=3D?= =?bad?x?=0D=0A?=")


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x4FF), max_size=200))
def test_a_cleaned_line_is_clean_already(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)


def test_a_long_russian_subject_and_name_arrive_whole_in_short_lines() -> None:
    subject = " ".join(["Не открывается карточка клиента"] * 8)
    raw = compose(changed(subject=subject, to_name="Константинопольская Александра Всеволодовна"))
    assert header(raw, "Subject") == f"[TIC-42] {subject}"
    assert "Константинопольская Александра Всеволодовна <maria@client.example>" in header(raw, "To")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_long_message_ids_are_not_encoded_and_only_the_last_ten_go_along() -> None:
    ids = tuple(f"<{'a' * 120}{n}@long.example>" for n in range(14))
    read = message_from_bytes(compose(changed(references=ids, in_reply_to=ids[-1])))
    assert read["References"].split() == list(ids[-10:])
    assert read["In-Reply-To"] == ids[-1]


def test_ids_that_others_malformed_are_left_out() -> None:
    bad = ("no brackets", "<a b@c.example>", "<a@b.example>\r\nBcc: x", "<кириллица@b.example>", "<ok@b.example>")
    raw = compose(changed(references=bad, in_reply_to="<a@b>\r\nX: y"))
    assert message_from_bytes(raw)["References"] == "<ok@b.example>"
    assert names(raw) == HEADERS | {"references"}


def test_a_message_id_of_ours_must_be_well_formed() -> None:
    with pytest.raises(UnfitAddressError):
        compose(changed(message_id="<a@b>\r\nBcc: c@d.example"))


def test_a_russian_domain_travels_in_ascii() -> None:
    assert b"maria@xn--e1afmkfd.xn--p1ai" in compose(changed(to="maria@пример.рф"))


@pytest.mark.parametrize("raw", [b"Subject: a\r\nBcc: b\r\n\r\n", b"Subject: a\r\nSubject: b\r\n\r\n", b"\r\n"])
def test_the_comparison_notices_headers_added_doubled_or_lost(raw: bytes) -> None:
    with pytest.raises(InjectedHeaderError):
        compare(raw, {"Subject": "a"})
