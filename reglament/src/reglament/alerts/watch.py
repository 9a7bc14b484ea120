"""What becomes of one message of the stream LOG: shown, posted, remembered, and only then acknowledged."""

from collections.abc import Callable

import msgspec
from contracts import Event, Recorded
from eventlog.wire import Unreadable, read_page
from faststream.nats import NatsMessage

from reglament.alerts.alert import Alert, alert_of
from reglament.alerts.bookmark import Bookmark
from reglament.alerts.webhook import Webhook


class Watch:
    """Settles messages one by one; whatever is wrong with a message, it never comes for ever."""

    def __init__(
        self,
        bookmark: Bookmark,
        show: Callable[[Alert], None],
        tell: Callable[[str], None],
        webhook: Webhook | None = None,
    ) -> None:
        self.bookmark = bookmark
        self._show = show
        self._tell = tell
        self._webhook = webhook
        self.failure: Exception | None = None

    async def take(self, message: NatsMessage) -> None:
        """Settle one message; a fault of our own is kept in `failure` and ends the program, the message unacknowledged.

        FastStream would swallow it, and the message would come again every half minute.
        """
        try:
            await self._settle(message)
        except Exception as error:  # noqa: BLE001  # whatever it is, the program ends with it
            self.failure = error

    async def _settle(self, message: NatsMessage) -> None:
        event = _read(message.raw_message.data)
        if event is None:
            self._tell(f"A message of {message.raw_message.subject} is no event of the log and was passed over.")
        elif not self._is_done(event, message) and (wait := await self._handled(event, message)) is not None:
            await message.nack(delay=wait)
            return
        await message.ack()

    def _is_done(self, event: Recorded[Event], message: NatsMessage) -> bool:
        """Whether the stream was filled anew and says what is done already.

        What is delivered again was never acknowledged; there the bookmark may err, and once more is safe.
        """
        return message.raw_message.metadata.num_delivered == 1 and self.bookmark.is_done(event.position)

    async def _handled(self, event: Recorded[Event], message: NatsMessage) -> float | None:
        """None when nothing is left to do, else the seconds after which to try again."""
        first = self.bookmark.take(event.position)
        if isinstance(event.data, Unreadable):
            self._tell(f"Position {event.position}: {event.data.kind} cannot be read here and was passed over.")
        elif (wait := await self._raised(alert_of(event), message, first=first)) is not None:
            return wait
        self.bookmark.finish(event.position)
        return None

    async def _raised(self, alert: Alert, message: NatsMessage, *, first: bool) -> float | None:
        if first:
            self._show(alert)
        if self._webhook is None:
            return None
        return await self._webhook.post(alert, message.raw_message.metadata.num_delivered)


def _read(data: bytes) -> Recorded[Event] | None:
    """The event of a message, `Unreadable` where its type is unknown, None where it is no event at all."""
    try:
        return read_page(b"[" + data + b"]")[0]
    except (msgspec.DecodeError, ValueError, IndexError):
        return None
