"""iCalendar files become days off and days with hours of their own; broken ones are refused with the reason."""

from datetime import date, datetime, time

import pytest
import yaml
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.calendar import Calendar, parse_calendar
from regulation.icalendar_days import Exceptions, Wanted, exceptions, pasted
from regulation.icalendar_events import ICalendarError

YEARS = range(2026, 2028)


def file(*events: str, head: str = "") -> bytes:
    parts = [f"BEGIN:VEVENT\nUID:{number}\n{event.strip()}\nEND:VEVENT" for number, event in enumerate(events)]
    text = "\n".join(["BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test", head, *parts, "END:VCALENDAR", ""])
    return text.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def read(*events: str, years: range = YEARS, hours: bool = False, transparent: bool = False) -> Exceptions:
    return exceptions(file(*events), Wanted(years=years, hours=hours, transparent=transparent))


def off(*events: str, years: range = YEARS) -> list[str]:
    return [str(day) for day in read(*events, years=years).holidays]


def test_an_event_of_a_day_is_a_day_off_under_its_name() -> None:
    found = read("DTSTART;VALUE=DATE:20260612\nSUMMARY:День России")

    assert found.holidays == {date(2026, 6, 12): "День России"}
    assert not found.days


def test_an_event_of_many_days_ends_before_its_last_date() -> None:
    assert off("DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260504") == ["2026-05-01", "2026-05-02", "2026-05-03"]
    assert off("DTSTART;VALUE=DATE:20260501\nDURATION:P2D") == ["2026-05-01", "2026-05-02"]
    assert off("DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260501") == ["2026-05-01"]


