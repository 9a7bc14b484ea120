"""Work that nobody does: a ticket whose agent has done nothing about it for the regulation's working time (R0-22)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush, heapreplace
from typing import NamedTuple

from regulation.calendar import Calendar
from regulation.duration import DayMode, parse_target
from regulation.timeline import WorkingTimeError


class Patience(NamedTuple):
    """How long an agent may leave a ticket alone: working time as written, by its channel's coverage."""

    written: str
    calendar: Calendar

    def at_least(self) -> timedelta:
        """Less can never be over: working time passes no faster than any other."""
        return parse_target(self.written, "8h", DayMode.hours).work()

    def over(self, since: datetime) -> datetime | None:
        """When it is over, None if never."""
        try:
            return parse_target(self.written, "8h", DayMode.hours).due(self.calendar, since)
        except WorkingTimeError:
            return None


Ask = Callable[[str], tuple[datetime, Patience] | None]
"""When an agent last did something about this ticket, and how long he may leave it alone; None: it may be."""


class Watch:
    """When tickets will have been left alone for too long.

    What agents do moves nothing here: a moment that comes up is looked at anew, and most tickets are done before.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._heap: list[tuple[datetime, str, datetime]] = []
        self._watched: set[str] = set()

    def begin(self, ticket: str) -> None:
        """Look after it from now on, if it is not looked after already."""
        if ticket not in self._watched and (asked := self._ask(ticket)):
            since, patience = asked
            self._watched.add(ticket)
            heappush(self._heap, (since + patience.at_least(), ticket, datetime.min.replace(tzinfo=since.tzinfo)))

    def next(self) -> datetime | None:
        """When the first one will have been left alone for too long (UTC)."""
        while self._heap:
            moment, ticket, since = self._heap[0]
            if self._stands(ticket, since):
                return moment
            self._look_again(ticket)
        return None

    def due(self, now: datetime, most: int) -> list[tuple[datetime, str]]:
        """At most so many that were left alone for too long by `now`, first first; they stay."""
        found: list[tuple[datetime, str, datetime]] = []
        while len(found) < most and (moment := self.next()) and moment <= now:
            found.append(heappop(self._heap))
        for entry in found:
            heappush(self._heap, entry)
        return [(moment, ticket) for moment, ticket, _ in found]

    def _stands(self, ticket: str, since: datetime) -> bool:
        asked = self._ask(ticket)
        return asked is not None and asked[0] == since

    def _look_again(self, ticket: str) -> None:
        """The first entry was about an older state of things."""
        asked = self._ask(ticket)
        moment = asked[1].over(asked[0]) if asked else None
        if asked is None or moment is None:
            heappop(self._heap)
            self._watched.discard(ticket)
        else:
            heapreplace(self._heap, (moment, ticket, asked[0]))
