"""Where a deadline would fall if a "день" were the other thing that it may be (A-1), from what its event says."""

from datetime import datetime

from contracts.reasons import Deadline
from msgspec.structs import replace
from regulation.duration import DayMode, Target, Unit
from regulation.timeline import WorkingTimeError

from sla.domain.measuring import gaps
from sla.domain.rules import Rules

OTHER = {DayMode.hours: DayMode.d_plus_n, DayMode.d_plus_n: DayMode.hours}


def otherwise(why: Deadline, started: datetime, rules: Rules) -> datetime | None:
    """The deadline under the other meaning of a day, where that differs; None for what is not written in days.

    Its pauses are the gaps between its slices, so one after the deadline counts under neither meaning.
    """
    written = rules.written(why)
    if written.unit is not Unit.day:
        return None
    hours, pauses = rules.hours(why.calendar), list(gaps(started, why.slices))
    other: Target = replace(written, day_mode=OTHER[written.day_mode])
    try:
        here, there = (each.due(hours, started, pauses) for each in (written, other))
    except WorkingTimeError:
        return None
    return None if here == there else there
