"""What a ticket's clocks do, rule by rule. 2026-03-16 is a Monday of a plain week; hours 09-13 and 14-18 Moscow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from contracts.sla import (
    AutoCloseDue,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    DeadlineBreached,
    VendorOverran,
)
from contracts.streams import derived_id

HOUR = 3600
DAY = 8 * HOUR
Desk = Any
DeskOf = Callable[[], Desk]
Make = Callable[..., Any]


def at(local: str) -> str:
    """`16 10:00` of March 2026."""
    return f"2026-03-{local}"


def moscow(moment: datetime) -> str:
    return (moment + timedelta(hours=3)).strftime("%d %H:%M:%S")


def test_r1_08_an_opened_ticket_starts_the_clock_of_level_1(desk: Desk) -> None:
    [started] = desk.opened(at("19 16:00"))
    assert isinstance(started, ClockStarted)
    assert (started.name, started.owner, started.target) == ("level1", "team", HOUR)
    assert moscow(started.due_at) == "19 17:00:00"
    assert started.clock == derived_id(desk.told[-1].id, "started:level1")


def test_d3_because_names_the_cell_and_its_slices_sum_to_the_target(desk: Desk) -> None:
    [started] = desk.opened(at("20 17:30"), category="accounting-documents")
    because = started.because
    assert (because.plan, because.written, because.calendar) == ("paperwork", "4 часа", "office")
    assert [(moscow(a), moscow(b)) for a, b in because.slices] == [
        ("20 17:30:00", "20 18:00:00"),
        ("23 09:00:00", "23 12:30:00"),
    ]
    assert sum(((b - a) for a, b in because.slices), timedelta()) == timedelta(seconds=started.target)


def test_r1_06_escalation_meets_the_stage_it_leaves_and_starts_the_next_from_its_entry_a_3(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    met, started = desk.escalated(at("16 10:20"), "level2")
    assert (met.name, met.worked, met.paused, met.breached) == ("level1", 1200, 0, False)
    assert (started.name, started.target, moscow(started.due_at)) == ("level2", 4 * HOUR, "16 15:20:00")


def test_a_25_warnings_come_at_50_and_80_percent_of_the_working_time(desk: Desk) -> None:
    desk.opened(at("16 12:30"))
    desk.wait(desk.now + timedelta(days=1))
    assert [(percent, moscow(when)) for percent, when in desk.warnings] == [(50, "16 13:00:00"), (80, "16 14:18:00")]


def test_a_25_a_quarter_of_an_hour_is_warned_of_to_the_second(desk: Desk) -> None:
    desk.opened(at("16 12:50"), category="defect", priority="critical")
    desk.wait(desk.now + timedelta(days=1))
    assert [(percent, moscow(when)) for percent, when in desk.warnings] == [(50, "16 12:57:30"), (80, "16 14:02:00")]


def test_a_25_the_last_warning_comes_a_minute_before_the_deadline(desk_of: Make, changed_of: Make) -> None:
    desk = desk_of(changed_of(lambda document: document["plans"][3]["targets"].update(level1="2 мин")))
    desk.opened(at("16 10:00"), category="defect", priority="critical")
    desk.wait(desk.now + timedelta(hours=1))
    assert [(percent, moscow(when)) for percent, when in desk.warnings] == [(50, "16 10:01:00"), (80, "16 10:01:00")]


def test_i9_a_missed_deadline_is_breached_once_at_its_moment(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.wait(desk.now + timedelta(days=9))
    assert [(name, moscow(when)) for name, when in desk.breaches] == [("level1", "16 11:00:00")]


def test_i9_leaving_at_the_very_deadline_is_in_time(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    met, _ = desk.escalated(at("16 11:00"), "level2")
    assert met.breached is False
    assert not desk.breaches


def test_a_breached_clock_is_still_met_in_the_end_and_says_so(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    met, _ = desk.escalated(at("16 12:00"), "level2")
    assert (met.breached, met.worked, len(desk.breaches)) == (True, 2 * HOUR, 1)


def test_r0_13_waiting_for_the_requester_is_not_counted(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    [paused] = desk.asked(at("16 10:15"))
    [resumed] = desk.answered(at("17 09:30"))
    assert isinstance(paused, ClockPaused)
    assert isinstance(resumed, ClockResumed)
    assert (paused.left, moscow(resumed.due_at)) == (45 * 60, "17 10:15:00")
    assert sum(((b - a) for a, b in resumed.because.slices), timedelta()) == timedelta(hours=1)
    met, _ = desk.escalated(at("17 10:00"), "level2")
    assert (met.worked, met.paused) == (45 * 60, int(7.25 * HOUR))


def test_a_9_an_automatic_message_ends_no_pause_and_a_reply_of_the_agent_does(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:15"))
    assert desk.answered(at("16 10:20"), automatic="out-of-office") == []
    assert [type(said) for said in desk.replied(at("16 10:30"))] == [ClockResumed]


def test_i9_a_paused_clock_breaches_nothing(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:15"))
    desk.wait(desk.now + timedelta(days=30))
    assert not desk.breaches


def test_asking_twice_pauses_once(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:15"))
    assert desk.asked(at("16 10:20")) == []


def test_an_escalation_ends_the_waiting(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:15"))
    met, started = desk.escalated(at("16 12:00"), "level2")
    assert (met.worked, met.paused, started.name) == (900, 105 * 60, "level2")


def test_a_7_a_changed_priority_moves_the_deadline_from_the_clock_s_own_start_with_its_pauses(desk: Desk) -> None:
    desk.opened(at("16 10:00"), category="accounting-documents")
    desk.asked(at("16 10:10"))
    desk.answered(at("16 10:40"))
    [moved] = desk.prioritized(at("16 10:50"), "urgent")
    assert isinstance(moved, ClockRetargeted)
    assert (moved.target, moscow(moved.due_at), moved.because.written) == (HOUR, "16 11:30:00", "1 час")


def test_a_7_a_deadline_now_past_breaches_at_once_as_reclassified(desk: Desk) -> None:
    desk.opened(at("16 10:00"), category="accounting-documents")
    moved, breached = desk.prioritized(at("16 12:00"), "critical")
    assert isinstance(moved, ClockRetargeted)
    assert isinstance(breached, DeadlineBreached)
    assert (breached.cause, moscow(breached.at), breached.late) == ("reclassified", "16 11:00:00", 0)
    desk.wait(desk.now + timedelta(days=5))
    assert len(desk.breaches) == 1


def test_a_7_a_recorded_breach_stays_and_the_new_deadline_is_a_new_epoch(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.classified(at("16 11:30"), "accounting-documents")
    desk.wait(desk.now + timedelta(days=5))
    assert [moscow(when) for _, when in desk.breaches] == ["16 11:00:00", "16 15:00:00"]
    [met, _] = desk.escalated(at("26 10:00"), "level2")
    assert met.breached


def test_a_7_a_clock_stopped_exactly_where_its_new_target_ends_is_in_time(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:30"))
    [moved] = desk.prioritized(at("16 12:00"), "urgent")
    assert (moved.target, moscow(moved.due_at), desk.breaches) == (HOUR // 2, "16 10:30:00", [])
    [met, _] = desk.escalated(at("16 12:10"), "level2")
    assert (met.worked, met.breached, desk.breaches) == (HOUR // 2, False, [])


def test_a_7_a_clock_met_exactly_where_its_new_target_ends_goes_on_with_nothing_left(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.escalated(at("16 09:10"), "level2")
    desk.escalated(at("16 10:00"), "level3")
    desk.escalated(at("18 10:00"), "level4")
    desk.prioritized(at("18 11:00"), "urgent")
    *_, moved, resumed = desk.escalated(at("19 10:00"), "level3", "level4")
    assert (moscow(moved.due_at), moscow(resumed.due_at), desk.breaches) == ("18 10:00:00", "19 10:00:00", [])


def test_a_7_another_plan_with_the_same_missed_deadline_is_no_second_breach(desk: Desk) -> None:
    desk.opened(at("02 09:00"), category="management-question")
    desk.escalated(at("02 09:10"), "level2")
    desk.escalated(at("02 09:20"), "level3")
    assert [type(said) for said in desk.prioritized(at("26 10:00"), "urgent")] == [ClockRetargeted]
    assert [name for name, _ in desk.breaches] == ["level3"]


def test_a_7_a_change_within_the_same_plan_says_nothing(desk: Desk) -> None:
    desk.opened(at("16 10:00"), priority="urgent")
    assert desk.prioritized(at("16 10:05"), "critical") == []


def test_a_7_a_longer_target_warns_again_at_its_own_thresholds(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.classified(at("16 10:55"), "accounting-documents")
    desk.wait(desk.now + timedelta(days=1))
    assert [(percent, moscow(when)) for percent, when in desk.warnings] == [
        (50, "16 10:30:00"),
        (80, "16 10:48:00"),
        (50, "16 12:00:00"),
        (80, "16 14:12:00"),
    ]


def test_a_4_a_return_from_level_4_goes_on_with_the_remainder_of_the_same_clock(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.escalated(at("16 09:30"), "level2")
    _, third = desk.escalated(at("16 10:00"), "level3")
    desk.escalated(at("18 10:00"), "level4")
    met, resumed = desk.escalated(at("26 12:00"), "level3")
    assert (met.name, resumed.clock, resumed.because.cause) == ("level4", third.clock, "returned")
    assert moscow(resumed.due_at) == "31 12:00:00"
    assert sum(((b - a) for a, b in resumed.because.slices), timedelta()) == timedelta(seconds=5 * DAY)


def test_a_4_a_priority_changed_meanwhile_counts_on_return(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.escalated(at("16 09:10"), "level2")
    desk.escalated(at("16 10:00"), "level3")
    desk.escalated(at("17 10:00"), "level4")
    desk.prioritized(at("17 11:00"), "urgent")
    _, moved, resumed = desk.escalated(at("18 10:00"), "level3")
    assert (moved.target, moscow(resumed.due_at)) == (2 * DAY, "19 10:00:00")


def test_a_4_a_spent_budget_stays_spent_without_a_second_breach(desk: Desk) -> None:
    desk.opened(at("02 09:00"))
    desk.escalated(at("02 09:10"), "level2")
    desk.escalated(at("02 10:00"), "level3")
    desk.escalated(at("11 10:00"), "level4")
    desk.escalated(at("12 10:00"), "level3")
    desk.wait(desk.now + timedelta(days=30))
    assert [name for name, _ in desk.breaches] == ["level3"]


def test_r1_13_a_5_level_4_is_the_vendor_s_and_overruns_instead_of_breaching(desk: Desk) -> None:
    desk.opened(at("02 09:00"), category="defect", priority="critical")
    for stage in ("level2", "level3"):
        desk.escalated(at("02 09:10"), stage)
    [_, fourth] = desk.escalated(at("02 09:20"), "level4")
    desk.wait(desk.now + timedelta(days=9))
    [overran] = desk.of(VendorOverran)
    assert (fourth.owner, overran.due_at, desk.breaches) == ("vendor", fourth.due_at, [])
    met, _ = desk.resolved(at("16 09:00"))
    assert met.breached is False


def test_r1_16_a_11_sixteen_working_hours_of_silence_are_due_for_closing(desk: Desk) -> None:
    desk.opened(at("19 15:00"))
    _, waiting = desk.resolved(at("19 16:00"))
    assert (waiting.name, waiting.owner, waiting.target) == ("auto-close", "requester", 2 * DAY)
    desk.wait(desk.now + timedelta(days=9))
    [due] = desk.of(AutoCloseDue)
    assert (moscow(due.due_at), due.clock, desk.breaches) == ("23 16:00:00", waiting.clock, [])
    assert desk.closed(at("23 16:01")) == []


def test_a_11_any_real_message_of_the_requester_cancels_the_auto_close(desk: Desk) -> None:
    desk.opened(at("19 15:00"))
    desk.resolved(at("19 16:00"))
    assert desk.answered(at("19 16:10"), automatic="out-of-office") == []
    [cancelled] = desk.answered(at("19 16:20"))
    assert isinstance(cancelled, ClockCancelled)
    assert cancelled.reason == "requester-reacted"
    assert desk.replied(at("19 16:30")) == []


def test_r1_17_a_13_a_reopened_ticket_has_no_clock_and_a_new_solution_waits_anew(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.resolved(at("16 10:30"))
    [cancelled] = desk.reopened(at("16 12:00"))
    assert cancelled.reason == "ticket-reopened"
    [started] = desk.resolved(at("16 15:00"))
    assert (started.name, moscow(started.due_at)) == ("auto-close", "18 15:00:00")


def test_a_ticket_closed_at_work_meets_its_clock_and_an_annulled_one_cancels_it(desk: Desk, desk_of: DeskOf) -> None:
    desk.opened(at("16 10:00"))
    assert [type(said) for said in desk.closed(at("16 10:30"))] == [ClockMet]
    other = desk_of()
    other.opened(at("16 10:00"))
    [cancelled] = other.closed(at("16 10:30"), stage="annulled")
    assert (type(cancelled), cancelled.reason) == (ClockCancelled, "ticket-annulled")


def test_r1_03_a_ticket_opened_in_new_finds_itself_on_line_1(desk: Desk) -> None:
    [started] = desk.opened(at("16 10:00"), stage="new")
    assert started.name == "level1"


def test_a_ticket_that_comes_back_after_months_waits_for_its_requester_again(desk: Desk) -> None:
    desk.opened("2026-01-12 10:00")
    desk.closed("2026-01-12 10:30")
    desk.opened("2026-06-01 10:00", ticket="another")
    assert "t" not in desk.decider.state.tickets
    desk.reopened("2026-06-01 11:00")
    assert [said.name for said in desk.resolved("2026-06-01 12:00")] == ["auto-close"]


def test_a_forgotten_ticket_that_comes_back_is_what_it_says_it_is(desk: Desk) -> None:
    desk.reopened("2026-06-01 11:00", regulation="csn@1", category="hosting-problem", priority="critical")

    [started] = desk.escalated("2026-06-01 12:00", "level2", "reopened")

    assert (started.because.category, started.because.priority) == ("hosting-problem", "critical")
