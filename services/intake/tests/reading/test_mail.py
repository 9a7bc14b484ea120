import hashlib
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from intake.reading.mail import RAW_LIMIT, read_mail
from intake.reading.message import TEXT_LIMIT, Incoming, Report, Unreadable
from intake.reading.mime.parts import PARTS_LIMIT

FROM = "From: Мария Соколова <M.Sokolova@Example.ru>\r\nTo: support@desk.example\r\n"


def read(head: str | bytes, body: str | bytes = "Не работает вход", charset: str = "utf-8") -> Incoming:
    parts = (part.encode(charset) if isinstance(part, str) else part for part in (head, "\r\n", body))
    found = read_mail(b"".join(parts), "email")
    assert isinstance(found, Incoming)
    return found


def parts(*bodies: str, kind: str = "mixed") -> tuple[str, str]:
    head = f"{FROM}MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary=B\r\n"
    return head, "".join(f"--B\r\n{body}\r\n" for body in bodies) + "--B--\r\n"


def test_a_plain_mail_gives_everything_a_ticket_needs() -> None:
    mail = read(
        FROM + "Cc: boss@example.ru, support@desk.example\r\nDelivered-To: support+tic-42@desk.example\r\n"
        "Subject: Вход\r\nMessage-ID: <m1@example.ru>\r\nIn-Reply-To: <b@desk.example>\r\nContent-Language: ru-RU\r\n"
        "References: <a@desk.example>\r\n <b@desk.example>\r\nDate: Fri, 20 Nov 2026 12:31:04 +0300\r\n"
        "Importance: high\r\n"
    )
    assert (mail.author.address, mail.author.name, mail.author.language) == (
        "m.sokolova@example.ru",
        "Мария Соколова",
        "ru",
    )
    assert mail.recipients == ("support+tic-42@desk.example", "support@desk.example", "boss@example.ru")
    assert (mail.external_id, mail.references) == ("<m1@example.ru>", ("<b@desk.example>", "<a@desk.example>"))
    assert (mail.subject, mail.text, mail.quoted) == ("Вход", "Не работает вход", "")
    assert mail.sent_at == datetime(2026, 11, 20, 9, 31, 4, tzinfo=UTC)
    assert mail.hints == {"urgency": "high"}
    assert mail.automatic is None


def test_a_mail_without_message_id_is_known_by_its_bytes() -> None:
    raw = FROM.encode() + b"\r\nhello"
    found = read_mail(raw, "email")
    assert found.external_id == "sha256:" + hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("raw", [b"", b"hello", b"\n\n", b"To: a@example.ru\n\nhello", b"From: \n\nhello"])
def test_a_mail_of_nobody_is_unreadable_and_says_why(raw: bytes) -> None:
    found = read_mail(raw, "email")
    assert isinstance(found, Unreadable)
    assert found.reason == "The mail names no sender."


def test_a_mail_over_the_size_limit_is_unreadable() -> None:
    assert isinstance(read_mail(b"From: a@b.ru\n\n" + b"a" * RAW_LIMIT, "email"), Unreadable)


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "cp866", "iso-8859-5", "utf-8"])
def test_raw_headers_and_text_without_a_charset_are_recovered(charset: str) -> None:
    mail = read(FROM + "Subject: Отчёт пустой\r\n", "Отчет пустой, прошу помочь. Срочно!", charset)
    assert mail.subject in {"Отчёт пустой", "Отчет пустой"}
    assert mail.author.name == "Мария Соколова"
    assert mail.text == "Отчет пустой, прошу помочь. Срочно!"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("utf8mb4", "utf-8"), ("win-1251", "cp1251"), ("x-unknown", "utf-8"), ("invalid", "cp1251"), ("idna", "utf-8")],
)
def test_charsets_nobody_registered_are_understood(charset: str, codec: str) -> None:
    head = f"{FROM.replace('Мария Соколова', 'M')}Content-Type: text/plain; charset={charset}\r\n"
    assert read(head, "Не открывается карточка клиента", codec).text == "Не открывается карточка клиента"


