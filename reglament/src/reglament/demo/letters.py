"""Mails as mail programs really write them; everybody in them is invented."""

from base64 import b64encode
from quopri import encodestring
from uuid import uuid4

import msgspec


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One mail on its way in: who wrote it, and the bytes as they come over the wire."""

    address: str
    message_id: str
    raw: bytes


def fresh_address(name: str, domain: str) -> str:
    """An address nobody has written from: what earlier demos mailed does not get in the way."""
    return f"{name}.{uuid4().hex[:6]}@{domain}"


def fresh_id() -> str:
    """A Message-ID nobody has used: the demo may be run again and again."""
    return f"<{uuid4().hex}@example.ru>"


def from_outlook() -> Letter:
    """Outlook: base64, an encoded subject, Thread-Index, a text and an HTML part."""
    message_id, address = fresh_id(), fresh_address("anna.smirnova", "example.ru")
    text = "Добрый день!\r\n\r\nНе открывается карточка клиента: ошибка 500. Работа стоит.\r\n\r\nС уважением,\r\nАнна"
    raw = f"""From: =?utf-8?B?{_b64("Анна Смирнова")}?= <{address}>
To: <support@desk.example>
Subject: =?utf-8?B?{_b64("СРОЧНО: ошибка 500 в карточке клиента")}?=
Date: Mon, 23 Nov 2026 09:02:11 +0300
Message-ID: {message_id}
Thread-Index: AdxcVhZ0Zm9vYmFy
Importance: high
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="_000_demo_"

--_000_demo_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

{_b64(text)}
--_000_demo_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

{_b64("<html><body><p>Добрый день!</p><p>Не открывается карточка клиента: ошибка 500. Работа стоит.</p></body></html>")}
--_000_demo_--
"""
    return Letter(address=address, message_id=message_id, raw=_wire(raw))


def from_the_bat() -> Letter:
    """An old program: KOI8-R, quoted-printable, 8-bit habits."""
    message_id, address = fresh_id(), fresh_address("buh", "example.com")
    body = encodestring("Здравствуйте. Пришлите, пожалуйста, акт сверки за октябрь.\r\n".encode("koi8-r")).decode()
    subject = f"=?koi8-r?B?{b64encode('Акт сверки'.encode('koi8-r')).decode()}?="
    raw = f"""From: "Petr Ivanov" <{address}>
To: support@desk.example
Subject: {subject}
Message-ID: {message_id}
X-Mailer: The Bat! (v3.99) Professional
MIME-Version: 1.0
Content-Type: text/plain; charset=koi8-r
Content-Transfer-Encoding: quoted-printable

{body}"""
    return Letter(address=address, message_id=message_id, raw=_wire(raw))


def from_gmail() -> Letter:
    """Gmail in English: format=flowed text beside HTML."""
    message_id, address = fresh_id(), fresh_address("kate", "example.net")
    raw = f"""From: Kate Field <{address}>
To: support@desk.example
Subject: How do I add a second warehouse?
Message-ID: {message_id}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="0000000000demo"

--0000000000demo
Content-Type: text/plain; charset="UTF-8"; format=flowed

Hello,

how do I add a second warehouse to our account?

Kate

--0000000000demo
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">Hello,<div><br></div><div>how do I add a second warehouse to our account?</div><div><br></div>Kate</div>

--0000000000demo--
"""
    return Letter(address=address, message_id=message_id, raw=_wire(raw))


def out_of_office() -> Letter:
    """A machine: it becomes a ticket for people to see, and is never answered by a machine."""
    message_id, address = fresh_id(), fresh_address("orlov", "example.org")
    raw = f"""From: Sergey Orlov <{address}>
To: support@desk.example
Subject: =?utf-8?B?{_b64("Автоматический ответ: в отпуске")}?=
Message-ID: {message_id}
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Я в отпуске до 7 декабря.
"""
    return Letter(address=address, message_id=message_id, raw=_wire(raw))


def answer(letter: Letter, to: str, in_reply_to: str, text: str) -> Letter:
    """The requester's answer to what we mailed, as his program quotes and threads it."""
    message_id = fresh_id()
    raw = f"""From: {letter.address}
To: {to}
Subject: Re: support
Message-ID: {message_id}
In-Reply-To: {in_reply_to}
References: {letter.message_id} {in_reply_to}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}

23.11.2026, 10:15, "Support" <support@desk.example>:
> Здравствуйте!
> Какой браузер у Вас?
"""
    return Letter(address=letter.address, message_id=message_id, raw=_wire(raw))


def _b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _wire(raw: str) -> bytes:
    return raw.replace("\r\n", "\n").replace("\n", "\r\n").encode()
