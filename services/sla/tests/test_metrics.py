"""Promises about the whole ticket: first response, next response, resolution (X-03, A-8, A-18, §1.8).

2026-03-16 is a Monday of a plain week; hours 09-13 and 14-18 Moscow. Standard support answers first within 30 minutes,
then within an hour, and resolves within 2 days of 8 hours.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from contracts import Event
from contracts.sla import (
    BudgetSpent,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    DeadlineBreached,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.duration import DayMode
from sla.domain.alternative import otherwise

Desk = Any
Make = Callable[..., Any]
Document = dict[str, Any]
HOUR = 3600


def at(local: str) -> str:
    return f"2026-03-{local}"


def moscow(moment: datetime) -> str:
    return (moment + timedelta(hours=3)).strftime("%d %H:%M:%S")


def told(said: list[Event]) -> list[tuple[str, str]]:
    return [(type(each).__name__, getattr(each, "name", "")) for each in said]


def running(desk: Desk) -> dict[str, str]:
    return {each.name: moscow_second(each.due) for each in desk.decider.state.tickets["t"].clocks if each.open}


def moscow_second(second: int) -> str:
    return (datetime.fromtimestamp(second, UTC) + timedelta(hours=3)).strftime("%d %H:%M:%S")


def test_x_03_stage_and_metric_clocks_run_together_from_the_opening(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    assert running(metered) == {
        "level1": "16 11:00:00",
        "first_response": "16 10:30:00",
        "resolution": "18 10:00:00",
    }


@pytest.mark.parametrize("answer", ["replied", "asked", "resolved"])
def test_a_34_a_35_a_public_message_by_a_person_is_the_first_response(metered: Desk, answer: str) -> None:
    metered.opened(at("16 10:00"))
    said = getattr(metered, answer)(at("16 10:20"))
    [met] = [each for each in said if isinstance(each, ClockMet) and each.name == "first_response"]
    assert (met.worked, met.breached) == (20 * 60, False)


def test_a_35_a_status_change_is_no_response(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.classified(at("16 10:05"), "module-setup")
    metered.prioritized(at("16 10:06"), "normal")
    metered.escalated(at("16 10:10"), "level2")
    metered.wait(metered.now + timedelta(hours=3))
    assert ("first_response", "16 10:30:00") in [(name, moscow(when)) for name, when in metered.breaches]


def test_a_8_a_question_to_the_requester_is_the_response_and_pauses_the_resolution_only(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    said = metered.asked(at("16 10:20"))
    assert told(said) == [("ClockPaused", ""), ("ClockMet", "first_response"), ("ClockPaused", "")]
    metered.answered(at("16 12:20"))
    assert running(metered)["resolution"] == "18 12:00:00"


def test_a_18_the_next_response_starts_at_the_oldest_unanswered_message(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.replied(at("16 10:10"))
    assert told(metered.answered(at("16 10:20"))) == [("ClockStarted", "next_response")]
    assert metered.answered(at("16 10:40")) == []
    [met] = metered.replied(at("16 11:00"))
    assert (met.name, met.worked) == ("next_response", 40 * 60)
    assert told(metered.answered(at("16 11:05"))) == [("ClockStarted", "next_response")]


def test_a_18_what_comes_before_the_first_answer_belongs_to_the_first_response(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    assert metered.answered(at("16 10:05")) == []
    assert told(metered.replied(at("16 10:10"))) == [("ClockMet", "first_response")]


def test_a_9_an_automatic_message_wants_no_answer(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.replied(at("16 10:10"))
    assert metered.answered(at("16 10:20"), automatic="out-of-office") == []


def test_a_ticket_entered_by_an_agent_has_no_first_response_clock(metered: Desk) -> None:
    metered.opened(at("16 10:00"), by="agent")
    assert "first_response" not in running(metered)
    assert told(metered.answered(at("16 10:20"))) == [("ClockStarted", "next_response")]


def test_3_3_3_nothing_keeps_counting_after_a_resolution(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.replied(at("16 10:10"))
    metered.answered(at("16 10:20"))
    metered.resolved(at("16 10:30"))
    metered.answered(at("16 10:40"))
    metered.wait(metered.now + timedelta(days=30))
    assert (running(metered), metered.breaches) == ({}, [])


def test_a_ticket_closed_or_annulled_without_an_answer_cancels_what_was_owed(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    said = metered.closed(at("16 10:10"))
    assert told(said) == [
        ("ClockMet", "level1"),
        ("ClockCancelled", "first_response"),
        ("ClockMet", "resolution"),
    ]
    metered.opened(at("17 10:00"))
    assert {type(each) for each in metered.closed(at("17 10:10"), stage="annulled")} == {ClockCancelled}


def test_1_8_a_reopened_ticket_goes_on_with_the_rest_of_its_resolution(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.resolved(at("16 12:00"))
    metered.closed(at("17 12:00"))
    *_, resumed = metered.reopened(at("19 10:00"))
    assert (resumed.because.cause, moscow(resumed.due_at)) == ("reopened", "20 17:00:00")
    assert sum((b - a for a, b in resumed.because.slices), timedelta()) == timedelta(hours=16)
    [met] = [each for each in metered.resolved(at("19 11:00")) if isinstance(each, ClockMet)]
    assert (met.name, met.worked) == ("resolution", 3 * HOUR)


def test_a_reopening_with_a_reason_is_a_message_that_wants_an_answer(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.resolved(at("16 12:00"))
    assert "next_response" not in [name for _, name in told(metered.reopened(at("16 14:00")))]
    metered.resolved(at("16 15:00"))
    said = metered.reopened(at("16 16:00"), reason="sealed")
    assert ("ClockStarted", "next_response") in told(said)
    assert running(metered)["next_response"] == "16 17:00:00"


def test_a_message_to_a_resolved_ticket_wants_its_answer_from_the_reopening_on(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.resolved(at("16 12:00"))
    assert told(metered.answered(at("16 12:30"))) == [("ClockCancelled", "auto-close")]
    metered.reopened(at("16 15:00"))
    assert running(metered)["next_response"] == "16 16:00:00"


def test_a_7_every_open_metric_is_recomputed_from_its_own_start_with_its_pauses(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.asked(at("16 10:20"))
    metered.answered(at("16 11:20"))
    metered.classified(at("16 11:30"), "accounting-documents")
    assert running(metered) == {
        "level1": "16 16:00:00",
        "next_response": "17 11:20:00",
        "resolution": "30 11:00:00",
    }


def test_a_7_a_first_response_that_is_past_under_the_new_plan_breaches_at_once(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category="accounting-documents")
    said = metered.classified(at("16 11:00"), "project-question")
    [breach] = [each for each in said if isinstance(each, DeadlineBreached)]
    assert (breach.name, breach.cause, moscow(breach.at)) == ("first_response", "reclassified", "16 10:30:00")


def test_a_target_not_supplied_gives_no_clock_and_one_supplied_later_counts_from_its_own_start(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category="management-question")
    assert list(running(metered)) == ["level1"]
    metered.classified(at("16 10:20"), "project-question")
    assert running(metered) == {
        "level1": "16 11:00:00",
        "first_response": "16 10:30:00",
        "resolution": "18 10:00:00",
    }


def test_a_clock_whose_new_plan_has_no_number_is_cancelled_not_met(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    said = metered.classified(at("16 10:10"), "management-question")
    assert [each.reason for each in said if isinstance(each, ClockCancelled)] == ["reclassified", "reclassified"]
    metered.classified(at("16 10:40"), "project-question")
    assert [name for name, _ in metered.breaches] == ["first_response"]


def test_r0_11_the_service_selects_the_plan_and_the_channel_too(metered: Desk) -> None:
    [first, *_] = metered.opened(at("16 10:00"), channel="telegram")
    assert first.because.plan == "outage"
    metered.opened(at("16 11:00"))
    said = metered.classified(at("16 11:05"), "project-question", service="mail")
    assert {each.because.plan for each in said} == {"outage"}


def test_a_27_a_soft_budget_ends_in_advice_and_never_in_a_breach(desk_of: Make, regulation_of: Make) -> None:
    desk = desk_of(regulation_of(soft))
    desk.opened(at("16 10:00"))
    desk.wait(desk.now + timedelta(hours=5))
    assert [(said.name, moscow(said.at)) for said in desk.of(BudgetSpent)] == [
        ("first_response", "16 10:30:00"),
        ("level1", "16 11:00:00"),
    ]
    [met] = [each for each in desk.replied(at("16 16:00")) if isinstance(each, ClockMet)]
    assert (met.breached, desk.breaches) == (False, [])


def soft(document: Document) -> None:
    document["metrics"][0]["soft"] = True
    document["stages"][1]["soft"] = True


def test_clocks_from_sent_start_when_the_message_was_sent(desk_of: Make, regulation_of: Make) -> None:
    desk = desk_of(regulation_of(sent))
    desk.opened(at("17 10:00"), sent_at=datetime.fromisoformat("2026-03-17T09:20:00+03:00"))
    starts = {each.name: moscow(each.at) for each in desk.of(ClockStarted)}
    assert set(starts.values()) == {"17 09:20:00"}
    desk.wait(desk.now + timedelta(seconds=1))
    [breach] = desk.of(DeadlineBreached)
    assert (breach.name, moscow(breach.at), breach.late) == ("first_response", "17 09:50:00", 600)


def sent(document: Document) -> None:
    document["channels"][0]["clocks_from"] = "sent"


@pytest.mark.parametrize(
    ("claimed", "start"),
    [("2026-03-17T10:30:00+03:00", "17 10:00:00"), ("2026-03-10T10:00:00+03:00", "16 10:00:00")],
)
def test_a_claimed_time_counts_at_most_a_day_back_and_never_ahead(
    desk_of: Make, regulation_of: Make, claimed: str, start: str
) -> None:
    desk = desk_of(regulation_of(sent))
    desk.opened(at("17 10:00"), sent_at=datetime.fromisoformat(claimed))
    assert {moscow(each.at) for each in desk.of(ClockStarted)} == {start}


def test_a_claimed_time_means_nothing_where_the_channel_counts_from_receipt(metered: Desk) -> None:
    metered.opened(at("17 10:00"), sent_at=datetime.fromisoformat("2026-03-17T09:20:00+03:00"))
    assert {moscow(each.at) for each in metered.of(ClockStarted)} == {"17 10:00:00"}


def test_a_12b_an_estimate_lengthens_the_clock_and_never_shortens_it(desk: Desk) -> None:
    desk.opened(at("16 09:00"), category="new-function")
    desk.escalated(at("16 09:00"), "level2")
    assert desk.estimated(at("16 09:30"), "level3", "20 дней") == []
    *_, third = desk.escalated(at("16 10:00"), "level3")
    assert (third.target, third.because.written) == (20 * 8 * HOUR, "20 дней")
    [moved] = desk.estimated(at("17 10:00"), "level3", "30 дней")
    assert (moved.target, moved.because.cause, moved.because.written) == (30 * 8 * HOUR, "estimated", "30 дней")
    assert desk.estimated(at("18 10:00"), "level3", "1 день") == []


def test_a_12b_an_estimate_holds_only_for_categories_that_allow_it(desk: Desk) -> None:
    desk.opened(at("16 09:00"), category="new-function")
    desk.escalated(at("16 09:00"), "level3")
    desk.estimated(at("16 09:30"), "level3", "20 дней")
    [moved] = desk.classified(at("16 10:00"), "defect")
    assert (moved.target, moved.because.written) == (5 * 8 * HOUR, "5 дней")


def moscow_time(at: datetime) -> str:
    return (at + timedelta(hours=3)).replace(tzinfo=None).isoformat(" ")


def other(desk: Desk, said: ClockStarted | ClockResumed, started: datetime | None = None) -> datetime | None:
    return otherwise(said.because, started or said.at, desk.decider.state.rules["csn@1"])


def test_a_1_because_says_where_the_deadline_would_fall_if_a_day_were_the_other_thing(desk: Desk) -> None:
    [first] = desk.opened("2026-03-21 12:00", category="management-question")
    assert (moscow(first.due_at), moscow(other(desk, first))) == ("24 18:00:00", "25 09:00:00")
    [second] = desk.opened("2026-03-23 10:00", category="management-question", ticket="u")
    assert other(desk, second) is None
    [third] = desk.opened("2026-03-23 11:00", ticket="v")
    assert other(desk, third) is None


def test_a_waiting_ticket_pauses_what_another_plan_promises_anew(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category="management-question")
    metered.asked(at("16 10:10"))
    said = metered.classified(at("16 10:20"), "project-question")
    assert told(said)[1:] == [("ClockStarted", "resolution"), ("ClockPaused", "")]
    [paused] = [each for each in said if isinstance(each, ClockPaused)]
    assert (moscow(paused.at), paused.left) == ("16 10:10:00", 16 * HOUR - 10 * 60)


def test_a_18_a_response_promised_later_counts_from_the_oldest_message_not_answered(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category="management-question")
    metered.replied(at("16 10:10"))
    metered.answered(at("16 10:20"))
    metered.answered(at("16 10:40"))
    metered.classified(at("16 10:50"), "project-question")
    assert running(metered)["next_response"] == "16 11:20:00"


@settings(max_examples=60, deadline=None)
@given(minutes=st.integers(0, 400 * 1440), days=st.sampled_from([("new-function", "level3"), ("defect", "level3")]))
def test_a_1_the_other_reading_is_told_exactly_where_it_differs(
    desk_of: Make, minutes: int, days: tuple[str, str]
) -> None:
    desk, (category, stage) = desk_of(), days
    start = datetime(2026, 1, 5, 5, tzinfo=UTC) + timedelta(minutes=minutes)
    [said] = desk.opened(moscow_time(start), category=category, stage=stage)
    rules = desk.decider.state.rules["csn@1"]
    target = rules.regulation.target(said.because.plan, stage)
    there = msgspec.structs.replace(target, day_mode=DayMode.d_plus_n).due(rules.hours("office"), said.at)
    assert otherwise(said.because, said.at, rules) == (None if there == said.due_at else there)


@settings(max_examples=60, deadline=None)
@given(minutes=st.integers(0, 400 * 1440), worked=st.integers(0, 3000), waited=st.integers(1, 9000))
def test_a_1_the_other_reading_knows_the_pauses_from_the_slices(
    desk_of: Make, minutes: int, worked: int, waited: int
) -> None:
    desk, start = desk_of(), datetime(2026, 1, 5, 5, tzinfo=UTC) + timedelta(minutes=minutes)
    asked = start + timedelta(minutes=worked)
    answered = asked + timedelta(minutes=waited)
    desk.opened(moscow_time(start), category="new-function", stage="level3")
    desk.asked(moscow_time(asked))
    [said] = [each for each in desk.answered(moscow_time(answered)) if isinstance(each, ClockResumed)]
    rules = desk.decider.state.rules["csn@1"]
    days = msgspec.structs.replace(rules.written(said.because), day_mode=DayMode.d_plus_n)
    there = days.due(rules.hours("office"), start, [(asked, answered)])
    assert other(desk, said, start) == (None if there == said.due_at else there)
