"""Every event type there is, and the one decoder that reads them."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

import msgspec

from contracts.csi import CSI
from contracts.event import Event, Recorded, wire_type
from contracts.intake import INTAKE
from contracts.notify import NOTIFY
from contracts.routing import ROUTING
from contracts.sla import SLA
from contracts.upcasts import UPCASTS, Upcasts


class UnreadableEventError(ValueError):
    """Stored text that no known event type reads: it is parked, never dropped (I16)."""


class Catalogue:
    """A set of event types, read as one tagged union; retired types are lifted to today's."""

    def __init__(self, current: Iterable[type[Event]], upcasts: Upcasts) -> None:
        self.types = {wire_type(kind): kind for kind in current}
        self._upcasts = dict(upcasts)
        union = reduce(or_, [*self.types.values(), *self._upcasts])
        self._event = msgspec.json.Decoder(union)
        self._page = msgspec.json.Decoder(list[Recorded[union]])  # type: ignore[valid-type]  # built at run time

    def decode(self, text: str | bytes) -> Event:
        """The event in this JSON text; raises UnreadableEventError."""
        try:
            event: Event = self._event.decode(text)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise UnreadableEventError(str(error)) from error
        return self._lift(event)

    def decode_page(self, text: str | bytes) -> list[Recorded[Event]]:
        """Many events at their places, decoded in one go; raises UnreadableEventError if any of them is unreadable."""
        try:
            page: list[Recorded[Event]] = self._page.decode(text)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise UnreadableEventError(str(error)) from error
        return [self._lifted(each) for each in page] if self._upcasts else page

    def _lifted(self, recorded: Recorded[Event]) -> Recorded[Event]:
        if type(recorded.data) not in self._upcasts:
            return recorded
        return msgspec.structs.replace(recorded, data=self._lift(recorded.data))

    def _lift(self, event: Event) -> Event:
        while step := self._upcasts.get(type(event)):
            event = step(event)
        return event


OWNERS: dict[str, tuple[type[Event], ...]] = {
    "intake": INTAKE,
    "routing": ROUTING,
    "sla": SLA,
    "notify": NOTIFY,
    "csi": CSI,
}
"""Which service appends which events (design §2)."""

CATALOGUE = Catalogue([kind for kinds in OWNERS.values() for kind in kinds], UPCASTS)
