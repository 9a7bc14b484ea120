"""Deadlines computed per CPU second: the interval algebra against a bare bisect, and against pandas."""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

import pandas as pd
from pandas.tseries.offsets import CustomBusinessHour
from regulation.calendar import WEEKDAYS, Calendar
from regulation.worktime import Slice, between, due, next_opening, stretches

from tests.bench.arena import Arena
from tests.bench.figures import Figure

RUNS = 5
QUESTIONS = 60_000
FOR_PANDAS = 300
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 300 * 86_400
LONGEST = 160
"""Working hours of the longest target: 20 days, as for a vendor."""
OFFICE = Calendar(
    timezone="Europe/Moscow",
    hours=dict.fromkeys(WEEKDAYS[:5], (("09:00", "13:00"), ("14:00", "18:00"))),
    holidays=frozenset({date(2026, 7, 28), date(2026, 8, 12)}),
    production_calendar="RU",
)
Question = tuple[datetime, timedelta, Sequence[Slice]]
Answer = Callable[[datetime, timedelta, Sequence[Slice]], object]


def run(_: Arena) -> list[Figure]:
    """Plain deadlines, deadlines with pauses, spans; every answer is compared before it is timed."""
    chance, bare = Random(1), Bare(OFFICE)
    plain = [_asked(chance, 0) for _ in range(QUESTIONS)]
    paused = [_asked(chance, chance.randrange(1, 4)) for _ in range(QUESTIONS)]
    _agree(bare, plain + paused)
    return [
        _against("a deadline, holidays included", plain, _ours, bare.due),
        _against("a deadline, one to three pauses and holidays included", paused, _ours, bare.due),
        _against("a span, one to three pauses and holidays included", paused, _our_span, bare.span),
        _against_pandas(chance),
    ]


def _asked(chance: Random, pauses: int) -> Question:
    since = YEAR + chance.randrange(SPAN // 60) * MINUTE
    at, rests = since, []
    for _ in range(pauses):
        begins = at + chance.randrange(1, 3000) * MINUTE
        at = begins + chance.randrange(1, 3000) * MINUTE
        rests.append((begins, at))
    return since, chance.randrange(1, LONGEST * 60) * MINUTE, rests


def _ours(since: datetime, work: timedelta, pauses: Sequence[Slice]) -> datetime:
    return due(OFFICE, since, work, pauses)


def _our_span(since: datetime, work: timedelta, pauses: Sequence[Slice]) -> timedelta:
    return between(OFFICE, since, since + work, pauses)


class Bare:
    """What one writes first: openings as aware datetimes, cumulative working minutes, two bisects. Minutes only."""

    def __init__(self, calendar: Calendar) -> None:
        found = stretches(calendar, YEAR - 30 * DAY, YEAR + 900 * DAY)
        self.opens = [opens for opens, _ in found]
        self.lasts = [(closes - opens) // MINUTE for opens, closes in found]
        self.after = list(accumulate(self.lasts))

    def due(self, since: datetime, work: timedelta, pauses: Sequence[Slice]) -> datetime:
        """Each pause that begins before the work is done moves its rest behind the pause."""
        need = work // MINUTE
        for begins, ends in pauses:
            done = self.worked(begins) - self.worked(since)
            if need <= done:
                break
            need, since = need - done, ends
        total = self.worked(since) + need
        index = bisect_left(self.after, total)
        return self.opens[index] + (total - self.after[index] + self.lasts[index]) * MINUTE

    def span(self, since: datetime, work: timedelta, pauses: Sequence[Slice]) -> timedelta:
        """The working time of the whole less that of each pause."""
        until = since + work
        total = self.worked(until) - self.worked(since)
        for begins, ends in pauses:
            if begins < until:
                total -= self.worked(min(ends, until)) - self.worked(begins)
        return total * MINUTE

    def worked(self, at: datetime) -> int:
        """Minutes from the first opening known until then."""
        index = bisect_right(self.opens, at) - 1
        return self.after[index] - self.lasts[index] + min(self.lasts[index], (at - self.opens[index]) // MINUTE)


def _agree(bare: Bare, asked: Sequence[Question]) -> None:
    assert [_ours(*each) for each in asked] == [bare.due(*each) for each in asked]
    assert [_our_span(*each) for each in asked] == [bare.span(*each) for each in asked]


def _against(what: str, asked: Sequence[Question], ours: Answer, ceiling: Answer) -> Figure:
    pairs = [(_a_second(ours, asked), _a_second(ceiling, asked)) for _ in range(RUNS)]
    found, most = zip(*pairs, strict=True)
    return Figure(what=what, unit="/CPU s", ours=found, ceiling=most, aim=0.4)


def _a_second(answer: Answer, asked: Sequence[Question]) -> float:
    before = time.process_time()
    for since, work, pauses in asked:
        answer(since, work, pauses)
    return len(asked) / (time.process_time() - before)


def _against_pandas(chance: Random) -> Figure:
    """Whole hours in a calendar without short days and working Saturdays, which is all that pandas takes."""
    days = (date(2025, 12, 1) + number * DAY for number in range(900))
    free = frozenset(day for day in days if not OFFICE.windows(day))
    office = Calendar(timezone=OFFICE.timezone, hours=OFFICE.hours, holidays=free)
    hour = CustomBusinessHour(start=["09:00", "14:00"], end=["13:00", "18:00"], holidays=sorted(free))

    def ours(since: datetime, work: timedelta, _: Sequence[Slice]) -> datetime:
        return due(office, since, work)

    def theirs(since: datetime, work: timedelta, _: Sequence[Slice]) -> datetime:
        found: datetime = pd.Timestamp(since).tz_convert(office.timezone) + hour * (work // HOUR)
        return found

    asked = [_whole_hours(chance) for _ in range(FOR_PANDAS)]
    assert [next_opening(office, ours(*each)) for each in asked] == [theirs(*each) for each in asked]
    found, most = [_a_second(ours, asked * 20) for _ in range(RUNS)], [_a_second(theirs, asked) for _ in range(RUNS)]
    what = "a deadline in whole hours, against pandas CustomBusinessHour"
    return Figure(what=what, unit="/CPU s", ours=found, ceiling=most, aim=40)


def _whole_hours(chance: Random) -> Question:
    return YEAR + chance.randrange(SPAN // 60) * MINUTE, chance.randrange(1, LONGEST) * HOUR, ()
