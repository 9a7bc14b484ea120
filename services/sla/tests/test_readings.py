"""The readings of requirements.md §1.7 through the door `POST /preview`, instants worked out by hand.

Moscow time; 2026-03-16 to 27 are two plain weeks of 09-13 and 14-18. The number of a reading stands in the test's name.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

Document = dict[str, Any]
Clock = dict[str, Any]
Door = Any
Make = Callable[..., Any]
Step = dict[str, object]
Seen = dict[str, Clock]
Ask = Callable[..., Seen]
MINUTE, HOUR, DAY = 60, 3600, 8 * 3600


def moment(local: str) -> str:
    """`16T10:00` of March 2026, or a whole date with its time."""
    return f"{local if local.startswith('2026') else '2026-03-' + local}:00+03:00"


def step(local: str, event: str, **more: object) -> dict[str, object]:
    return {"at": moment(local), "event": event, **more}


def moscow(utc: str | None) -> str:
    if utc is None:
        return ""
    local = datetime.fromisoformat(utc) + timedelta(hours=3)
    return local.strftime("%dT%H:%M") if local.month == 3 else local.strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def ask(door: Door) -> Ask:
    """The clocks of a ticket opened at the first moment; the latest of each name."""

    def asking(start: str, *steps: Step, until: str = "", regulation: object = "csn", **ticket: str) -> Seen:
        timeline = [step(start, "opened"), *steps]
        body = {"regulation": regulation, "ticket": ticket, "timeline": timeline}
        answer = door.post("/preview", body | ({"as_of": moment(until)} if until else {}))
        assert answer.status_code == 200, answer.text
        return {each["clock"]: each for each in answer.json()["clocks"]}

    return asking


@pytest.fixture(scope="session")
def document(regulation_of: Callable[..., Any], changed_of: Callable[..., Any]) -> Callable[..., Document]:
    """CSN as it would be sent inline, `changed`; with metrics where wanted."""

    def made(*changes: Callable[[Document], object], metrics: bool = False) -> Document:
        base = regulation_of() if metrics else changed_of(lambda _: None)
        written: Document = msgspec.json.decode(base.to_json())
        for change in changes:
            change(written)
        return written

    return made


def dates(document: Document) -> None:
    """A day is a date: D+N."""
    for plan in document["plans"]:
        plan["day_mode"] = "d_plus_n"


def short_week(document: Document) -> None:
    """Friday 20 to 17:00, a working Saturday 21, a holiday on Monday 23."""
    office = document["calendars"]["office"]
    del office["production_calendar"]
    office["holidays"] = ["2026-03-23"]
    office["days"] = {"2026-03-20": [["09:00", "13:00"], ["14:00", "17:00"]], "2026-03-21": office["hours"]["fri"]}


TARGETS: dict[str, dict[str, str]] = {
    "15 мин": {"category": "defect", "priority": "critical", "stage": "level1"},
    "1 час": {"category": "defect", "priority": "normal", "stage": "level1"},
    "4 часа": {"category": "accounting-documents", "priority": "normal", "stage": "level1"},
    "1 день": {"category": "defect", "priority": "critical", "stage": "level3"},
    "2 дня": {"category": "management-question", "priority": "normal", "stage": "level1"},
}
PLAIN = {
    "19T16:00": ("19T16:15", "19T17:00", "20T11:00", "20T16:00", "23T16:00"),
    "19T17:50": ("20T09:05", "20T09:50", "20T12:50", "20T17:50", "23T17:50"),
    "20T17:30": ("20T17:45", "23T09:30", "23T12:30", "23T17:30", "24T17:30"),
    "21T12:00": ("23T09:15", "23T10:00", "23T13:00", "23T18:00", "24T18:00"),
}
PLAIN_DATES = {"19T16:00": "20T16:00", "19T17:50": "20T17:50", "20T17:30": "23T17:30", "21T12:00": "24T09:00"}
SHORT = {
    "19T16:00": ("19T17:00", "20T11:00", "20T16:00", "21T17:00"),
    "19T17:50": ("20T09:50", "20T12:50", "21T09:50", "24T09:50"),
    "20T17:30": ("21T10:00", "21T13:00", "21T18:00", "24T18:00"),
    "22T12:00": ("24T10:00", "24T13:00", "24T18:00", "25T18:00"),
}
SHORT_DATES = {
    "19T16:00": ("20T16:00", "21T16:00"),
    "19T17:50": ("20T17:00", "21T17:50"),
    "20T17:30": ("24T09:00", "25T09:00"),
    "22T12:00": ("25T09:00", "26T09:00"),
}


def only(seen: dict[str, Clock]) -> Clock:
    [clock] = seen.values()
    return clock


@pytest.mark.parametrize("start", PLAIN)
def test_a_1_golden_vectors_of_a_plain_week(ask: Ask, start: str) -> None:
    found = [only(ask(start, **TARGETS[written])) for written in TARGETS]
    assert [each["target"] for each in found] == list(TARGETS)
    assert tuple(moscow(each["due_at"]) for each in found) == PLAIN[start]


@pytest.mark.parametrize("start", PLAIN_DATES)
def test_a_1_golden_vectors_of_dates_in_a_plain_week(ask: Ask, document: Make, start: str) -> None:
    clock = only(ask(start, regulation=document(dates), **TARGETS["1 день"]))
    assert moscow(clock["due_at"]) == PLAIN_DATES[start]


@pytest.mark.parametrize("start", SHORT)
def test_a_1_golden_vectors_of_a_short_week(ask: Ask, document: Make, start: str) -> None:
    written = [each for each in TARGETS if each != "15 мин"]
    found = [only(ask(start, regulation=document(short_week), **TARGETS[each])) for each in written]
    assert tuple(moscow(each["due_at"]) for each in found) == SHORT[start]


@pytest.mark.parametrize("start", SHORT_DATES)
def test_a_1_golden_vectors_of_dates_in_a_short_week(ask: Ask, document: Make, start: str) -> None:
    regulation = document(short_week, dates)
    found = [only(ask(start, regulation=regulation, **TARGETS[each])) for each in ("1 день", "2 дня")]
    assert tuple(moscow(each["due_at"]) for each in found) == SHORT_DATES[start]


@pytest.mark.parametrize("start", SHORT_DATES)
def test_a_1_because_shows_the_other_day_where_it_differs(ask: Ask, document: Make, start: str) -> None:
    both = (document(short_week), document(short_week, dates))
    hours, days = (only(ask(start, regulation=each, **TARGETS["2 дня"])) for each in both)
    assert (hours["because"]["otherwise"], days["because"]["otherwise"]) == (days["due_at"], hours["due_at"])


def test_a_1_an_hour_or_a_day_that_falls_alike_has_no_other_reading(ask: Ask) -> None:
    assert only(ask("19T16:00", **TARGETS["2 дня"]))["because"]["otherwise"] is None
    assert only(ask("21T12:00", **TARGETS["1 час"]))["because"]["otherwise"] is None


def test_a_1_a_pause_puts_off_a_date_by_its_working_time(ask: Ask, document: Make) -> None:
    steps = [step("19T17:00", "waiting"), step("20T10:00", "requester_replied")]
    clock = only(ask("19T16:00", *steps, regulation=document(dates), **TARGETS["1 день"]))
    assert (moscow(clock["due_at"]), clock["paused_seconds"]) == ("20T18:00", 2 * HOUR)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("16T12:30", "16T14:30"),
        ("16T13:00", "16T15:00"),
        ("2026-03-06T17:30", "10T09:30"),
        ("2026-04-30T16:30", "2026-05-04T09:30"),
        ("2026-12-30T17:30", "2027-01-11T09:30"),
    ],
)
def test_a_2_lunch_holidays_and_short_days_are_no_working_time(ask: Ask, start: str, due: str) -> None:
    assert moscow(only(ask(start))["due_at"]) == due


def test_a_3_each_level_s_time_starts_when_the_ticket_enters_it(ask: Ask) -> None:
    seen = ask("16T10:00", step("16T10:40", "escalated"), step("17T09:30", "escalated"))
    assert [moscow(seen[each]["started_at"]) for each in ("level1", "level2", "level3")] == [
        "16T10:00",
        "16T10:40",
        "17T09:30",
    ]
    assert (moscow(seen["level2"]["due_at"]), moscow(seen["level3"]["due_at"])) == ("16T15:40", "24T09:30")


BACK = [
    step("16T09:30", "escalated"),
    step("16T10:00", "escalated"),
    step("18T10:00", "escalated"),
    step("26T12:00", "returned"),
]


def test_a_4_a_return_from_the_vendor_goes_on_with_the_remainder(ask: Ask) -> None:
    third = ask("16T09:00", *BACK)["level3"]
    assert (moscow(third["due_at"]), third["worked_seconds"], third["target_seconds"]) == (
        "31T12:00",
        2 * DAY,
        5 * DAY,
    )


def test_a_4_restart_gives_the_level_its_whole_time_again(ask: Ask, document: Make) -> None:
    def restart(written: Document) -> None:
        next(each for each in written["stages"] if each["id"] == "level3")["on_return"] = "restart"

    third = ask("16T09:00", *BACK, regulation=document(restart))["level3"]
    assert (moscow(third["started_at"]), moscow(third["due_at"])) == ("26T12:00", "2026-04-02T12:00")


def test_a_5_the_vendor_overruns_and_breaches_nothing_while_level_3_is_stopped(ask: Ask) -> None:
    steps = [step(f"02T09:{minute}", "escalated") for minute in ("10", "20", "30")]
    seen = ask("02T09:00", *steps, until="27T09:00", category="defect", priority="critical")
    assert (seen["level4"]["state"], seen["level4"]["overran"], seen["level4"]["owner"]) == ("running", True, "vendor")
    assert (seen["level3"]["state"], seen["level3"]["worked_seconds"]) == ("met", 10 * MINUTE)
    assert moscow(seen["level4"]["due_at"]) == "05T09:30"


@pytest.mark.parametrize(
    ("category", "priority", "target"),
    [
        ("defect", "normal", "1 час"),
        ("defect", "urgent", "30 мин"),
        ("defect", "critical", "15 мин"),
        ("management-question", "normal", "2 дня"),
        ("management-question", "urgent", "4 часа"),
    ],
)
def test_a_6_the_first_level_s_time_is_that_of_the_cell(ask: Ask, category: str, priority: str, target: str) -> None:
    assert only(ask("16T10:00", category=category, priority=priority))["target"] == target


PAUSED = [step("16T10:10", "waiting"), step("16T10:40", "requester_replied")]


def test_a_7_a_new_priority_counts_from_the_clock_s_own_start_with_its_pauses_kept(ask: Ask) -> None:
    [first] = ask("16T10:00", *PAUSED, step("16T10:50", "prioritized", priority="Срочный"),
                  category="accounting-documents").values()  # fmt: skip
    assert (first["target"], moscow(first["due_at"]), first["state"]) == ("1 час", "16T11:30", "running")
    assert (first["because"]["cause"], first["paused_seconds"]) == ("reclassified", 30 * MINUTE)


def test_a_7_a_deadline_that_is_past_now_breaches_at_once(ask: Ask) -> None:
    first = only(ask("16T10:00", step("16T12:00", "prioritized", priority="critical"), category="accounting-documents"))
    assert (first["state"], moscow(first["due_at"])) == ("breached", "16T11:00")


def test_a_7_a_category_changed_while_waiting_counts_when_it_goes_on(ask: Ask) -> None:
    steps = [step("16T10:10", "waiting"), step("16T10:30", "classified", category="accounting-documents")]
    waiting = only(ask("16T10:00", *steps))
    assert (waiting["state"], waiting["due_at"], waiting["target"]) == ("paused", None, "4 часа")
    again = only(ask("16T10:00", *steps, step("16T11:10", "resumed")))
    assert (moscow(again["due_at"]), again["paused_seconds"]) == ("16T16:00", HOUR)


def test_a_7_a_priority_changed_twice_ends_where_it_began(ask: Ask) -> None:
    steps = [step("16T10:10", "prioritized", priority="urgent"), step("16T10:20", "prioritized", priority="normal")]
    assert moscow(only(ask("16T10:00", *steps))["due_at"]) == "16T11:00"


def test_a_7_a_ticket_classified_when_resolved_moves_no_clock(ask: Ask) -> None:
    steps = [step("16T10:30", "resolved"), step("16T12:00", "classified", category="defect", priority="critical")]
    seen = ask("16T10:00", *steps)
    assert (seen["level1"]["state"], seen["auto-close"]["state"], moscow(seen["auto-close"]["due_at"])) == (
        "met",
        "running",
        "18T10:30",
    )


def test_a_7_a_finished_clock_is_left_alone(ask: Ask) -> None:
    seen = ask("16T10:00", step("16T10:30", "escalated"), step("16T12:00", "prioritized", priority="urgent"))
    assert (seen["level1"]["target"], seen["level1"]["state"]) == ("1 час", "met")
    assert (seen["level2"]["target"], moscow(seen["level2"]["due_at"]), seen["level2"]["state"]) == (
        "1 час",
        "16T11:30",
        "breached",
    )


def test_a_8_a_9_a_pause_over_a_weekend_adds_its_working_time_only(ask: Ask) -> None:
    """glpi#10594: from Friday 17:00 to Monday 10:00 two working hours pass."""
    seen = ask("20T16:30", step("20T17:00", "waiting"), step("23T10:00", "requester_replied"))
    assert (moscow(only(seen)["due_at"]), only(seen)["paused_seconds"]) == ("23T10:30", 2 * HOUR)


