"""What can become of one attempt to tell somebody something; every reason is safe to store and to show."""

from datetime import timedelta
from typing import Literal, TypeAlias

from msgspec import Struct


class Sent(Struct, frozen=True, tag=True):
    """The other side took it; `reference` is its name for the message (Message-ID, Telegram message ids)."""

    reference: str


class RetryLater(Struct, frozen=True, tag=True):
    """Not taken now, perhaps later; `after` is the least wait asked for, `done` the parts that went out already."""

    reason: str
    after: timedelta | None = None
    done: int = 0


class Refused(Struct, frozen=True, tag=True):
    """Never to be repeated: the address or chat is dead, or (`dead` false) only this message is unwelcome."""

    reason: str
    permanent: Literal[True] = True
    dead: bool = True


class Unknown(Struct, frozen=True, tag=True):
    """The answer was lost after everything was handed over: it may or may not have arrived."""

    reason: str
    done: int = 0


class Moved(Struct, frozen=True, tag=True):
    """The chat lives on under another id: store it and send there."""

    chat_id: int


Outcome: TypeAlias = Sent | RetryLater | Refused | Unknown | Moved
