"""A promise made or restored later starts where it would have started, and what the ticket rested is no work (R0-13).

2026-03-16 is a Monday of a plain week; hours 09-13 and 14-18 Moscow. The management's plan has no resolution time,
standard support has 2 days of 8 hours for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from contracts.intake import TicketMerged, TicketUnmerged
from contracts.sla import ClockPaused, ClockResumed, ClockStarted, DeadlineBreached
from eventlog.reactor import provisional
from sla.domain.measuring import waited, worked
from sla.explanation import Explained, explain

Desk = Any
Make = Callable[..., Any]
HOUR = 3600
UNREGULATED, REGULATED = "management-question", "project-question"


def at(local: str) -> str:
    return f"2026-03-{local}"


def moscow(moment: datetime | None) -> str:
    return (moment + timedelta(hours=3)).strftime("%d %H:%M:%S") if moment else ""


def clock_of(desk: Desk, name: str = "resolution") -> str:
    clock_id: str = desk.decider.state.tickets["t"].latest(name).id
    return clock_id


def missed(desk: Desk, name: str = "resolution") -> list[str]:
    return [moscow(when) for each, when in desk.breaches if each == name]


def spent(desk: Desk, name: str = "resolution") -> tuple[int, int]:
    """Working seconds that the latest clock of this name ran and waited."""
    clock = desk.decider.state.tickets["t"].latest(name)
    hours, now = desk.decider.state.rules[clock.rules].hours(clock.calendar), int(desk.now.timestamp())
    return worked(hours, clock, now), waited(hours, clock, now)


def why(desk: Desk, name: str = "resolution") -> Explained:
    clock = desk.decider.state.tickets["t"].latest(name)
    said = [provisional(new, new.event.at) for new in desk.said if new.stream == f"clock-{clock.id}"]
    return explain(said, desk.told, desk.decider.state.rules, desk.now)


def elsewhere(desk: Desk, gone: str, back: str) -> None:
    """The ticket is merged into another one and taken out of it again."""
    ids = {"ticket": "t", "into": "u", "requester": "r", "who": "anna"}
    facts = {"channel": "email", "category": REGULATED, "priority": "normal", "regulation": desk.regulation}
    merging, parting = (datetime.fromisoformat(f"{at(local)}+03:00") for local in (gone, back))
    desk.tell(TicketMerged(at=merging, previous="level1", **ids), merging)
    desk.tell(TicketUnmerged(at=parting, stage="level1", **ids, **facts), parting)


def test_r0_13_a_question_answered_before_the_promise_was_made_takes_none_of_its_time(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category=UNREGULATED)
    metered.asked(at("16 10:10"))
    metered.answered(at("18 10:10"))
    said = metered.classified(at("18 10:30"), REGULATED)
    started, paused, resumed = [each for each in said if each.clock == clock_of(metered)]
    assert [type(each) for each in (started, paused, resumed)] == [ClockStarted, ClockPaused, ClockResumed]
    assert [moscow(each.at) for each in (started, paused, resumed)] == ["16 10:00:00", "16 10:10:00", "18 10:10:00"]
    assert (spent(metered), moscow(resumed.due_at)) == ((30 * 60, 16 * HOUR), "20 10:00:00")


def test_a_7_a_promise_taken_away_and_given_back_has_used_what_it_had_used(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.asked(at("16 10:10"))
    metered.answered(at("17 17:00"))
    before = spent(metered)
    metered.classified(at("17 17:00"), UNREGULATED)
    metered.classified(at("17 17:00"), REGULATED)
    metered.wait(metered.now + timedelta(hours=20))
    assert (spent(metered), missed(metered)) == (before, [])


def test_1_8_a_promise_made_after_a_reopening_does_not_count_the_time_solved(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category=UNREGULATED)
    metered.resolved(at("16 11:00"))
    metered.reopened(at("18 11:00"))
    metered.classified(at("18 11:10"), REGULATED)
    assert (spent(metered)[0], metered.of(DeadlineBreached)) == (70 * 60, [])


def test_1_8_a_promise_that_a_reopening_makes_does_not_count_the_time_closed(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category=UNREGULATED)
    metered.resolved(at("16 11:00"))
    metered.classified(at("16 11:10"), REGULATED)
    metered.closed(at("16 11:20"))
    metered.reopened(at("27 11:00"))
    assert (spent(metered)[0], metered.of(DeadlineBreached)) == (HOUR, [])


def test_a_question_to_the_requester_of_a_solved_ticket_does_not_set_its_time_going(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category=UNREGULATED)
    metered.resolved(at("16 11:00"))
    metered.asked(at("16 12:00"))
    metered.answered(at("17 12:00"))
    metered.reopened(at("18 11:00"))
    metered.classified(at("18 11:10"), REGULATED)
    assert spent(metered)[0] == 70 * 60


def test_time_in_another_ticket_is_no_work_on_this_one(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    elsewhere(metered, "16 11:00", "18 11:00")
    assert (spent(metered)[0], missed(metered)) == (HOUR, [])


def test_a_waiting_ticket_that_is_unmerged_still_waits(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.asked(at("16 10:10"))
    elsewhere(metered, "16 11:00", "17 11:00")
    metered.wait(metered.now + timedelta(days=30))
    assert (spent(metered)[0], spent(metered, "level1")[0], metered.breaches) == (10 * 60, 0, [])


@pytest.mark.parametrize(("asked", "breaches"), [("18 10:00", 0), ("18 10:01", 1)])
def test_a_7_a_promise_that_was_over_before_the_question_is_missed_once_and_one_just_kept_is_not(
    metered: Desk, asked: str, breaches: int
) -> None:
    metered.opened(at("16 10:00"), category=UNREGULATED)
    metered.asked(at(asked))
    said = metered.classified(at("20 10:00"), REGULATED)
    found = [each for each in said if isinstance(each, DeadlineBreached) and each.name == "resolution"]
    assert [(moscow(each.at), each.cause) for each in found] == [("18 10:00:00", "reclassified")] * breaches
    metered.wait(metered.now + timedelta(days=30))
    assert len(missed(metered)) == breaches


def test_a_8_a_response_promised_later_has_no_such_gaps(desk_of: Make, regulation_of: Make) -> None:
    desk = desk_of(regulation_of())
    desk.opened(at("16 10:00"), category=UNREGULATED)
    desk.asked(at("16 10:05"))
    desk.answered(at("16 10:10"))
    desk.classified(at("16 11:20"), REGULATED)
    assert missed(desk, "next_response") == ["16 11:10:00"]


def test_d3_what_a_promise_made_later_did_not_count_is_explained(metered: Desk) -> None:
    metered.opened(at("16 10:00"), category=UNREGULATED)
    metered.asked(at("16 10:10"))
    metered.answered(at("17 10:10"))
    metered.classified(at("17 10:30"), REGULATED)
    found = why(metered)
    [pause] = found.pauses
    assert (moscow(pause.since), moscow(pause.until), pause.working_seconds) == ("16 10:10:00", "17 10:10:00", 8 * HOUR)
    assert (found.worked_seconds, found.paused_seconds) == (30 * 60, 8 * HOUR)
    assert [each.type if each else "" for each in (found.started_by, pause.cause, pause.ended_by)] == [
        "ticket.classified.v1",
        "ticket.information-requested.v1",
        "ticket.requester-replied.v1",
    ]