def test_a_8_a_pause_outside_of_hours_moves_nothing(ask: Ask) -> None:
    seen = ask("20T17:30", step("20T19:00", "waiting"), step("22T10:00", "requester_replied"))
    assert (moscow(only(seen)["due_at"]), only(seen)["paused_seconds"]) == ("23T09:30", 0)


def test_a_9_an_automatic_message_does_not_end_a_pause(ask: Ask) -> None:
    seen = ask("16T10:00", step("16T10:10", "waiting"), step("16T10:20", "requester_replied", automatic=True))
    assert only(seen)["state"] == "paused"


def test_a_10_a_requester_silent_for_ever_breaches_nothing(ask: Ask) -> None:
    seen = ask("16T10:00", step("16T10:10", "waiting"), until="2026-09-01T10:00")
    assert (only(seen)["state"], only(seen)["worked_seconds"]) == ("paused", 10 * MINUTE)


def test_a_11_two_working_days_of_silence_close(ask: Ask) -> None:
    silence = ask("19T15:00", step("19T16:00", "resolved"), until="23T16:01")["auto-close"]
    assert (silence["state"], moscow(silence["due_at"]), silence["target_seconds"]) == ("met", "23T16:00", 2 * DAY)


@pytest.mark.parametrize("reaction", ["requester_replied", "reopened", "closed"])
def test_a_11_any_reaction_cancels_the_closing(ask: Ask, reaction: str) -> None:
    seen = ask("19T15:00", step("19T16:00", "resolved"), step("20T10:00", reaction), until="30T10:00")
    assert seen["auto-close"]["state"] == "cancelled"