def test_encoded_words_cut_inside_a_character_are_joined() -> None:
    whole = "Ошибка при выгрузке".encode()
    words = (f"=?UTF-8?B?{b64encode(cut).decode()}?=" for cut in (whole[:7], whole[7:]))
    assert read(FROM + "Subject: " + "\r\n ".join(words) + "\r\n").subject == "Ошибка при выгрузке"


def test_a_subject_never_brings_line_breaks_or_control_characters() -> None:
    assert read(FROM + "Subject: =?utf-8?q?Hi=0D=0ABcc:_x=00=1B=E2=80=8B?=\r\n").subject == "Hi Bcc: x"


def test_html_only_mail_becomes_text_and_its_quote_is_folded() -> None:
    html = "<p>Теперь <b>работает</b></p><blockquote>20.11.2026, 12:15, Поддержка:<br>Проверьте</blockquote>"
    mail = read(FROM + "Content-Type: text/html; charset=utf-8\r\n", html)
    assert mail.text == "Теперь работает"
    assert "Проверьте" in mail.quoted


def test_of_alternatives_the_plain_text_speaks_unless_it_is_blank() -> None:
    html = "Content-Type: text/html\r\n\r\n<p>rich</p>"
    assert read(*parts("Content-Type: text/plain\r\n\r\nplain", html, kind="alternative")).text == "plain"
    assert read(*parts("Content-Type: text/plain\r\n\r\n \r\n", html, kind="alternative")).text == "rich"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx", "Отчёт.xlsx"),
        ("filename*0*=utf-8''%D0%9E%D1; filename*1*=%82%D1%87; filename*2=.txt", "Отч.txt"),
        ('filename="=?utf-8?B?0J7RgtGH0ZHRgi5wZGY=?="', "Отчёт.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\Users\\Мария\\a.doc"', "a.doc"),
        ('filename="a\u200b\u202etxt.exe"', "atxt.exe"),
        ('filename="\uff0e\uff0e\uff0fx.sh"', "x.sh"),
        ('filename=".."', "file"),
        ('filename="aux.txt"', "file"),
    ],
)
def test_attachments_have_safe_names(disposition: str, name: str) -> None:
    file = f"Content-Type: application/x-test\r\nContent-Disposition: attachment; {disposition}\r\n\r\ncontent"
    (attachment,) = read(*parts("\r\nhello", file)).attachments
    assert (attachment.name, attachment.content) == (name, b"content")


@pytest.mark.parametrize(
    ("marks", "urgency"),
    [
        ("Importance: High", "high"),
        ("X-Priority: 1", "high"),
        ("X-Priority: 2 (High)", "high"),
        ("X-MSMail-Priority: High\r\nX-Priority: 1 (Highest)", "high"),
        ("X-Priority: 5 (Lowest)", "low"),
        ("Importance: low", "low"),
        ("Priority: urgent", "urgent"),
        ("X-Priority: 3 (Normal)\r\nImportance: Normal", None),
    ],
)
def test_a_programs_mark_of_importance_is_one_word(marks: str, urgency: str | None) -> None:
    assert read(f"{FROM}{marks}\r\n").hints.get("urgency") == urgency


@pytest.mark.parametrize(
    ("more", "answered"),
    [
        ("", "m.sokolova@example.ru"),
        ("Reply-To: Олег <Oleg.Real@mail.example>\r\n", "oleg.real@mail.example"),
        ("Reply-To: nonsense\r\n", "m.sokolova@example.ru"),
        ("Reply-To: support@desk.example, oleg@mail.example\r\n", "oleg@mail.example"),
        ("Reply-To: list@lists.example\r\nList-Id: <list.lists.example>\r\n", "m.sokolova@example.ru"),
        ("Reply-To: list@lists.example\r\nPrecedence: list\r\n", "m.sokolova@example.ru"),
    ],
)
def test_answers_go_where_the_writer_wants_them_and_the_writer_stays_who_it_is(more: str, answered: str) -> None:
    author = read(FROM + more).author
    assert (author.address, author.email) == ("m.sokolova@example.ru", answered)


