"""Wall time of a zone as an instant, through clock changes."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
fromtimestamp = datetime.fromtimestamp
FIRST_DAY = date(1970, 1, 1)


def steady_midnight(zone: ZoneInfo, day: date) -> int | None:
    """UTC epoch seconds of a local midnight when no clock change is within two days after it, else None.

    A shortcut: wall times of nearly all days then need no look at the zone.
    """
    offset = _midnight_offset(zone, day)
    if offset != _midnight_offset(zone, day + 2 * DAY):
        return None
    return (day - FIRST_DAY).days * 86_400 - offset


@lru_cache(maxsize=4096)
def _midnight_offset(zone: ZoneInfo, day: date) -> int:
    return _offset(datetime(day.year, day.month, day.day, tzinfo=zone))


def instant(zone: ZoneInfo, day: date, minute: int) -> int:
    """UTC epoch seconds of the wall time `minute` minutes after midnight (2880 at most).

    A wall time that occurs twice means its first occurrence, one that a clock change skips the first instant after it.
    """
    later, minute = divmod(minute, 1440)
    bare = (day - FIRST_DAY).days * 86_400 + minute * 60
    if later:
        day, bare = day + later * DAY, bare + later * 86_400
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    before, after = _offset(local), _offset(local.replace(fold=1))
    return bare - before if before >= after else _clock_change(zone, bare - after, bare - before)


def epoch_second(at: datetime) -> int:
    """The second of an aware datetime, its fraction cut off; TypeError for a naive one."""
    return whole_seconds(at - EPOCH)


def moment(second: int) -> datetime:
    """UTC epoch seconds as an aware UTC datetime."""
    return fromtimestamp(second, UTC)


def _clock_change(zone: ZoneInfo, early: int, late: int) -> int:
    """The second at which the offset changes, after `early` and not after `late`."""
    new = _offset(fromtimestamp(late, zone))
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(fromtimestamp(middle, zone)) == new:
            late = middle
        else:
            early = middle
    return late


def whole_seconds(length: timedelta) -> int:
    """A length without its fraction of a second."""
    return length.days * 86_400 + length.seconds


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None
    return whole_seconds(offset)