def test_a_11_a_second_solution_waits_for_its_own_two_days(ask: Ask) -> None:
    steps = [step("16T11:00", "resolved"), step("17T10:00", "reopened"), step("17T15:00", "resolved")]
    silence = ask("16T10:00", *steps, until="30T10:00")["auto-close"]
    assert (silence["state"], moscow(silence["started_at"]), moscow(silence["due_at"])) == (
        "met",
        "17T15:00",
        "19T15:00",
    )


def test_a_12_a_closed_ticket_may_be_resumed_months_later(ask: Ask) -> None:
    steps = [step("16T11:00", "resolved"), step("16T12:00", "closed"), step("2026-08-03T10:00", "reopened")]
    seen = ask("16T10:00", *steps, step("2026-08-04T10:00", "resolved"))
    assert moscow(seen["auto-close"]["due_at"]) == "2026-08-06T10:00"


def test_a_12b_an_estimate_lengthens_level_3_of_a_new_function(ask: Ask) -> None:
    steps = [
        step("16T09:30", "escalated"),
        step("16T10:00", "escalated"),
        step("17T10:00", "estimated", work="20 дней"),
    ]
    third = ask("16T09:00", *steps, category="new-function")["level3"]
    assert (third["target"], moscow(third["due_at"])) == ("20 дней", "2026-04-13T10:00")
    assert third["because"]["cause"] == "estimated"
    shorter = [*steps[:2], step("17T10:00", "estimated", work="1 день")]
    assert ask("16T09:00", *shorter, category="new-function")["level3"]["target"] == "10 дней"


