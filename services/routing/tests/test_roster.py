from datetime import UTC, datetime, timedelta

from contracts import Meta, Recorded
from contracts.routing import RosterRevised, ShiftPlanned, ShiftWithdrawn
from hypothesis import given
from hypothesis import strategies as st
from routing.domain.roster import Draft, Roster, Shift

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def shift(hour: int, agent: str = "anna", hours: int = 4) -> Shift:
    starts = NOON + timedelta(hours=hour)
    return Shift(starts, starts + timedelta(hours=hours), agent)


def draft(*shifts: Shift, at: datetime = NOON) -> Draft:
    return Draft(frozenset(shifts), at, "lena", "csv")


def begun(*shifts: Shift, at: datetime = NOON) -> Roster:
    roster = Roster.begun("main", draft(*shifts, at=at))
    assert roster is not None
    return roster


def test_a_roster_without_anything_ahead_does_not_begin() -> None:
    assert Roster.begun("main", draft(shift(-8))) is None


def test_a_plan_is_replaced_by_its_difference() -> None:
    roster = begun(shift(1), shift(8))
    roster.new_events()

    roster.replace(draft(shift(8), shift(20, "boris")))

    assert [decided.event for decided in roster.new_events()] == [
        ShiftWithdrawn(at=NOON, roster="main", **shift(1)._asdict()),
        ShiftPlanned(at=NOON, roster="main", **shift(20, "boris")._asdict()),
        RosterRevised(at=NOON, roster="main", revision=2, source="csv", by="lena", planned=1, withdrawn=1),
    ]


def test_the_same_plan_again_is_silence() -> None:
    roster = begun(shift(1), shift(8))
    roster.new_events()

    roster.replace(draft(shift(8), shift(1), shift(-20)))

    assert (roster.new_events(), roster.revision) == ([], 1)


def test_the_first_revision_counts_every_shift() -> None:
    *_, revised = begun(shift(1), shift(8)).new_events()

    assert revised.event == RosterRevised(
        at=NOON, roster="main", revision=1, source="csv", by="lena", planned=2, withdrawn=0
    )


def test_a_preview_says_what_a_draft_would_change_and_changes_nothing() -> None:
    roster = begun(shift(1), shift(8))
    roster.new_events()

    assert roster.difference(draft(shift(8), shift(20))) == ([shift(1)], [shift(20)])
    assert (roster.new_events(), roster.shifts) == ([], {shift(1), shift(8)})


def test_a_shift_that_is_over_stays_and_is_not_planned_anew() -> None:
    roster = begun(shift(-2))
    later = NOON + timedelta(hours=3)
    roster.new_events()

    roster.replace(draft(shift(-8), at=later))

    assert (roster.new_events(), roster.shifts) == ([], {shift(-2)})


def test_a_running_shift_can_be_cut_short() -> None:
    roster = begun(shift(-2))

    roster.replace(draft(shift(-2, hours=3)))

    assert roster.shifts == {shift(-2, hours=3)}


PLANS = st.lists(st.builds(shift, st.integers(-6, 30), st.sampled_from(["anna", "boris"])), max_size=8)


@given(PLANS.filter(lambda plan: any(each.ends > NOON for each in plan)), PLANS)
def test_what_is_ahead_is_the_plan_and_replay_agrees(first: list[Shift], second: list[Shift]) -> None:
    live = begun(*first)
    live.replace(draft(*second))

    assert live.shifts == {each for each in second if each.ends > NOON}
    history = [
        Recorded(
            position=n, id="i", stream=each.stream, version=each.version, recorded_at=NOON, data=each.event, meta=Meta()
        )
        for n, each in enumerate(live.new_events(), 1)
    ]
    assert Roster.replay(history) == live