def test_a_list_that_speaks_for_a_writer_says_where_to_answer_them() -> None:
    munged = "From: Oleg via help <help@lists.example>\r\nTo: help@lists.example\r\nList-Id: <help.lists.example>\r\n"
    assert read(f"{munged}Reply-To: help@lists.example, oleg@mail.example\r\n").author.email == "oleg@mail.example"


ORIGINAL = "<t.0.1.d@desk.example>"
RETURNED = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ORIGINAL}\r\n"
STATUS = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: {}\r\nStatus: 5.1.1\r\n"
DAEMON = "From: MAILER-DAEMON@mx.example\r\n"


@pytest.mark.parametrize(("action", "failed"), [("failed", True), ("Delayed", False), ("relayed", False)])
def test_a_delivery_report_names_the_mail_and_whether_it_failed(action: str, failed: bool) -> None:
    found = read(*parts("\r\nSorry", STATUS.format(action), RETURNED, kind="report; report-type=delivery-status"))
    assert found.report == Report(mail=ORIGINAL, failed=failed)


def test_a_daemons_own_words_are_a_delivery_report_too() -> None:
    told = f"Hi. This is the qmail-send program.\r\n--- Below this line\r\nMessage-ID: {ORIGINAL}\r\n"
    assert read(DAEMON, told).report == Report(mail=ORIGINAL)
    assert read(f"{DAEMON}Subject: Warning: mail is delayed\r\n", told).report == Report(mail=ORIGINAL, failed=False)
    assert read("Return-Path: <>\r\nFrom: postmaster@mx.example\r\n", told).report == Report(mail=ORIGINAL)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n{FROM}", "Я в отпуске"),
        parts("\r\nRead", "Content-Type: message/disposition-notification\r\n\r\nx", kind="report"),
        parts("\r\nLook", "Content-Type: message/rfc822\r\n\r\nMessage-ID: <a@b.example>\r\n"),
        ("From: postmaster@example.ru\r\n", f"Your mail was refused:\r\nMessage-ID: {ORIGINAL}"),
    ],
    ids=["out-of-office", "receipt", "forwarded", "a-person"],
)
def test_an_answer_a_receipt_and_a_forward_are_no_delivery_reports(head: str, body: str) -> None:
    assert read(head, body).report is None


def test_winmail_calendar_and_forwarded_mail_are_kept_as_files() -> None:
    kinds = ("application/ms-tnef", "text/calendar", "message/rfc822")
    mail = read(*parts("\r\nhello", *(f"Content-Type: {kind}\r\n\r\ncontent" for kind in kinds)))
    assert [file.name for file in mail.attachments] == ["winmail.dat", "invite.ics", "message.eml"]
    assert mail.text == "hello"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: multipart/mixed\r\n", "text"),
        ("Content-Type: multipart/mixed; boundary=nowhere\r\n", "text"),
        ("Content-Type: nonsense\r\n", "text"),
        ("Content-Disposition: attachment; filename=a.txt\r\n", "text"),
        ("Content-Transfer-Encoding: base64\r\n", "dGV4d"),
        ("Content-Transfer-Encoding: uuencode\r\n", "begin 644 a\n#=&5X=&5X\n\xff\x01text\n%!!!!\n"),
        ("", "> text"),
        ("", "-- \r\ntext"),
    ],
)
def test_text_is_never_lost_to_broken_structure(head: str, body: str) -> None:
    assert "tex" in read(FROM + head, body).text


def test_text_over_the_limit_is_cut_and_kept_whole_as_a_file() -> None:
    mail = read(FROM, "слово " * 50_000)
    assert len(mail.text) <= TEXT_LIMIT
    assert mail.attachments[0].content.decode() == "слово " * 50_000


