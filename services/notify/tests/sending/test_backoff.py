"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from notify.sending.backoff import next_attempt, wait

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = st.text(max_size=20)


@given(KEYS, st.integers(1, 200))
def test_waits_lie_between_three_quarters_and_the_whole_of_a_doubling_capped_at_half_an_hour(key: str, n: int) -> None:
    whole = min(timedelta(seconds=5 * 2 ** min(n - 1, 20)), timedelta(minutes=30))
    assert whole * 0.75 <= wait(n, key) <= whole


@given(KEYS, st.integers(1, 40))
def test_the_same_delivery_is_tried_at_the_same_moment_by_everybody(key: str, n: int) -> None:
    assert next_attempt(n, NOON, None, key) == next_attempt(n, NOON, None, key)


def test_different_deliveries_do_not_come_back_all_at_once() -> None:
    assert len({wait(5, f"delivery-{n}") for n in range(100)}) == 100


def test_a_longer_wait_asked_for_is_obeyed() -> None:
    assert next_attempt(1, NOON, timedelta(hours=2), "a") == NOON + timedelta(hours=2)
    assert next_attempt(9, NOON, timedelta(seconds=1), "a") == NOON + wait(9, "a")


@given(KEYS)
def test_a_delivery_is_given_up_within_a_day(key: str) -> None:
    at, attempts = NOON, 0
    while (following := next_attempt(attempts + 1, at, None, key, NOON)) is not None:
        at, attempts = following, attempts + 1
    assert timedelta(hours=23) < at - NOON <= timedelta(hours=24)


@given(KEYS)
def test_without_a_beginning_the_schedule_itself_ends_within_a_day(key: str) -> None:
    at, attempts = NOON, 0
    while (following := next_attempt(attempts + 1, at, None, key)) is not None:
        at, attempts = following, attempts + 1
    assert timedelta(hours=23) < at - NOON <= timedelta(hours=24)


def test_a_wait_beyond_the_day_is_not_waited() -> None:
    assert next_attempt(2, NOON, timedelta(hours=23), "a", NOON - timedelta(hours=2)) is None
