"""What a composed mail looks like on the wire, and what can never get into it (reliability §0.12)."""

import sys
import unicodedata
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
from notify.sending.letter import Mail, compose
from notify.sending.lines import UnfitAddressError, body, one_line
from notify.sending.wire import InjectedHeaderError, compare, encoded, words

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
    assert message_from_bytes(compose(changed(automatic="auto-replied")))["Auto-Submitted"] == "auto-replied"


def test_what_a_person_wrote_does_not_look_like_a_machines() -> None:
    read = message_from_bytes(compose(changed(automatic="")))
    assert "Auto-Submitted" not in read
    assert "X-Auto-Response-Suppress" not in read


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


LONG = st.sampled_from(
    ("Достопримечательность" * 20, "w" * 600, "👩🏽\u200d🚒" * 60, "=?utf-8?q?", '"a\\b" <c@d>', "\r\nX: y")
)
WRITTEN = st.lists(st.text(max_size=40) | LONG, max_size=8).map(" ".join)


@given(WRITTEN, WRITTEN, WRITTEN, WRITTEN)
def test_a_mail_program_reads_exactly_what_was_meant(subject: str, name: str, text: str, html: str) -> None:
    raw = compose(changed(subject=subject, to_name=name, sender_name=name, text=text, html=html or "<p>"))
    read = message_from_bytes(raw, policy=default)
    assert read.defects == []
    assert str(read["Subject"]) == one_line(f"[TIC-42] {one_line(subject)}", 600) or "[TIC-42]" in subject
    for field, address in (("To", MAIL.to), ("From", MAIL.sender)):
        assert [person.addr_spec for person in read[field].addresses] == [address]
        # by older means, since CPython 3.11 keeps the space between two encoded words of a name
        said, _ = parseaddr(str(message_from_bytes(raw)[field]).replace("\r\n", ""))
        assert str(make_header(decode_header(said))) == one_line(name, 100)
    plain, rich = read.iter_parts()
    assert plain.get_content() == ended(text)
    assert rich.get_content() == ended(html or "<p>")
    assert all(line.isascii() and len(line) <= 78 for line in raw.split(b"\r\n"))
    assert not {*b"\r\n"} & {*raw.replace(b"\r\n", b"")}


def ended(text: str) -> str:
    return (body(text).removesuffix("\n") + "\n").replace("\n", "\r\n")


def test_the_same_mail_is_the_same_bytes_every_time_and_another_mail_has_another_boundary() -> None:
    assert compose(MAIL) == compose(changed())
    other = compose(changed(message_id="<another@desk.example>"))
    assert message_from_bytes(other).get_boundary() != message_from_bytes(compose(MAIL)).get_boundary()


def test_a_mail_without_html_is_one_text() -> None:
    read = message_from_bytes(compose(changed(html="")), policy=default)
    assert (read.get_content_type(), read.get_content()) == ("text/plain", "Здравствуйте!\r\n")


@given(st.text(max_size=300).map(one_line))
def test_a_line_of_a_header_is_read_as_it_was_written_by_every_reader(text: str) -> None:
    for wired in (encoded(text), words(text)):
        assert all(len(line) <= 65 for line in wired.split("\r\n"))
        assert str(make_header(decode_header(wired.replace("\r\n", "")))) == text


def test_what_is_cleaned_away_is_what_unicode_calls_controls_line_ends_and_overrides() -> None:
    overrides = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    for c in map(chr, range(sys.maxunicode + 1)):
        unfit = unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in overrides
        assert (one_line(f"a{c}b") == "a b") >= unfit
        assert (body(f"a{c}b") == "ab") is (unfit and c not in "\t\r\n")


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


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: a\r\nBcc: b\r\n\r\n",
        b"Subject: a\r\nSubject: b\r\n\r\n",
        b"\r\n",
        b"Subject: a\nBcc: b\r\n\r\n",
        b"Subject: a\rBcc: b\r\n\r\n",
        b"Subject: a\r\n \r\n\r\n",
        b"Subject: a\r\nno header\r\n\r\n",
        b"Subject: \xd0\xb0\r\n\r\n",
    ],
)
def test_the_comparison_notices_headers_added_doubled_or_lost(raw: bytes) -> None:
    with pytest.raises(InjectedHeaderError):
        compare(raw, {"Subject": "a"})