def test_nul_and_lone_surrogates_never_come_through() -> None:
    body = b"a\x00b" + "\udc80".encode("utf-8", "surrogatepass")
    text = read(FROM + "Content-Type: text/plain; charset=utf-7\r\n", body).text
    assert "\x00" not in text
    assert text.encode()


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Auto-Submitted: auto-replied\r\n", "auto-submitted"),
        ("Return-Path: <>\r\n", "empty-return-path"),
        ("Precedence: bulk\r\n", "precedence"),
        ("List-Id: <news.example.ru>\r\n", "mailing-list"),
        ("X-Auto-Response-Suppress: All\r\n", "auto-response-suppress"),
        ("X-Autoreply: yes\r\n", "auto-responder"),
        ("X-Desk-Loop: desk-1\r\n", "loop"),
        ("Subject: Автоматический ответ: отпуск\r\n", "subject"),
        ("Content-Type: multipart/report; boundary=B\r\n", "delivery-report"),
        ("Auto-Submitted: no\r\n", None),
        ("Subject: Ответ: отпуск\r\n", None),
    ],
)
def test_automatic_mail_is_recognised_by_its_marks(head: str, reason: str | None) -> None:
    assert read(FROM + head).automatic == reason


@pytest.mark.parametrize("sender", ["MAILER-DAEMON (Mail)", "no-reply@example.ru", "postmaster@example.ru", "<>"])
def test_mail_of_daemons_is_automatic(sender: str) -> None:
    assert read(f"From: {sender}\r\n").automatic in {"daemon-sender", "empty-return-path"}


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ('"a@trusted.example" <evil@example.ru>', "evil@example.ru"),
        ("=?utf-8?q?a=40trusted=2Eexample?= <evil@example.ru>", "evil@example.ru"),
        ("evil@example.ru (a@trusted.example)", "evil@example.ru"),
        ("Group: <a@example.ru>, b@example.ru;", "a@example.ru"),
        ("<@relay.example:a@example.ru>", "a@example.ru"),
    ],
)
def test_the_sender_is_the_address_and_not_what_the_name_pretends(value: str, address: str) -> None:
    assert read(f"From: {value}\r\n").author.address == address


def test_work_is_bounded_by_caps() -> None:
    many = read(*parts(*["Content-Type: image/png\r\n\r\nx"] * 300))
    crowd = read(FROM + "Cc: " + ",".join(f"a{n}@b.example" for n in range(900)) + "\r\n")
    words = read(FROM + "Subject: " + " ".join(["=?utf-8?q?a?="] * 40_000) + "\r\n")
    assert len(many.attachments) == PARTS_LIMIT
    assert len(crowd.recipients) == 50
    assert 0 < len(words.subject) < 999


@pytest.mark.parametrize("depth", [3, 2_000])
def test_nested_multiparts_are_read_to_a_bounded_depth(depth: int) -> None:
    heads = (f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    assert "deep" in read(FROM + "".join(heads) + "Content-Type: text/plain\r\n", "deep").text


@pytest.mark.parametrize("value", ["(" * 2_000, "a," * 4_000, '"' * 4_001, "<" * 4_000, "a:" * 4_000])
def test_hostile_address_lists_are_harmless(value: str) -> None:
    assert read(f"From: a@example.ru\r\nTo: {value}\r\n").author.address == "a@example.ru"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<blockquote>x" * 5_000,
        "<table><tr><td>x" * 5_000,
        "<" * 50_000,
        "<p " + "a=1 " * 50_000,
        "\x00",
    ],
    ids=["divs", "quotes", "tables", "angles", "attributes", "nul"],
)
def test_hostile_html_is_harmless(html: str) -> None:
    assert isinstance(read(FROM + "Content-Type: text/html\r\n", html).text, str)


@pytest.mark.parametrize(
    "line", ["-" * 200_000, ">" * 200_000, "On 20.11.2026 12:15 <a@b.ru> wrote:\n\n" * 5_000, "> a\nb\n" * 9_000]
)
def test_hostile_quotes_are_harmless(line: str) -> None:
    assert read(FROM, "x\n" + line).text
