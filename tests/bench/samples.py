"""Invented messages and events of the size that real ones have."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from contracts import Meta
from contracts.intake import TicketOpened
from contracts.streams import ticket_stream
from eventlog.store import New

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WORDS = (
    "Здравствуйте! После вчерашнего обновления не открывается раздел с документами: страница загружается очень долго, "
    "затем появляется сообщение об ошибке. Проверяли в двух браузерах и на другом компьютере. Номер договора указан в "
    "карточке проекта. Подскажите, пожалуйста, когда можно ожидать исправления? Заранее спасибо."
)
SUBJECT = "Не открывается раздел с документами"


def opening(requester: str, n: int) -> New:
    """A ticket's first event as intake records it, still readable."""
    ticket = str(uuid4())
    said = TicketOpened(
        at=WHEN,
        ticket=ticket,
        number=f"TIC-{n}",
        requester=requester,
        channel="cabinet",
        kind="api",
        section="requests",
        subject=SUBJECT,
        text=WORDS,
        category="project-question",
        priority="normal",
        stage="new",
        regulation="csn@1",
        reply_to="client-551",
        message=str(UUID(int=n)),
    )
    meta = Meta(
        actor="adapter:demo adapter", correlation=said.message, traceparent=TRACE, regulation="csn@1", channel="cabinet"
    )
    return New(id=str(uuid4()), stream=ticket_stream(ticket), version=1, event=said, meta=meta)


def message(run: str, n: int) -> tuple[str, bytes]:
    """The id and the body of a message for `POST /messages`, each from somebody else."""
    external = f"{run}-{n}"
    person = {"id": f"client-{external}", "name": "Мария Соколова", "email": "m.sokolova@example.ru", "language": "ru"}
    said = {"id": external, "subject": SUBJECT, "text": WORDS, "sent_at": "2026-11-20T12:15:00+03:00"}
    data = {"channel": "cabinet", "message": said, "author": person, "hints": {"priority": "normal"}}
    return external, json.dumps(data, ensure_ascii=False).encode()


def requests(port: int, key: str, run: str, count: int) -> Iterator[bytes]:
    """Whole HTTP requests, ready to be written to a socket."""
    for n in range(count):
        external, body = message(run, n)
        head = (
            f"POST /messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {external}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def chunks(items: Sequence[New], size: int) -> Iterator[Sequence[New]]:
    """The items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
