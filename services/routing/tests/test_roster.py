from datetime import UTC, datetime, timedelta

from contracts import Meta, Recorded
from contracts.routing import ShiftPlanned, ShiftWithdrawn
from hypothesis import given
from hypothesis import strategies as st
from routing.domain.roster import Roster, Shift

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def shift(hour: int, agent: str = "anna", hours: int = 4) -> Shift:
    starts = NOON + timedelta(hours=hour)
    return Shift(starts, starts + timedelta(hours=hours), agent)


def begun(*shifts: Shift, at: datetime = NOON) -> Roster:
    roster = Roster.begun("main", shifts, at)
    assert roster is not None
    return roster


def test_a_roster_without_anything_ahead_does_not_begin() -> None:
    assert Roster.begun("main", [shift(-8)], NOON) is None


def test_a_plan_is_replaced_by_its_difference() -> None:
    roster = begun(shift(1), shift(8))
    roster.new_events()

    roster.replace([shift(8), shift(20, "boris")], NOON)

    assert [decided.event for decided in roster.new_events()] == [
        ShiftWithdrawn(at=NOON, roster="main", **shift(1)._asdict()),
        ShiftPlanned(at=NOON, roster="main", **shift(20, "boris")._asdict()),
    ]


def test_a_shift_that_is_over_stays_and_is_not_planned_anew() -> None:
    roster = begun(shift(-2))
    later = NOON + timedelta(hours=3)
    roster.new_events()

    roster.replace([shift(-8)], later)

    assert (roster.new_events(), roster.shifts) == ([], {shift(-2)})


def test_a_running_shift_can_be_cut_short() -> None:
    roster = begun(shift(-2))

    roster.replace([shift(-2, hours=3)], NOON)

    assert roster.shifts == {shift(-2, hours=3)}


PLANS = st.lists(st.builds(shift, st.integers(-6, 30), st.sampled_from(["anna", "boris"])), max_size=8)


@given(PLANS.filter(lambda plan: any(each.ends > NOON for each in plan)), PLANS)
def test_what_is_ahead_is_the_plan_and_replay_agrees(first: list[Shift], second: list[Shift]) -> None:
    live = begun(*first)
    live.replace(second, NOON)

    assert live.shifts == {each for each in second if each.ends > NOON}
    history = [
        Recorded(
            position=n, id="i", stream=each.stream, version=each.version, recorded_at=NOON, data=each.event, meta=Meta()
        )
        for n, each in enumerate(live.new_events(), 1)
    ]
    assert Roster.replay(history) == live
