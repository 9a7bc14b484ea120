"""Timers: none early, each once, in due order, late ones say so; and the state that survives a restart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from contracts.sla import AutoCloseDue, DeadlineApproaching, DeadlineBreached
from msgspec.structs import replace
from sla.domain.moments import moment
from sla.reactor import SlaReactor
from sla.state import AT_ONCE

Desk = Any
DeskOf = Callable[[], Desk]
MONDAY = "2026-03-16"


def crowd(desk: Desk, size: int) -> None:
    """Tickets opened a second apart, targets mixed, and nobody rings."""
    desk.punctual = False
    for number in range(size):
        priority = ("normal", "urgent", "critical")[number % 3]
        desk.opened(f"{MONDAY} 10:{number // 60:02}:{number % 60:02}", priority, "defect", ticket=f"t{number}")


def test_i11_nothing_rings_before_or_at_its_moment(desk: Desk) -> None:
    desk.opened(f"{MONDAY} 10:00")
    first = desk.decider.reactor.next_ring(desk.decider.state)
    assert desk.ring(first - timedelta(microseconds=1)) == []
    assert desk.ring(first) == []
    assert [type(said) for said in desk.ring(first + timedelta(microseconds=1))] == [DeadlineApproaching]


def test_i9_what_rang_does_not_ring_again(desk: Desk) -> None:
    desk.opened(f"{MONDAY} 10:00")
    late = desk.now + timedelta(hours=3)
    assert len(desk.ring(late)) == 1
    assert desk.ring(late) == []
    assert desk.decider.reactor.next_ring(desk.decider.state) is None


def test_i10_what_was_missed_meanwhile_comes_in_due_order_and_marked_late(desk: Desk) -> None:
    crowd(desk, 90)
    now = desk.now + timedelta(hours=5)
    said = desk.ring(now)
    dues = [each.due_at for each in said]
    assert {type(each) for each in said} == {DeadlineBreached}
    assert (len(said), dues) == (90, sorted(dues))
    assert all(each.late == (now - each.due_at).total_seconds() for each in said)


def test_i10_up_to_five_seconds_are_not_late(desk: Desk) -> None:
    desk.opened(f"{MONDAY} 10:00")
    [breached] = desk.ring(desk.now + timedelta(hours=1, seconds=5))
    assert breached.late == 0


def test_a_limit_splits_the_ringing_without_changing_it(desk: Desk, desk_of: DeskOf) -> None:
    crowd(desk, 50)
    other = desk_of()
    crowd(other, 50)
    whole = other.ring(desk.now + timedelta(minutes=40))
    parts = [desk.ring(desk.now + timedelta(minutes=40), limit=7) for _ in range(20)]
    assert [each for part in parts for each in part] == whole
    assert all(len(part) <= 7 for part in parts)
    assert {type(each) for each in whole} == {DeadlineApproaching, DeadlineBreached}


def test_a_ring_changes_nothing_until_it_is_evolved(desk: Desk) -> None:
    crowd(desk, 10)
    reactor, state = desk.decider.reactor, desk.decider.state
    now = desk.now + timedelta(hours=1)
    assert reactor.ring(state, now, 100) == reactor.ring(state, now, 100)


def test_a_deadline_that_a_late_follower_overlooked_is_breached_before_what_happened_next(desk: Desk) -> None:
    desk.punctual = False
    desk.opened(f"{MONDAY} 10:00")
    breached, met, _ = desk.escalated(f"{MONDAY} 11:00:01", "level2")
    assert (type(breached), breached.late, met.breached) == (DeadlineBreached, 0, True)


def test_the_breach_of_a_ring_and_of_a_late_event_is_the_same_event(desk: Desk, desk_of: DeskOf) -> None:
    late = desk_of()
    late.punctual = False
    for each in (desk, late):
        each.opened(f"{MONDAY} 10:00")
        each.escalated(f"{MONDAY} 12:00", "level2")
    ids = [[new.id for new in each.said if isinstance(new.event, DeadlineBreached)] for each in (desk, late)]
    assert ids[0] == ids[1]


def test_a_reopening_cancels_a_closing_that_a_late_follower_overlooked(desk: Desk) -> None:
    desk.opened(f"{MONDAY} 10:00")
    desk.resolved(f"{MONDAY} 10:10")
    desk.punctual = False
    desk.reopened("2026-03-30 10:00")
    assert desk.of(AutoCloseDue) == []


def test_a_timer_names_the_event_that_set_it(desk: Desk) -> None:
    desk.opened(f"{MONDAY} 10:00")
    desk.ring(desk.now + timedelta(hours=2))
    started, breached = desk.said
    assert (breached.meta.causation, breached.meta.correlation) == (started.id, "c-1")
    assert breached.meta.regulation == "csn@1"


def test_a_restored_state_is_the_stored_one_and_rings_the_same(desk: Desk) -> None:
    crowd(desk, 30)
    desk.asked(f"{MONDAY} 10:05")
    desk.ring(desk.now + timedelta(minutes=15))
    reactor, state = SlaReactor(), desk.decider.state
    again = reactor.restored(reactor.stored(state))
    now = desk.now + timedelta(hours=9)
    assert reactor.stored(again) == reactor.stored(state)
    assert reactor.next_ring(again) == reactor.next_ring(state)
    assert reactor.ring(again, now, 1000) == reactor.ring(state, now, 1000)


def test_void_alarms_do_not_pile_up(desk: Desk) -> None:
    desk.opened(f"{MONDAY} 10:00", category="accounting-documents")
    for number in range(1600):
        desk.prioritized(f"{MONDAY} 10:00", ("urgent", "normal")[number % 2])
    assert len(desk.decider.state.alarms) < 1200


def test_i18_alarms_are_set_in_portions_and_none_is_lost(desk: Desk) -> None:
    desk.punctual = False
    for number in range(AT_ONCE + 1):
        desk.opened(f"{MONDAY} 10:00:{number % 60:02}", ticket=f"t{number}")
    state = desk.decider.state
    clocks = [clock for ticket in state.tickets.values() for clock in ticket.clocks]
    assert len(state.alarms) == len(clocks) == AT_ONCE + 1
    assert desk.decider.reactor.next_ring(state) == moment(min(clock.rings for clock in clocks))


def test_i15_a_clock_that_cannot_say_what_it_should_silences_its_own_ticket_only(desk: Desk) -> None:
    crowd(desk, 3)
    state = desk.decider.state
    assert len(state.alarms) == 3
    for clock in state.tickets["t0"].clocks:
        clock.terms = replace(clock.terms, rules="never@1")
    rung = desk.decider.ring(desk.now + timedelta(hours=5), 100)
    assert {said.event.ticket for said in rung.decided} == {"t1", "t2"}
    [aside] = rung.parked
    assert (aside.subject, aside.reason) == ("t0", "KeyError: 'never@1'")
    assert aside.id == state.tickets["t0"].clocks[0].cause
