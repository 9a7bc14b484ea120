"""A mail server that counts: which Message-ID arrived how often."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Postbox:
    """Takes every mail and keeps only its Message-ID."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Count one mail."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        self.arrived[str(BytesHeaderParser().parsebytes(raw)["Message-ID"]).strip()] += 1
        return "250 2.0.0 Kept"


@contextmanager
def postbox(port: int) -> Iterator[Postbox]:
    """A postbox on 127.0.0.1 with a thread of its own."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
