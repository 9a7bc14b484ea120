"""What an event is, and what it looks like at its place in the log."""

from datetime import datetime
from functools import cache
from typing import Annotated, Generic, TypeVar

import msgspec

Personal = Annotated[str, msgspec.Meta(extra={"personal": True})]
"""Text about a person: stored only as ciphertext under the key of the event's `requester` (D18)."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Something that has happened; `at` is the business time of what it says (UTC)."""

    at: datetime


class Meta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who caused an event and from where: everything about it that is not what it says.

    `reaction` names the rule by which a follower answered the event `causation`; people's commands have none.
    """

    actor: str = ""
    correlation: str = ""
    causation: str = ""
    reaction: str = ""
    traceparent: str = ""
    regulation: str = ""
    channel: str = ""


E_co = TypeVar("E_co", bound=Event, covariant=True)


class Recorded(msgspec.Struct, Generic[E_co], frozen=True, kw_only=True):
    """An event at its place: `position` in the log, `version` in its stream, `recorded_at` by the log's clock."""

    position: int
    id: str
    stream: str
    version: int
    recorded_at: datetime
    data: E_co
    meta: Meta


@cache
def wire_type(kind: type[Event]) -> str:
    """The one name of an event everywhere outside Python, such as `ticket.opened.v1`."""
    return str(kind.__struct_config__.tag)
