"""Versions are pinned (D2): a new one moves nothing until a ticket is migrated; the preview says what that does."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from contracts import Event
from contracts.sla import ClockCancelled, ClockPaused, ClockRetargeted, ClockStarted, DeadlineBreached
from hypothesis import given, settings
from hypothesis import strategies as st
from servicekit.problems import Malformed, NotFound
from sla.domain.moving import Move, moves
from sla.migration import Migration, Page, Wanted, migration, version

Desk = Any
Make = Callable[..., Any]
Document = dict[str, Any]
HOUR = 3600
START = datetime.fromisoformat("2026-03-16 10:00")


def at(local: str) -> str:
    return f"2026-03-{local}"


def moscow(moment: datetime) -> str:
    return (moment + timedelta(hours=3)).strftime("%d %H:%M:%S")


def second(document: Document) -> None:
    """Version 2: level 1 of standard support takes two hours, level 2 is not limited."""
    document["version"] = "2"
    document["plans"][4]["targets"]["level1"] = "2 часа"
    document["plans"][4]["targets"]["level2"] = "not supplied"


@pytest.fixture
def two(desk: Desk, changed_of: Make) -> Desk:
    """A desk with a ticket under version 1 after version 2 was published."""
    desk.opened(at("16 10:00"))
    desk.publish(changed_of(second))
    return desk


def test_d2_a_new_version_moves_nothing_not_even_when_the_ticket_is_reclassified(two: Desk) -> None:
    [paused] = two.asked(at("16 10:10"))
    assert paused.left == 50 * 60
    two.answered(at("16 10:20"))
    [moved] = two.classified(at("16 10:30"), "accounting-documents")
    assert (moved.target, two.said[-1].meta.regulation) == (4 * HOUR, "csn@1")


def test_d2_a_ticket_that_names_no_version_stays_with_the_one_it_was_opened_under(two: Desk) -> None:
    assert two.decider.state.tickets["t"].regulation == "csn@1"
    [started] = two.opened(at("16 11:00"), ticket="u")
    assert started.target == 2 * HOUR


def test_d2_a_migration_retargets_open_clocks_with_their_pauses(two: Desk) -> None:
    two.asked(at("16 10:10"))
    two.answered(at("16 10:20"))
    [moved] = two.migrated(at("16 10:30"), "csn@2")
    assert isinstance(moved, ClockRetargeted)
    assert (moved.because.cause, moscow(moved.due_at), moved.because.written) == ("migrated", "16 12:10:00", "2 часа")
    assert two.said[-1].meta.regulation == "csn@2"


def test_d2_a_finished_clock_and_a_recorded_breach_stay(two: Desk) -> None:
    two.escalated(at("16 12:00"), "level2")
    said = two.migrated(at("16 12:10"), "csn@2")
    assert [(type(each), each.reason) for each in said] == [(ClockCancelled, "migrated")]
    assert two.breaches == [("level1", two.of(DeadlineBreached)[0].at)]
    [first] = [each for each in two.decider.state.tickets["t"].clocks if each.name == "level1"]
    assert (first.rules, first.breached, first.target) == ("csn@1", True, HOUR)


def test_d2_a_deadline_that_is_past_under_the_new_version_is_missed_at_once(two: Desk) -> None:
    two.migrated(at("16 10:10"), "csn@2")
    moved, breached = two.migrated(at("16 11:30"), "csn@1")
    assert isinstance(moved, ClockRetargeted)
    assert (breached.cause, moscow(breached.at), breached.late) == ("migrated", "16 11:00:00", 0)


def test_d2_a_clock_that_only_the_new_version_knows_starts_from_its_own_start(two: Desk) -> None:
    two.migrated(at("16 10:10"), "csn@2")
    assert two.escalated(at("16 10:30"), "level2")[1:] == []
    two.asked(at("16 11:00"))
    started, paused = two.migrated(at("16 12:00"), "csn@1")
    assert isinstance(started, ClockStarted)
    assert isinstance(paused, ClockPaused)
    assert (started.name, moscow(started.at), moscow(started.due_at)) == ("level2", "16 10:30:00", "16 15:30:00")
    assert (moscow(paused.at), paused.left) == ("16 11:00:00", 4 * HOUR - 30 * 60)


def test_r0_13_a_waiting_ticket_migrated_there_and_back_breaches_nothing_while_it_waits(two: Desk) -> None:
    two.migrated(at("16 10:10"), "csn@2")
    two.migrated(at("16 10:15"), "csn@1")
    two.escalated(at("16 10:30"), "level2")
    two.asked(at("16 11:00"))
    two.migrated(at("20 12:00"), "csn@2")
    two.migrated(at("20 12:10"), "csn@1")
    two.wait(two.now + timedelta(days=30))
    assert two.breaches == []


def test_a_ticket_migrated_to_a_version_never_published_is_set_aside(two: Desk) -> None:
    with pytest.raises(AssertionError, match="csn@9"):
        two.migrated(at("16 10:10"), "csn@9")


STEPS = st.lists(st.tuples(st.sampled_from(["asked", "answered", "replied", "up", "resolved"]), st.integers(1, 300)))


def lived(desk: Desk, steps: list[tuple[str, int]]) -> None:
    minutes, stages = 0, iter(["level2", "level3", "level4"])
    for verb, later in steps:
        minutes += later
        now = (START + timedelta(minutes=minutes)).isoformat(" ")
        stage = next(stages, None) if verb == "up" else None
        if stage:
            desk.escalated(now, stage)
        elif verb != "up":
            getattr(desk, verb)(now)


@pytest.mark.parametrize("way", [("metered@1", "metered@2"), ("metered@2", "metered@1")])
@settings(max_examples=25, deadline=None)
@given(steps=STEPS, category=st.sampled_from(["project-question", "accounting-documents", "management-question"]))
def test_d17_what_the_preview_says_is_what_the_migration_does(
    desk_of: Make, regulation_of: Make, way: tuple[str, str], steps: list[tuple[str, int]], category: str
) -> None:
    (old, new), desk = way, desk_of(regulation_of())
    desk.publish(regulation_of(second))
    desk.opened(at("16 10:00"), category=category, regulation=old)
    lived(desk, steps)
    state, now = desk.decider.state, desk.now + timedelta(minutes=7)
    desk.wait(now)
    said = moves("t", state.tickets["t"], state.rules[new], state.rules, now)
    before = {each.id: each.due for each in state.tickets["t"].clocks}
    told = desk.migrated((now + timedelta(hours=3)).replace(tzinfo=None).isoformat(" "), new)
    assert [facts(desk, move, before) for move in said] == applied(desk, told, before)


def facts(desk: Desk, move: Move, before: dict[str, int]) -> tuple[object, ...]:
    """What a move said, as the events of a migration say it; a started clock's id follows from the event."""
    return (move.clock if move.clock in before else move.name, move.outcome == "cancelled", move.new, move.missed)


