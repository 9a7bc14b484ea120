"""Working stretches of a calendar as sorted instants with running totals, a year at a time."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import accumulate, chain
from operator import sub
from typing import Final

Stretch = tuple[int, int]
"""Opening and closing as UTC epoch seconds; the opening instant belongs to it, the closing instant does not."""

TEN_YEARS: Final = 3653 * 86_400
EDGE: Final = 2 * 86_400  # zones are up to 14 h from UTC, and a night shift ends a day later
CENTURY_OF_YEARS: Final = 100
CENTURY: Final = 36_525 * 86_400
NEVER_OPENS: Final = "nothing opens within ten years: give the calendar working hours"
TOO_LONG: Final = "this takes longer than a hundred years: ask for less"
FIRST_YEAR, LAST_YEAR = 1900, 2900


class WorkingTimeError(ValueError):
    """Working time that does not exist was asked for; the message says why."""


class Timeline:
    """The merged working stretches of the years `first` to `last`, right for instants in `[since, until)`."""

    __slots__ = ("before", "closes", "first", "last", "opens", "shift", "since", "until")

    def __init__(self, first: int, last: int, stretches: Iterable[Stretch]) -> None:
        known = list(merged(stretches))
        self.first, self.last = first, last
        self.since, self.until = _new_year(first) + EDGE, _new_year(last + 1) - EDGE
        self.opens = [opens for opens, _ in known]
        self.closes = [closes for _, closes in known]
        self.before = list(accumulate((closes - opens for opens, closes in known), initial=0))
        self.shift: list[int] = list(map(sub, self.opens, self.before))

    def worked(self, at: int) -> int:
        """Seconds worked from the first opening known until `at`."""
        index = bisect_right(self.opens, at)
        if index and at < self.closes[index - 1]:
            return at - self.shift[index - 1]
        return self.before[index]

    def done(self, at: int, work: int) -> int | None:
        """When `work` seconds, more than none, from `at` on are done; None when that is further than is known."""
        index = bisect_right(self.opens, at)
        before = self.before
        open_now = index and at < self.closes[index - 1]
        total = work + (at - self.shift[index - 1] if open_now else before[index])
        return None if total > before[-1] else total + self.shift[bisect_left(before, total, index) - 1]

    def following(self, at: int) -> Iterator[Stretch]:
        """Stretches that close after `at`, the first of them cut to begin no earlier."""
        for index in range(bisect_right(self.closes, at), len(self.opens)):
            yield max(at, self.opens[index]), self.closes[index]

    def check_reach(self, at: int, end: int) -> None:
        """Refuse an answer across ten years without work or a century, whatever happens to be known."""
        if end - at > CENTURY:
            raise WorkingTimeError(TOO_LONG)
        done = at
        for opens, closes in self.following(at):
            if opens - done > TEN_YEARS:
                raise WorkingTimeError(NEVER_OPENS)
            if closes >= end:
                return
            done = closes


class Timelines:
    """The timeline of one calendar, widened when somebody asks further away."""

    def __init__(self, stretches_of: Callable[[int], Iterable[Stretch]]) -> None:
        self._stretches_of = stretches_of
        self._years: dict[int, list[Stretch]] = {}
        self._held = Timeline(1, 1, ())  # too far from any question to be widened into its answer

    def around(self, at: int) -> Timeline:
        """A timeline that is right at `at` and for some time after it."""
        held = self._held
        return held if held.since <= at < held.until else self.over(at, at)

    def over(self, since: int, until: int) -> Timeline:
        """A timeline that is right from `since` to `until`; WorkingTimeError when they are a century apart."""
        if until - since > CENTURY:
            raise WorkingTimeError(TOO_LONG)
        held = self._held
        return held if held.since <= since and until < held.until else self._widened(_year(since), _year(until))

    def beyond(self, known: Timeline, at: int) -> Timeline:
        """A longer timeline; WorkingTimeError when nothing opens within ten years after `at`."""
        if known.until - max([at, *known.closes[-1:]]) > TEN_YEARS:
            raise WorkingTimeError(NEVER_OPENS)
        latest = _year(at) + CENTURY_OF_YEARS
        if known.last > latest:
            raise WorkingTimeError(TOO_LONG)
        return self._widened(_year(at), min(latest, known.last + (known.last - known.first) // 2))

    def _widened(self, first: int, last: int) -> Timeline:
        """The years from the one before `first` to the one after `last`, with those held already if they are near."""
        low, high = first - 1, last + 1
        if max(high, self._held.last) - min(low, self._held.first) <= 4 * CENTURY_OF_YEARS:
            low, high = min(low, self._held.first), max(high, self._held.last)
        self._held = Timeline(low, high, chain.from_iterable(map(self._of, range(low, high + 1))))
        return self._held

    def _of(self, year: int) -> list[Stretch]:
        if year not in self._years:
            self._years[year] = list(self._stretches_of(year))
        return self._years[year]


def merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Overlapping and touching stretches as one; empty ones, which a clock change can make, are dropped."""
    held: Stretch | None = None
    for opens, closes in sorted(stretches):
        if held and opens <= held[1]:
            held = held[0], max(held[1], closes)
        elif opens < closes:
            if held:
                yield held
            held = opens, closes
    if held:
        yield held


def _new_year(year: int) -> int:
    return (date(year, 1, 1) - date(1970, 1, 1)).days * 86_400


def _year(at: int) -> int:
    year = datetime.fromtimestamp(at, UTC).year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise WorkingTimeError(f"write a time between the years {FIRST_YEAR} and {LAST_YEAR}, not in {year}")
    return year