def test_days_across_new_year_are_cut_to_the_years_asked_for() -> None:
    days = "DTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270103"

    assert off(days, years=range(2027, 2028)) == ["2027-01-01", "2027-01-02"]
    assert off(days, years=range(2026, 2027)) == ["2026-12-30", "2026-12-31"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("RRULE:FREQ=YEARLY", ["2026-11-04", "2027-11-04"]),
        ("RRULE:FREQ=YEARLY;UNTIL=20261231", ["2026-11-04"]),
        ("RRULE:FREQ=YEARLY;UNTIL=20261104T000000Z", ["2026-11-04"]),
        ("RRULE:FREQ=YEARLY;COUNT=3", ["2026-11-04"]),
        ("RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20261104", ["2027-11-04"]),
        ("RDATE;VALUE=DATE:20260105,20270106", ["2026-01-05", "2027-01-06"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", ["2026-11-26", "2027-11-25"]),
    ],
)
def test_what_repeats_is_repeated_within_the_years(rule: str, days: list[str]) -> None:
    assert off(f"DTSTART;VALUE=DATE:20241104\n{rule}") == days


def test_the_29th_of_february_comes_in_leap_years() -> None:
    leap = "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"

    assert off(leap, years=range(2025, 2029)) == ["2028-02-29"]


def test_one_date_of_a_series_may_be_moved_or_cancelled() -> None:
    series = "DTSTART;VALUE=DATE:20250301\nRRULE:FREQ=YEARLY\nUID:s"
    moved = "RECURRENCE-ID;VALUE=DATE:20260301\nDTSTART;VALUE=DATE:20260303\nUID:s"
    cancelled = "RECURRENCE-ID;VALUE=DATE:20270301\nDTSTART;VALUE=DATE:20270301\nSTATUS:CANCELLED\nUID:s"
    content = file(series, moved, cancelled)
    for number in range(3):
        content = content.replace(f"UID:{number}\r\n".encode(), b"")

    assert list(exceptions(content, Wanted(years=YEARS)).holidays) == [date(2026, 3, 3)]


@pytest.mark.parametrize(
    "marks",
    [
        "CATEGORIES:Observance",
        "CATEGORIES:Holiday,Observances",
        "DESCRIPTION:Observance\\nTo hide observances\\, go to the settings",
        "DESCRIPTION:Not a public holiday",
        "TRANSP:TRANSPARENT",
        "TRANSP:TRANSPARENT\nCATEGORIES:Observance\nSTATUS:CONFIRMED",
    ],
)
def test_observances_are_no_days_off(marks: str) -> None:
    """Another help desk stopped its clocks on them."""
    found = read(f"DTSTART;VALUE=DATE:20260401\nSUMMARY:День смеха\n{marks}")

    assert not found.holidays
    assert [name for name, _ in found.left_out] == ["День смеха"]


def test_a_public_holiday_is_a_day_off_even_where_the_file_marks_all_as_free_time() -> None:
    event = "DTSTART;VALUE=DATE:20260612\nSUMMARY:Russia Day\nTRANSP:TRANSPARENT"

    assert off(f"{event}\nDESCRIPTION:Public holiday") == ["2026-06-12"]
    assert list(read(event, transparent=True).holidays) == [date(2026, 6, 12)]
    assert not read(f"{event}\nCATEGORIES:Observance", transparent=True).holidays


def test_two_events_of_one_day_are_one_day_off() -> None:
    two = ("DTSTART;VALUE=DATE:20260501\nSUMMARY:A", "DTSTART;VALUE=DATE:20260501\nSUMMARY:B")

    assert read(*two).holidays == {date(2026, 5, 1): "A, B"}


SHORT = "DTSTART;TZID=Europe/Moscow:20260508T090000\nDTEND;TZID=Europe/Moscow:20260508T130000\nSUMMARY:Короткий день"


def test_events_with_hours_are_left_out_unless_they_are_asked_for() -> None:
    found = read(SHORT)

    assert not found.days
    assert "--hours" in pasted(found)


@pytest.mark.parametrize(
    ("times", "window"),
    [
        ("DTSTART:20260508T060000Z\nDTEND:20260508T100000Z", ("09:00", "13:00")),
        ("DTSTART:20260508T090000\nDTEND:20260508T130000", ("09:00", "13:00")),
        ("DTSTART;TZID=Asia/Yekaterinburg:20260508T110000\nDURATION:PT4H", ("09:00", "13:00")),
        ("DTSTART:20260508T220000\nDTEND:20260509T060000", ("22:00", "06:00")),
        ("DTSTART:20260508T180000\nDTEND:20260509T000000", ("18:00", "24:00")),
        ("DTSTART:20260508T000000\nDTEND:20260509T000000", ("00:00", "24:00")),
    ],
)
def test_hours_are_working_time_in_the_zone_asked_for(times: str, window: tuple[str, str]) -> None:
    found = read(times, hours=True)

    assert {day: [each for each, _ in windows] for day, windows in found.days.items()} == {date(2026, 5, 8): [window]}


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:20260508T100000\nDTEND:20260510T100000",
        "DTSTART:20260508T100000",
        "DTSTART:20260508T100000\nDURATION:P1D",
    ],
)
def test_hours_that_are_no_part_of_a_day_are_left_out_and_told(times: str) -> None:
    found = read(f"{times}\nSUMMARY:Выезд", hours=True)

    assert not found.days
    assert "Выезд" in pasted(found)


def test_a_zone_described_in_the_file_is_understood() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Here\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500"
    head = f"{zone}\nEND:STANDARD\nEND:VTIMEZONE"
    event = "DTSTART;TZID=Here:20260508T110000\nDTEND;TZID=Here:20260508T150000"

    found = exceptions(file(event, head=head), Wanted(years=YEARS, hours=True))

    assert found.days[date(2026, 5, 8)][0][0] == ("09:00", "13:00")


def calendar_of(yaml_text: str) -> Calendar:
    return parse_calendar({"timezone": "Europe/Moscow", "hours": {}} | yaml.safe_load(yaml_text))


