"""The vectors of requirements.md §1.7, both tables, every cell."""

from datetime import UTC, datetime, timedelta

import pytest
from regulation.calendar import Calendar, Windows
from regulation.duration import DayMode, parse_target
from regulation.worktime import due

FULL: Windows = (("09:00", "13:00"), ("14:00", "18:00"))
WEEK = Calendar(timezone="Europe/Moscow", hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), FULL))
FRIDAY, SATURDAY, MONDAY = (datetime(2026, 2, day, tzinfo=UTC).date() for day in (13, 14, 16))
ODD_WEEK = Calendar(
    timezone="Europe/Moscow",
    hours=WEEK.hours,
    holidays=frozenset({MONDAY}),
    days={FRIDAY: (("09:00", "13:00"), ("14:00", "17:00")), SATURDAY: FULL},
)
DAYS = {"Thu": 12, "Fri": 13, "Sat": 14, "Sun": 15}
LATER = {"Thu": 19, "Fri": 13, "Sat": 14, "Mon": 16, "Tue": 17, "Wed": 18}
COLUMNS = ("15 мин", "1 час", "4 часа", "1 день", "D 1 день", "2 дня", "24 часа")
PLAIN = """
Thu 16:00 | Thu 16:15 | Thu 17:00 | Fri 11:00 | Fri 16:00 | Fri 16:00 | Mon 16:00 | Tue 16:00
Thu 17:50 | Fri 09:05 | Fri 09:50 | Fri 12:50 | Fri 17:50 | Fri 17:50 | Mon 17:50 | Tue 17:50
Fri 17:30 | Fri 17:45 | Mon 09:30 | Mon 12:30 | Mon 17:30 | Mon 17:30 | Tue 17:30 | Wed 17:30
Sat 12:00 | Mon 09:15 | Mon 10:00 | Mon 13:00 | Mon 18:00 | Tue 09:00 | Tue 18:00 | Wed 18:00
"""
ODD_COLUMNS = ("1 час", "4 часа", "1 день", "D 1 день", "2 дня", "D 2 дня")
ODD = """
Thu 16:00 | Thu 17:00 | Fri 11:00 | Fri 16:00 | Fri 16:00 | Sat 17:00 | Sat 16:00
Thu 17:50 | Fri 09:50 | Fri 12:50 | Sat 09:50 | Fri 17:00 | Tue 09:50 | Sat 17:50
Fri 17:30 | Sat 10:00 | Sat 13:00 | Sat 18:00 | Tue 09:00 | Tue 18:00 | Wed 09:00
Sun 12:00 | Tue 10:00 | Tue 13:00 | Tue 18:00 | Wed 09:00 | Wed 18:00 | Thu 09:00
"""


def cells(table: str, columns: tuple[str, ...]) -> list[tuple[str, str, str]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [(row[0], *pair) for row in rows for pair in zip(columns, row[1:], strict=True)]


def moment(text: str, day: int, calendar: Calendar) -> datetime:
    hour, minute = map(int, text[4:].split(":"))
    return datetime(2026, 2, day, hour, minute, tzinfo=calendar.zone)


def deadline(calendar: Calendar, start: str, target: str) -> datetime:
    mode = DayMode.d_plus_n if target.startswith("D ") else DayMode.hours
    since = moment(start, DAYS[start[:3]], calendar)
    return parse_target(target.removeprefix("D "), "8h", mode).due(calendar, since)


def expected(calendar: Calendar, start: str, end: str) -> datetime:
    day = DAYS["Thu"] if start[:3] == end[:3] == "Thu" else LATER[end[:3]]
    return moment(end, day, calendar)


@pytest.mark.parametrize(("start", "target", "end"), cells(PLAIN, COLUMNS))
def test_a_plain_week_gives_the_deadlines_of_the_table(start: str, target: str, end: str) -> None:
    assert deadline(WEEK, start, target) == expected(WEEK, start, end)


@pytest.mark.parametrize(("start", "target", "end"), cells(ODD, ODD_COLUMNS))
def test_a_week_of_exceptions_gives_the_deadlines_of_the_table(start: str, target: str, end: str) -> None:
    assert deadline(ODD_WEEK, start, target) == expected(ODD_WEEK, start, end)


def test_both_tables_are_whole() -> None:
    assert len(cells(PLAIN, COLUMNS)) == 28
    assert len(cells(ODD, ODD_COLUMNS)) == 24


def test_a_budget_of_days_is_what_lies_before_its_deadline() -> None:
    since = moment("Thu 16:00", 12, ODD_WEEK)
    target = parse_target("2 дня", "8h", DayMode.d_plus_n)

    assert target.budget(ODD_WEEK, since) == timedelta(hours=15)
    assert due(ODD_WEEK, since, target.budget(ODD_WEEK, since)) == target.due(ODD_WEEK, since)
    assert target.work() == timedelta(hours=16)


NIGHTS = Calendar(timezone="Europe/Moscow", hours={"mon": (("22:00", "06:00"),), "thu": (("22:00", "03:00"),)})


def test_days_of_night_shifts_are_counted_from_the_day_on_which_they_began() -> None:
    day = parse_target("1 день", "8h", DayMode.d_plus_n)
    tuesday_two, tuesday_five = (datetime(2026, 2, 17, hour, tzinfo=NIGHTS.zone) for hour in (2, 5))

    assert day.due(NIGHTS, tuesday_two) == datetime(2026, 2, 20, 2, tzinfo=NIGHTS.zone)
    assert day.due(NIGHTS, tuesday_five) == datetime(2026, 2, 20, 3, tzinfo=NIGHTS.zone)


def test_days_that_meet_a_lunch_move_to_its_end() -> None:
    calendar = Calendar(timezone="Europe/Moscow", hours={"mon": (("09:00", "18:00"),), "tue": FULL})
    monday = datetime(2026, 2, 16, 13, 30, tzinfo=calendar.zone)

    ends = parse_target("1 день", "8h", DayMode.d_plus_n).due(calendar, monday)

    assert ends == datetime(2026, 2, 17, 14, tzinfo=calendar.zone)