def test_a_13_a_reopened_ticket_has_no_clock(ask: Ask) -> None:
    seen = ask("16T10:00", step("16T11:00", "resolved"), step("16T12:00", "reopened"), until="27T10:00")
    states = {name: each["state"] for name, each in seen.items()}
    assert states == {"level1": "met", "level2": "met", "auto-close": "cancelled"}


def test_1_8_a_deadline_at_closing_time_stays_there_and_meeting_it_there_is_in_time(ask: Ask) -> None:
    seen = ask("16T17:00", step("16T18:00", "escalated"))
    assert (moscow(seen["level1"]["due_at"]), seen["level1"]["state"]) == ("16T18:00", "met")
    assert ask("16T17:00", until="17T09:00")["level1"]["state"] == "breached"


def test_a_32_an_annulled_ticket_cancels_its_clocks(ask: Ask) -> None:
    assert only(ask("16T10:00", step("16T10:10", "annulled")))["state"] == "cancelled"


def test_a_34_leaving_level_1_is_the_promise_and_a_first_response_another(ask: Ask, document: Make) -> None:
    steps = [step("16T10:20", "escalated"), step("16T10:25", "agent_replied")]
    seen = ask("16T10:00", *steps, regulation=document(metrics=True))
    worked = {name: (each["state"], each["worked_seconds"]) for name, each in seen.items()}
    assert worked["level1"] == ("met", 20 * MINUTE)
    assert worked["first_response"] == ("met", 25 * MINUTE)


