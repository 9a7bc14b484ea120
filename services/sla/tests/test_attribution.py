"""D9: every second of a ticket belongs to the requester, a level, the vendor or nobody, and they sum to its life."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from servicekit.problems import NotFound
from sla.attribution import Shares, shares

Desk = Any
Make = Callable[..., Any]
HOUR = 3600


def at(local: str) -> str:
    return f"2026-03-{local}"


def whose(desk: Desk, later: timedelta = timedelta()) -> Shares:
    return shares("t", desk.told[1:], desk.decider.state.rules_for, desk.now + later)


def hours(found: Shares) -> dict[str, float]:
    return {party: seconds / HOUR for party, seconds in found.seconds.items() if seconds}


def test_d9_each_level_has_its_own_time_and_the_vendor_his(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.escalated(at("16 10:00"), "level2")
    desk.escalated(at("16 12:00"), "level3")
    desk.escalated(at("16 15:00"), "level4")
    found = whose(desk, timedelta(hours=2))
    assert hours(found) == {"L1": 1, "L2": 2, "L3": 2, "vendor": 2, "nobody": 1}
    assert found.total_seconds == 8 * HOUR


def test_d9_waiting_and_a_resolved_ticket_are_the_requester_s_and_nights_are_nobody_s(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.asked(at("16 10:00"))
    desk.answered(at("16 12:00"))
    desk.resolved(at("16 17:00"))
    found = whose(desk, timedelta(hours=17))
    assert hours(found) == {"requester": 2 + 1 + 1, "L1": 1 + 4, "nobody": 1 + 15}


def test_d9_a_reopened_ticket_is_the_level_s_that_resolved_it(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.escalated(at("16 10:00"), "level2")
    desk.resolved(at("16 11:00"))
    desk.reopened(at("16 12:00"))
    found = whose(desk, timedelta(hours=3))
    assert hours(found) == {"L1": 1, "L2": 1 + 2, "requester": 1, "nobody": 1}
    assert (found.reopened_seconds, found.reopened_worked_seconds) == (3 * HOUR, 2 * HOUR)


def test_d9_it_ends_with_the_closing_and_what_comes_later_changes_nothing(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    desk.resolved(at("16 10:00"))
    desk.closed(at("16 11:00"))
    desk.answered(at("18 11:00"))
    assert (whose(desk).total_seconds, hours(whose(desk))) == (2 * HOUR, {"L1": 1, "requester": 1})


def test_a_34_the_first_response_is_measured_besides_the_promise(desk: Desk) -> None:
    desk.opened(at("16 12:30"))
    assert whose(desk).first_response_seconds is None
    desk.classified(at("16 12:40"), "module-setup")
    desk.replied(at("16 14:10"))
    found = whose(desk)
    assert (found.first_response_seconds, found.first_response_worked_seconds) == (100 * 60, 40 * 60)


def test_a_level_that_a_regulation_names_itself_counts(desk_of: Make, changed_of: Make) -> None:
    desk = desk_of(changed_of(lambda document: document["stages"][1].update(level="L2")))
    desk.opened(at("16 09:00"))
    assert hours(whose(desk, timedelta(hours=1))) == {"L2": 1}


def test_a_ticket_never_opened_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        whose(desk)


VERBS = ["asked", "answered", "replied", "resolved", "reopened", "closed", "level2", "level3", "level4", "critical"]
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 200_000)), max_size=15)
START = datetime.fromisoformat("2026-03-13 15:00")


def tell(desk: Desk, verb: str, now: str) -> None:
    if verb.startswith("level"):
        desk.escalated(now, verb)
    elif verb == "critical":
        desk.prioritized(now, verb)
    else:
        getattr(desk, verb)(now)


@settings(max_examples=50, deadline=None)
@given(steps=STEPS, later=st.integers(0, 1_000_000))
def test_d9_every_second_belongs_to_exactly_one_party(desk_of: Make, steps: list[tuple[str, int]], later: int) -> None:
    desk, now = desk_of(), START
    desk.opened(now.isoformat(" "))
    for verb, seconds in steps:
        now += timedelta(seconds=seconds)
        tell(desk, verb, now.isoformat(" "))
    found = whose(desk, timedelta(seconds=later))
    assert sum(found.seconds.values()) == found.total_seconds
    assert found.total_seconds == (found.until - found.opened_at).total_seconds()
    assert min(found.seconds.values()) >= 0


@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_d9_a_party_s_time_never_shrinks_while_nothing_happens(desk_of: Make, steps: list[tuple[str, int]]) -> None:
    desk, now = desk_of(), START
    desk.opened(now.isoformat(" "))
    for verb, seconds in steps:
        now += timedelta(seconds=seconds)
        tell(desk, verb, now.isoformat(" "))
    before, after = whose(desk, timedelta(hours=1)), whose(desk, timedelta(hours=40))
    assert all(after.seconds[party] >= seconds for party, seconds in before.seconds.items())
