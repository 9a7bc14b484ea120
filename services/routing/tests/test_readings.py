"""Rosters as people keep them become shifts, or a list of what is wrong with which row (R0-20)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing.domain.roster import Shift
from routing.readings.finding import Fault, Finding
from routing.readings.icalendar import Reach, read_calendar
from routing.readings.names import Names
from routing.readings.table import read_table

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
NAMES = Names(
    [
        ("anna", "Анна Семёнова", "anna@example.ru"),
        ("boris", "Борис Ветров", "boris@example.ru"),
        ("vera", "Вера Ким", ""),
        ("vera2", "Вера Ким", ""),
    ]
)
REACH = Reach(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 23, tzinfo=UTC), MOSCOW)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def table(*rows: str, zone: ZoneInfo = MOSCOW, encoding: str = "utf-8") -> Finding:
    return read_table("\r\n".join(rows).encode(encoding), NAMES, zone)


def one(*rows: str, zone: ZoneInfo = MOSCOW) -> Shift:
    found = table(*rows, zone=zone)
    assert found.faults == ()
    (shift,) = found.shifts
    return shift


DAY = Shift(at(2, 6), at(2, 15), "anna")
SAME = [
    ("agent,start,end", "anna,2026-03-02 09:00,2026-03-02 18:00"),
    ("agent;start;end", "anna;2026-03-02T09:00:00;18:00"),
    ("Agent;From;To;Note", "ANNA;02.03.2026 9:00;02.03.2026 18:00;first week"),
    ("сотрудник;дата;с;до", "Анна Семенова;02.03.2026;09:00;18:00"),
    ("Дата\tНачало\tОкончание\tПочта", "2.3.26\t9:00\t18:00\tAnna@example.ru"),
    ("agent,start,end,zone", "anna,2026-03-02 10:00,2026-03-02 19:00,Europe/Samara"),
    ("agent,start,end", "anna,2026-03-02T06:00Z,2026-03-02T18:00+03:00"),
    ("", "agent,start,end", "", '"anna","2026-03-02, 09:00","18:00"', ",,"),
]


@pytest.mark.parametrize("rows", SAME, ids=lambda rows: rows[0])
def test_a_shift_is_written_in_many_ways(rows: tuple[str, ...]) -> None:
    assert one(*rows) == DAY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_table_is_read_however_a_spreadsheet_saved_it(encoding: str) -> None:
    rows = ("агент;начало;конец", "Борис Ветров;02.03.2026 09:00;18:00")

    assert table(*rows, encoding=encoding).shifts == {DAY._replace(agent="boris")}


def test_a_shift_over_midnight_ends_on_the_next_day() -> None:
    assert one("agent,date,from,to", "anna,2026-03-02,21:00,09:00") == Shift(at(2, 18), at(3, 6), "anna")
    assert one("agent,date,from,to", "anna,2026-03-02,09:00,24:00").ends == at(2, 21)
    assert one("agent,date,from,to", "anna,2026-03-02,18:00,00:00").ends == at(2, 21)
    assert one("agent,date,from,to", "anna,2026-03-02,09:00,09:00").ends == at(3, 6)


def test_a_night_in_which_clocks_change_has_its_real_length() -> None:
    spring = one("agent,date,from,to", "anna,2026-03-28,22:00,06:00", zone=BERLIN)
    autumn = one("agent,date,from,to", "anna,2026-10-24,22:00,06:00", zone=BERLIN)

    assert [(each.ends - each.starts).total_seconds() / 3600 for each in (spring, autumn)] == [7, 9]


def test_a_time_that_is_skipped_is_the_first_after_it_and_one_that_comes_twice_the_first() -> None:
    skipped = one("agent,date,from,to", "anna,2026-03-29,02:30,06:00", zone=BERLIN)
    twice = one("agent,date,from,to", "anna,2026-10-25,02:30,06:00", zone=BERLIN)

    assert (skipped.starts, twice.starts) == (at(29, 1), at(25, 0, 30, month=10))


WRONG = [
    ("anna,2026-03-02 09:00,", "ends", "the end is missing"),
    ("anna,2026-03-02 09:00", "ends", "the end is missing"),
    ("anna,tomorrow,18:00", "", "write a time like"),
    ("anna,09:00,18:00", "", "needs a date"),
    ("anna,2026-03-02 25:00,18:00", "", "no such time of day"),
    ("anna,2026-02-30 09:00,18:00", "", "no such date"),
    ("anna,1026-03-02 09:00,18:00", "", "write a year"),
    ("anna,2026-03-02 09:00,2026-03-02 08:00", "ends", "ends after it starts"),
    ("anna,2026-03-02 09:00,2026-03-05 08:00", "ends", "48 hours"),
    ("Вера Ким,2026-03-02 09:00,18:00", "agent", "vera, vera2"),
    ("Глеб Никто,2026-03-02 09:00,18:00", "agent", "no agent is called so"),
]


@pytest.mark.parametrize(("row", "column", "advice"), WRONG, ids=lambda each: str(each)[:30])
def test_a_wrong_row_is_named_with_what_to_write(row: str, column: str, advice: str) -> None:
    found = table("agent,start,end", "anna,2026-03-02 09:00,18:00", row)

    ((number, detail, where),) = found.faults
    assert (number, where) == (3, column)
    assert advice in detail


def test_an_unknown_zone_is_named() -> None:
    (fault,) = table("agent,start,end,zone", "anna,2026-03-02 09:00,18:00,../etc").faults

    assert "Europe/Moscow" in fault.detail


def test_an_id_that_nobody_has_yet_is_planned_with() -> None:
    assert one("agent,start,end", "newcomer,2026-03-02 09:00,18:00").agent == "newcomer"


@pytest.mark.parametrize(
    "rows", [(), ("",), ("who,when",), ("agent,start,end", '"anna,2026'), ("agent,start,end", *["a,b,c"] * 5001)]
)
def test_what_is_no_roster_is_refused_with_its_row(rows: tuple[str, ...]) -> None:
    found = table(*rows)

    assert found.faults[-1].row >= 1
    assert found.shifts == frozenset()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_an_answer(content: bytes) -> None:
    assert read_table(content, NAMES, MOSCOW).faults
    assert read_table(b"agent,start,end\n" + content, NAMES, MOSCOW).shifts == frozenset()
    assert read_calendar(content, NAMES, REACH).faults


def calendar(*events: str, reach: Reach = REACH) -> Finding:
    parts = [f"BEGIN:VEVENT\nUID:{number}\n{event.strip()}\nEND:VEVENT" for number, event in enumerate(events)]
    text = "\n".join(["BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test", *parts, "END:VCALENDAR", ""])
    return read_calendar(text.replace("\n", "\r\n").encode(), NAMES, reach)


def times(hours: str = "090000/180000", zone: str = ";TZID=Europe/Moscow") -> str:
    begins, _, ends = hours.partition("/")
    return f"DTSTART{zone}:20260302T{begins}\nDTEND{zone}:20260302T{ends}\n"


@pytest.mark.parametrize("title", ["anna", "Анна Семёнова", "Анна Семенова: дневная смена", "Anna — day", "anna (1)"])
def test_an_events_title_names_who_is_on_shift(title: str) -> None:
    assert calendar(times() + f"SUMMARY:{title}").shifts == {DAY}


def test_everybody_who_takes_part_is_on_shift() -> None:
    found = calendar(
        times()
        + "SUMMARY:Смена\nATTENDEE;CN=Anna:mailto:anna@example.ru\nATTENDEE;CN=Борис Ветров:mailto:b@example.com\n"
        + "ATTENDEE;PARTSTAT=DECLINED:mailto:vera@example.ru\nATTENDEE;CUTYPE=ROOM:mailto:room@example.ru"
    )

    assert found.shifts == {DAY, DAY._replace(agent="boris")}


def test_times_without_a_zone_are_in_the_zone_asked_for() -> None:
    assert calendar(times(zone="") + "SUMMARY:anna").shifts == {DAY}
    (berlin,) = calendar(times(zone="") + "SUMMARY:anna", reach=REACH._replace(zone=BERLIN)).shifts
    assert berlin.starts == at(2, 8)


def test_a_repeated_event_is_planned_within_reach_without_its_exceptions() -> None:
    found = calendar(times() + "SUMMARY:anna\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\nEXDATE;TZID=Europe/Moscow:20260304T090000")

    assert sorted(shift.starts.day for shift in found.shifts) == [2, 9, 11, 16, 18]


def test_whole_days_and_free_time_are_left_out_and_named() -> None:
    free = times() + "SUMMARY:anna\nTRANSP:TRANSPARENT"
    found = calendar("DTSTART;VALUE=DATE:20260302\nSUMMARY:Отпуск", free)

    assert (found.shifts, found.faults) == (frozenset(), ())
    assert [each.partition(":")[0] for each in found.left_out] == ["Отпуск", "anna"]


def test_an_event_of_nobody_we_know_is_named_once() -> None:
    (fault,) = calendar(times() + "SUMMARY:Dentist\nRRULE:FREQ=DAILY").faults

    assert fault == Fault(
        1, 'event "Dentist" of 2026-03-02: no agent is called so: write his id, name or e-mail as he is registered'
    )


def test_too_many_repeated_events_are_refused_before_they_are_read() -> None:
    for folded in ("RRULE", "RR\n ULE", "RRU\n\tLE"):
        (fault,) = calendar(*[times() + f"SUMMARY:anna\n{folded}:FREQ=DAILY"] * 101).faults
        assert "split the calendar" in fault.detail


@pytest.mark.parametrize("rule", ["FREQ=DAILY;BYMINUTE=0,1,2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYMONTHDAY=32"])
def test_a_rule_that_cannot_be_followed_is_named(rule: str) -> None:
    (fault,) = calendar(times() + f"SUMMARY:anna\nRRULE:{rule}").faults

    assert 'event 1 ("anna") cannot be read: its RRULE' in fault.detail