def applied(desk: Desk, told: list[Event], before: dict[str, int]) -> list[tuple[object, ...]]:
    """The clocks that a migration touched, as they are after it."""
    found = []
    clocks = {each.id: each for each in desk.decider.state.tickets["t"].clocks}
    for clock in dict.fromkeys(each.clock for each in told):
        said = [each for each in told if each.clock == clock]
        now = clocks[clock]
        because = [each.because for each in said if isinstance(each, ClockStarted | ClockRetargeted)]
        due = None if now.state == "paused" and not now.overdue else datetime.fromtimestamp(now.due, desk.now.tzinfo)
        new = (now.plan, because[-1].written, now.target, due) if because else None
        missed = any(isinstance(each, DeadlineBreached) or "Overran" in type(each).__name__ for each in said)
        found.append((clock if clock in before else now.name, now.state == "cancelled", new, missed))
    return found


async def asked(desk: Desk, to: object = "2", **page: Any) -> Migration:  # noqa: ANN401  # fields of a Page
    state = desk.decider.state
    wanted = Wanted.model_validate({"to": to})
    return await migration("csn", version("csn", wanted, state), state, desk.now, Page(**page))


def test_a_preview_lists_every_clock_that_would_move_and_counts_all(two: Desk) -> None:
    two.opened(at("16 10:01"), category="defect", ticket="u", regulation="csn@1")
    two.opened(at("16 10:02"), "critical", ticket="v", regulation="csn@1")
    two.opened(at("16 10:03"), ticket="w")
    found = asyncio.run(asked(two))
    totals = found.totals
    assert (totals.tickets, totals.moved, totals.unchanged, totals.missed) == (3, 2, 1, 0)
    assert [(each.ticket, each.clock, each.outcome) for each in found.clocks] == [
        ("t", "level1", "moved"),
        ("u", "level1", "moved"),
    ]
    sides: list[Any] = [found.clocks[0].old, found.clocks[0].new]
    assert [(side.target, moscow(side.due_at)) for side in sides] == [
        ("1 час", "16 11:00:00"),
        ("2 часа", "16 12:00:00"),
    ]


@pytest.mark.parametrize("to", ["1", "2"])
def test_a_preview_tells_of_clocks_that_would_start_and_of_those_that_would_not_be(
    desk: Desk, changed_of: Make, to: str
) -> None:
    desk.publish(changed_of(second))
    other = {"1": "csn@2", "2": "csn@1"}[to]
    desk.opened(at("16 10:00"), regulation=other)
    desk.escalated(at("16 10:30"), "level2")
    found = asyncio.run(asked(desk, to))
    outcome = {"1": "started", "2": "cancelled"}[to]
    assert [(each.clock, each.outcome, bool(each.id)) for each in found.clocks] == [("level2", outcome, to == "2")]


def test_a_preview_is_read_page_by_page(two: Desk) -> None:
    two.opened(at("16 10:01"), ticket="u", regulation="csn@1")
    first = asyncio.run(asked(two, limit=1))
    then = asyncio.run(asked(two, limit=1, after=first.next))
    last = asyncio.run(asked(two, limit=1, after=then.next))
    assert [[each.ticket for each in page.clocks] for page in (first, then, last)] == [["t"], ["u"], []]
    assert last.next is None


def test_a_ticket_of_a_category_that_the_version_does_not_know_is_stuck(desk: Desk, changed_of: Make) -> None:
    desk.opened(at("16 10:00"))
    desk.publish(changed_of(without_questions))
    found = asyncio.run(asked(desk))
    assert (found.totals.stuck, found.clocks) == (1, [])
    assert "project-question" in found.stuck[0].reason


def without_questions(document: Document) -> None:
    document["version"] = "2"
    document["categories"] = [each for each in document["categories"] if each["id"] != "project-question"]
    del document["plan_table"]["project-question"]


def test_a_version_can_be_tried_before_it_is_published(desk: Desk, changed_of: Make) -> None:
    desk.opened(at("16 10:00"))
    document = changed_of(second).to_json()
    found = asyncio.run(asked(desk, msgspec.json.decode(document)))
    assert (found.to, found.totals.moved) == ("csn@2", 1)


def test_an_unknown_name_or_version_is_a_problem(desk: Desk) -> None:
    with pytest.raises(Malformed, match="csn@1"):
        version("csn", Wanted(to="7"), desk.decider.state)
    with pytest.raises(NotFound):
        version("nothing", Wanted(to="1"), desk.decider.state)
