"""Which timers are due and what they say, each on its own, so that a poison one silences no other (I15)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from eventlog.bookkeeping import Parked
from eventlog.reactor import Reaction, Reactor, Unanswered

S = TypeVar("S")
Said = Sequence[Reaction | Unanswered]
"""What one timer says, or several."""
UNCAUSED = "00000000-0000-0000-0000-000000000000"


class MuteError(Exception):
    """No timer can be answered, and nothing says which of them is to blame."""


def due(reactor: Reactor[S], state: S, now: datetime, limit: int, silent: Collection[str]) -> Sequence[Said]:
    """What the timers due by `now` say, but for `silent` tickets' ones, which stay due; raises MuteError."""
    before, asked = -1, limit
    while True:
        said, error = _rung(reactor, state, now, asked)
        timers = [list(each) for _, each in groupby(said, _cause)]
        heard = [each for each in timers if timer_of(each[0]).subject not in silent] if silent else timers
        if not heard and error is not None:
            raise MuteError(reason_of(error)) from error
        if heard or not silent or len(said) <= before:
            return heard if asked == limit else heard[:limit]
        before, asked = len(said), 2 * asked  # silent ones may stand in front of others


def timer_of(said: Reaction | Unanswered) -> Parked:
    """The timer that says this, as it is set aside."""
    subject = said.subject if isinstance(said, Unanswered) else getattr(said.event, "ticket", "") or said.stream
    return Parked(id=_cause(said), subject=subject, reason="")


def answer(said: Reaction | Unanswered) -> Reaction:
    """What follows; raises the error that kept anything from following."""
    if isinstance(said, Unanswered):
        raise said.error
    return said


def reason_of(error: Exception) -> str:
    """Why something is set aside, as a person reads it."""
    return f"{type(error).__name__}: {error}"


def _rung(reactor: Reactor[S], state: S, now: datetime, limit: int) -> tuple[Said, Exception | None]:
    """What the reactor says; where it raises, what it said before and why it stopped."""
    said: list[Reaction | Unanswered] = []
    try:
        for each in reactor.ring(state, now, limit):
            said.append(each)  # noqa: PERF402  # what came before an error counts
    except Exception as error:  # noqa: BLE001  # whatever a poison timer does, those before it are answered
        return said, error
    return said, None


def _cause(said: Reaction | Unanswered) -> str:
    return said.cause.id if said.cause else UNCAUSED