@pytest.mark.parametrize("event", ["escalated", "classified", "requester_replied", "prioritized", "resumed"])
def test_a_35_nothing_but_an_agent_s_message_is_a_response(ask: Ask, document: Make, event: str) -> None:
    change = step("16T10:20", event, category="defect", priority="normal")
    seen = ask("16T10:00", change, until="16T12:00", regulation=document(metrics=True))
    assert (seen["first_response"]["state"], moscow(seen["first_response"]["due_at"])) == ("breached", "16T10:30")


def test_a_8_responses_never_wait_and_the_resolution_does(ask: Ask, document: Make) -> None:
    steps = [step("16T10:20", "waiting"), step("16T12:20", "requester_replied")]
    seen = ask("16T10:00", *steps, until="16T12:30", regulation=document(metrics=True))
    assert (seen["first_response"]["state"], seen["next_response"]["state"]) == ("met", "running")
    assert (moscow(seen["next_response"]["due_at"]), moscow(seen["resolution"]["due_at"])) == ("16T14:20", "18T12:00")


def test_a_18_several_messages_in_a_row_have_one_deadline(ask: Ask, document: Make) -> None:
    replies = [step(f"16T11:{minute}", "requester_replied") for minute in ("00", "20", "40")]
    seen = ask("16T10:00", step("16T10:10", "agent_replied"), *replies, regulation=document(metrics=True))
    assert (moscow(seen["next_response"]["started_at"]), moscow(seen["next_response"]["due_at"])) == (
        "16T11:00",
        "16T12:00",
    )


def test_x_03_a_channel_or_a_service_chooses_another_plan(ask: Ask, document: Make) -> None:
    regulation = document(metrics=True)
    assert ask("16T10:00", regulation=regulation, channel="Telegram chat")["level1"]["plan"] == "outage"
    assert ask("16T10:00", regulation=regulation, service="Почта")["level1"]["plan"] == "outage"
    late = ask("16T10:00", step("16T10:05", "classified", service="mail"), regulation=regulation)
    assert (late["level1"]["plan"], late["first_response"]["target"]) == ("outage", "15 мин")


def test_a_type_alone_means_its_first_category(ask: Ask) -> None:
    seen = ask("16T10:00", type="Документооборот")
    assert (only(seen)["because"]["category"], only(seen)["plan"]) == ("service-change", "paperwork")


def test_a_channel_may_open_its_tickets_in_a_stage_of_their_own(ask: Ask, document: Make) -> None:
    def second_line(written: Document) -> None:
        written["channels"][0]["opens_in"] = "level2"

    assert list(ask("16T10:00", regulation=document(second_line), channel="email")) == ["level2"]


def test_clocks_from_sent_are_previewed(door: Door, document: Make) -> None:
    def from_sent(written: Document) -> None:
        written["channels"][0]["clocks_from"] = "sent"

    opened = step("16T10:00", "opened", sent_at=moment("16T09:30"))
    body = {"regulation": document(from_sent), "ticket": {"channel": "email"}, "timeline": [opened]}
    [clock] = door.post("/preview", body).json()["clocks"]
    assert (moscow(clock["started_at"]), moscow(clock["due_at"])) == ("16T09:30", "16T10:30")