def test_what_is_pasted_is_a_calendars_holidays_and_days() -> None:
    found = read("DTSTART;VALUE=DATE:20260612\nSUMMARY:День России", SHORT, hours=True)

    text = pasted(found)

    assert calendar_of(text).holidays == {date(2026, 6, 12)}
    assert calendar_of(text).windows(date(2026, 5, 8)) == (("09:00", "13:00"),)
    assert "# День России" in text


def test_nothing_found_pastes_as_nothing() -> None:
    assert calendar_of(pasted(read("DTSTART;VALUE=DATE:20200101"))).holidays == frozenset()


def test_a_name_cannot_become_anything_but_a_comment() -> None:
    text = pasted(read("DTSTART;VALUE=DATE:20260612\nSUMMARY:a\\nevil: [1]\u2028more: 2\x85x: 3"))

    assert set(yaml.safe_load(text)) == {"holidays", "days"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no whole event"),
        (b"hello", "no iCalendar file"),
        (b"\xff\xfe\x00B", "UTF-8"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n", "no whole event"),
        (file(), "no whole event"),
        (file("SUMMARY:Праздник"), 'event 1 \\("Праздник"\\).*DTSTART'),
        (file("DTSTART;VALUE=DATE:2026\nSUMMARY:Праздник"), 'event 1 \\("Праздник"\\).*DTSTART'),
        (file("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=NOPE"), "RRULE"),
        (file("DTSTART;VALUE=DATE:20260101\nRRULE:COUNT=2"), "event 1.*by days"),
        *(
            (file(f"DTSTART:20260101T000000Z\nRRULE:FREQ={rule}"), says)
            for rule, says in [
                ("SECONDLY", "by days, weeks"),
                ("MINUTELY", "by days, weeks"),
                ("HOURLY;INTERVAL=12", "by days, weeks"),
                ("DAILY;INTERVAL=0", "event 1.*INTERVAL=0 needs INTERVAL from 1"),
                ("YEARLY;INTERVAL=-1", "needs INTERVAL from 1"),
                ("DAILY;COUNT=0", "needs COUNT from 1"),
                ("DAILY;COUNT=1000000", "needs COUNT from 1"),
                ("DAILY;BYMONTH=2;BYMONTHDAY=31", "asks for a day that never comes"),
                ("DAILY;INTERVAL=7;BYDAY=MO", "asks for a day that never comes"),
                ("YEARLY;BYDAY=MO;BYSETPOS=366", "asks for a day that never comes"),
                ("DAILY;BYHOUR=9,18", "may not say BYHOUR"),
                ("YEARLY;BYEASTER=0", "may not say BYEASTER"),
                (f"YEARLY;BYYEARDAY={','.join(map(str, range(1, 55)))}", "more than 53 values"),
            ]
        ),
        (file("DTSTART:00010101T090000Z\nRRULE:FREQ=DAILY"), "DTSTART on: write one between 1900 and 2199"),
        (file("DTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20220101\nRRULE:FREQ=DAILY"), "longer than a year"),
        (file("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260101"), "ends before it begins"),
        (file("DTSTART;TZID=Mars/Olympus:20260101T100000\nDURATION:PT1H"), "time zone"),
        (file("DTSTART;VALUE=DATE:20260101\nDTSTART;VALUE=DATE:20260102"), "event 1"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(content: bytes, says: str) -> None:
    with pytest.raises(ICalendarError, match=says):
        exceptions(content, Wanted(years=YEARS))


def described(rule: str, offset: str = "+0500", since: str = "19700101") -> str:
    """A time zone whose clocks are changed by this rule, to what they were."""
    offsets = f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}"
    change = f"BEGIN:STANDARD\nDTSTART:{since}T000000\n{offsets}\n{rule}\nEND:STANDARD"
    return f"BEGIN:VTIMEZONE\nTZID:Here\n{change}\nEND:VTIMEZONE"


HERE = "DTSTART;TZID=Here:20260508T110000\nDTEND;TZID=Here:20260508T150000"


@pytest.mark.parametrize("rule", ["FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10;UNTIL=20301031T000000Z"])
def test_a_zone_may_change_its_clocks_every_year(rule: str) -> None:
    found = exceptions(file(HERE, head=described(f"RRULE:{rule}", since="16010101")), Wanted(years=YEARS, hours=True))

    assert found.days[date(2026, 5, 8)][0][0] == ("09:00", "13:00")


@pytest.mark.parametrize(
    ("rule", "since"),
    [
        ("FREQ=DAILY;INTERVAL=0", "19700101"),
        ("FREQ=YEARLY;INTERVAL=0", "19700101"),
        ("FREQ=MINUTELY", "19700101"),
        ("FREQ=DAILY", "19700101"),
        ("FREQ=YEARLY;BYMONTH=10;BYHOUR=1,2", "19700101"),
        ("FREQ=YEARLY;BYMONTH=1,2,3;BYDAY=MO", "19700101"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "19700101"),
        ("FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "00010101"),
    ],
)
def test_a_zone_whose_clocks_change_without_end_is_refused(rule: str, since: str) -> None:
    with pytest.raises(ICalendarError, match="VTIMEZONE"):
        exceptions(file(HERE, head=described(f"RRULE:{rule}", since=since)), Wanted(years=YEARS, hours=True))


def test_a_zone_means_what_its_own_file_says() -> None:
    hours = [
        exceptions(file(HERE, head=described("", offset)), Wanted(years=YEARS, hours=True)).days[date(2026, 5, 8)][0][0]
        for offset in ("+0500", "+0400")
    ]

    assert hours == [("09:00", "13:00"), ("10:00", "14:00")]


RULES = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.sampled_from([1, 5]),
        "COUNT": st.integers(1, 400),
        "WKST": st.sampled_from(["MO", "SU"]),
        "BYDAY": st.sampled_from(["MO", "TU,SA", "SU"]),
        "BYMONTH": st.sampled_from(["5", "1,2,12"]),
        "BYMONTHDAY": st.sampled_from(["1,15", "-1", "29,30,31", "7"]),
    },
)


@settings(deadline=None)
@given(rule=RULES, first=st.dates(date(1999, 1, 1), date(2028, 12, 31)))
def test_a_rule_means_what_it_means_when_it_is_followed_day_by_day(rule: dict[str, object], first: date) -> None:
    """However it is made short to follow."""
    written = ";".join(f"{name}={value}" for name, value in rule.items())
    begins, since, until = (datetime.combine(day, time()) for day in (first, date(2026, 1, 1), date(2027, 12, 31)))
    follow = rrulestr(written, dtstart=begins).between(since, until, inc=True)
    expected = {each.date() for each in [*follow, begins] if each.year in YEARS}

    assert set(read(f"DTSTART;VALUE=DATE:{first:%Y%m%d}\nRRULE:{written}").holidays) == expected


WHOLE = file(
    "DTSTART;VALUE=DATE:20250301\nRRULE:FREQ=YEARLY;UNTIL=20301231\nEXDATE;VALUE=DATE:20260301\nSUMMARY:A",
    "DTSTART;TZID=Europe/Moscow:20260508T090000\nDURATION:PT4H\nCATEGORIES:x,y\nDESCRIPTION:z",
    "RECURRENCE-ID;VALUE=DATE:20260301\nDTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260304\nTRANSP:OPAQUE",
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 12), st.binary(max_size=4)), min_size=1, max_size=3)
)
def test_any_damage_is_either_read_over_or_refused(damages: list[tuple[int, int, bytes]]) -> None:
    content = WHOLE
    for at, length, instead in damages:
        content = content[:at] + instead + content[at + length :]
    try:
        text = pasted(exceptions(content, Wanted(years=YEARS, hours=True)))
    except ICalendarError:
        return

    assert set(yaml.safe_load(text)) == {"holidays", "days"}
