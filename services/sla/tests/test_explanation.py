"""D3: every clock is explained, in every state: slices sum to the target to the second, gaps name their causes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from contracts import Event, Recorded
from eventlog.reactor import provisional
from eventlog.store import New
from hypothesis import given, settings
from hypothesis import strategies as st
from sla.explanation import Explained, explain

Desk = Any
Make = Callable[..., Any]
HOUR = 3600


def at(local: str) -> str:
    return f"2026-03-{local}"


def moscow(moment: datetime | None) -> str:
    return (moment + timedelta(hours=3)).strftime("%d %H:%M:%S") if moment else ""


def total(slices: Sequence[tuple[datetime, datetime]]) -> int:
    return int(sum(((b - a) for a, b in slices), timedelta()).total_seconds())


def why(desk: Desk, name: str, until: datetime | None = None) -> Explained:
    """The latest clock of this name, told from the log."""
    clock = desk.decider.state.tickets["t"].latest(name)
    said = [recorded(new) for new in desk.said if new.stream == f"clock-{clock.id}"]
    return explain(said, desk.told, desk.decider.state.rules, until or desk.now)


def recorded(new: New) -> Recorded[Event]:
    return provisional(new, new.event.at)


def test_d3_a_running_clock_names_its_start_its_cell_and_its_slices(desk: Desk) -> None:
    desk.opened(at("20 17:30"), category="accounting-documents")
    found = why(desk, "level1")
    assert found.started_by is not None
    assert (found.started_by.type, moscow(found.started_by.at)) == ("ticket.opened.v1", "20 17:30:00")
    assert (found.cell.plan, found.cell.written, found.cell.regulation) == ("paperwork", "4 часа", "csn@1")
    assert (total(found.slices), moscow(found.due_at), found.projected) == (4 * HOUR, "23 12:30:00", False)


def test_d3_a_pause_names_the_question_and_the_answer(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:15"))
    desk.answered(at("17 09:30"))
    found = why(desk, "level1", desk.now + timedelta(minutes=5))
    [pause] = found.pauses
    assert pause.cause is not None
    assert pause.ended_by is not None
    assert (pause.cause.type, pause.ended_by.type) == ("ticket.information-requested.v1", "ticket.requester-replied.v1")
    assert (pause.reason, pause.working_seconds, found.paused_seconds) == ("waiting", 7.25 * HOUR, 7.25 * HOUR)
    assert (total(found.slices), total(found.spent), found.worked_seconds) == (HOUR, 20 * 60, 20 * 60)


def test_d3_a_waiting_clock_shows_where_it_would_end_if_it_ran_on_now(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 10:15"))
    found = why(desk, "level1", desk.now + timedelta(hours=1))
    assert (found.state, found.projected, moscow(found.due_at)) == ("paused", True, "16 12:00:00")
    assert (total(found.slices), total(found.spent), found.pauses[0].until) == (HOUR, 15 * 60, None)


def dates(document: dict[str, Any]) -> None:
    """Days of every plan are dates (A-1)."""
    for plan in document["plans"]:
        plan["day_mode"] = "d_plus_n"


def test_d3_a_date_that_a_pause_puts_off_to_an_opening_is_shown_there(desk_of: Make, changed_of: Make) -> None:
    desk = desk_of(changed_of(dates))
    desk.opened(at("16 08:00"), category="accounting-documents")
    desk.escalated(at("16 09:00"), "level2")
    desk.asked(at("16 10:00"))
    shown = why(desk, "level2", desk.now + timedelta(hours=5))
    [resumed] = desk.answered(at("16 15:00"))
    assert (moscow(shown.due_at), moscow(resumed.due_at)) == ("19 14:00:00", "19 14:00:00")


def test_d3_a_clock_stopped_exactly_at_its_deadline_would_end_at_once_if_it_ran_on(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.asked(at("16 11:00"))
    shown = why(desk, "level1", desk.now + timedelta(hours=5))
    assert (shown.state, shown.projected, moscow(shown.due_at)) == ("paused", True, "16 16:00:00")
    assert total(shown.slices) == total(shown.spent) == HOUR


def test_d3_who_changed_the_target_and_why_is_told(desk: Desk) -> None:
    desk.opened(at("16 10:00"), category="accounting-documents")
    desk.prioritized(at("16 12:00"), "critical")
    found = why(desk, "level1")
    begun, turned = found.turns
    assert turned.by is not None
    assert (begun.cause, turned.cause, turned.by.type) == ("started", "reclassified", "ticket.priority-changed.v1")
    assert (turned.target_before, turned.cell.target_seconds, turned.cell.written) == (4 * HOUR, HOUR, "1 час")
    assert (moscow(turned.due_before), moscow(turned.due_at)) == ("16 15:00:00", "16 11:00:00")
    assert [(each.type, each.cause) for each in found.missed] == [("clock.breached.v1", "reclassified")]


def test_a_4_the_time_at_the_vendor_s_is_a_gap_of_level_3(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.escalated(at("16 10:00"), "level3")
    desk.escalated(at("18 10:00"), "level4")
    desk.escalated(at("26 12:00"), "level3", "level4")
    found = why(desk, "level3")
    [gap] = found.pauses
    assert (gap.reason, moscow(gap.since), moscow(gap.until)) == ("elsewhere", "18 10:00:00", "26 12:00:00")
    assert (total(found.slices), moscow(found.due_at), found.turns[-1].cause) == (40 * HOUR, "31 12:00:00", "returned")


def test_1_8_a_reopened_budget_is_explained(metered: Desk) -> None:
    metered.opened(at("16 10:00"))
    metered.resolved(at("16 12:00"))
    metered.reopened(at("19 10:00"))
    found = why(metered, "resolution")
    assert (found.turns[-1].cause, found.pauses[0].reason) == ("reopened", "elsewhere")
    assert (total(found.slices), total(found.spent)) == (16 * HOUR, 2 * HOUR)


def test_a_finished_clock_says_what_ended_it(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.escalated(at("16 10:20"), "level2")
    found = why(desk, "level1")
    assert found.ended_by is not None
    assert (found.state, found.ended_by.type, moscow(found.ended_at)) == ("met", "ticket.escalated.v1", "16 10:20:00")
    assert (total(found.slices), total(found.spent), found.pauses) == (HOUR, 20 * 60, [])


def test_a_27_a_soft_budget_is_explained_with_its_advice(desk_of: Make, regulation_of: Make) -> None:
    desk = desk_of(regulation_of(soft))
    desk.opened(at("16 10:00"))
    desk.wait(desk.now + timedelta(hours=1))
    found = why(desk, "first_response")
    assert found.advice is not None
    assert (found.soft, found.state, found.advice.en) == (True, "running", "Move it to line 2")
    assert [each.type for each in found.missed] == ["clock.budget-spent.v1"]


def soft(document: dict[str, Any]) -> None:
    title = {"ru": "Передайте на вторую линию", "en": "Move it to line 2"}
    document["metrics"][0] |= {"soft": True, "advice": title}


VERBS = ["asked", "answered", "replied", "resolved", "reopened", "critical", "normal", "papers", "mail", "longer"]
STEPS = st.lists(st.tuples(st.sampled_from([*VERBS, "level2", "level3", "level4"]), st.integers(1, 2000)), max_size=12)
START = datetime.fromisoformat("2026-03-13 15:00")


def live(desk: Desk, steps: list[tuple[str, int]]) -> None:
    """Whatever is told, told at its time; nobody checks that it makes sense."""
    desk.opened(START.isoformat(" "), category="new-function")
    now = START
    for verb, minutes in steps:
        now += timedelta(minutes=minutes)
        tell(desk, verb, now.isoformat(" "))


def tell(desk: Desk, verb: str, now: str) -> None:
    if verb.startswith("level"):
        desk.escalated(now, verb)
    elif verb in ("critical", "normal"):
        desk.prioritized(now, verb)
    elif verb in ("papers", "mail"):
        category = "accounting-documents" if verb == "papers" else "new-function"
        desk.classified(now, category, service="mail" if verb == "mail" else "")
    elif verb == "longer":
        desk.estimated(now, "level3", "30 дней")
    else:
        getattr(desk, verb)(now)


@pytest.mark.parametrize("mode", ["hours", "d_plus_n"])
@settings(max_examples=35, deadline=None)
@given(steps=STEPS, later=st.integers(0, 10_000))
def test_d3_slices_sum_to_the_target_of_every_clock_in_every_state(
    desk_of: Make, regulation_of: Make, mode: str, steps: list[tuple[str, int]], later: int
) -> None:
    desk = desk_of(regulation_of(lambda document: [each.update(day_mode=mode) for each in document["plans"]]))
    live(desk, steps)
    for clock in desk.decider.state.tickets["t"].clocks:
        said = [recorded(new) for new in desk.said if new.stream == f"clock-{clock.id}"]
        found = explain(said, desk.told, desk.decider.state.rules, desk.now + timedelta(minutes=later))
        assert total(found.slices) == found.target_seconds == clock.target
        assert total(found.spent) == found.worked_seconds
        assert found.slices == [] or found.slices[-1][1] <= found.due_at


@pytest.mark.parametrize("mode", ["hours", "d_plus_n"])
@settings(max_examples=35, deadline=None)
@given(steps=STEPS, later=st.integers(0, 200).map(lambda halves: 30 * halves))
def test_d3_a_waiting_clock_shows_the_deadline_that_an_answer_would_give_it(
    desk_of: Make, regulation_of: Make, mode: str, steps: list[tuple[str, int]], later: int
) -> None:
    desk = desk_of(regulation_of(lambda document: [each.update(day_mode=mode) for each in document["plans"]]))
    live(desk, [*steps, ("asked", 30)])
    now = desk.now + timedelta(minutes=later)
    waiting = [each for each in desk.decider.state.tickets["t"].clocks if each.state == "paused"]
    shown = {each.name: why(desk, each.name, now).due_at.timestamp() for each in waiting}
    desk.answered((now + timedelta(hours=3)).replace(tzinfo=None).isoformat(" "))
    assert {each.name: each.due for each in waiting} == shown


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_d3_a_clock_explained_from_the_log_is_the_one_that_decides(
    desk_of: Make, regulation_of: Make, steps: list[tuple[str, int]]
) -> None:
    desk = desk_of(regulation_of())
    live(desk, steps)
    for clock in desk.decider.state.tickets["t"].clocks:
        said = [recorded(new) for new in desk.said if new.stream == f"clock-{clock.id}"]
        found = explain(said, desk.told, desk.decider.state.rules, desk.now)
        due = clock.due if not found.projected else int(found.due_at.timestamp())
        assert (found.target_seconds, found.due_at.timestamp(), found.paused_seconds >= clock.paused) == (
            clock.target,
            due,
            True,
        )
