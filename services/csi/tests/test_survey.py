from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from contracts import Meta, Recorded
from contracts.csi import LowRatingFlagged, RatingExpired, RatingGiven, RatingRequested
from csi.domain.survey import AlreadyRatedError, ExpiredError, RatingError, Survey
from hypothesis import given
from hypothesis import strategies as st

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EXPIRES = NOON + timedelta(days=30)
ASKED = RatingRequested(
    at=NOON,
    survey="s",
    ticket="t",
    number="T-1",
    requester="r",
    resolution="e",
    agent="anna",
    group="support",
    channel="email",
    stage="level2",
    plan="outage",
    link="",
    expires_at=EXPIRES,
)


def survey() -> Survey:
    fresh = Survey("survey-s", ASKED)
    fresh.new_events()
    return fresh


def given_rating(score: int, comment: str = "") -> RatingGiven:
    return RatingGiven(at=NOON, survey="s", ticket="t", requester="r", agent="anna", score=score, comment=comment)


def test_a_rating_is_taken_once() -> None:
    asked = survey()

    asked.rate(5, "спасибо", NOON)

    assert [decided.event for decided in asked.new_events()] == [given_rating(5, "спасибо")]
    with pytest.raises(AlreadyRatedError):
        asked.rate(4, "", NOON)


@pytest.mark.parametrize("score", [1, 2])
def test_a_low_rating_is_flagged_to_the_head(score: int) -> None:
    asked = survey()

    asked.rate(score, "", NOON)

    flagged = LowRatingFlagged(at=NOON, survey="s", ticket="t", agent="anna", score=score)
    assert [decided.event for decided in asked.new_events()] == [given_rating(score), flagged]


def test_the_moment_of_expiry_is_too_late() -> None:
    survey().rate(3, "", EXPIRES - timedelta(microseconds=1))

    with pytest.raises(ExpiredError):
        survey().rate(3, "", EXPIRES)


def test_an_expired_survey_stays_expired() -> None:
    history = [ASKED, RatingExpired(at=EXPIRES, survey="s", ticket="t")]
    recorded = [
        Recorded(position=n, id="i", stream="survey-s", version=n, recorded_at=NOON, data=said, meta=Meta())
        for n, said in enumerate(history, 1)
    ]
    expired = Survey.replay(recorded)
    assert expired is not None

    with pytest.raises(ExpiredError):
        expired.rate(5, "", NOON)


@given(st.integers().filter(lambda score: not 1 <= score <= 5))
def test_a_score_outside_the_scale_is_refused(score: int) -> None:
    with pytest.raises(RatingError):
        survey().rate(score, "", NOON)


def test_a_comment_has_its_limit() -> None:
    survey().rate(5, "я" * 2000, NOON)

    with pytest.raises(RatingError):
        survey().rate(5, "я" * 2001, NOON)


@given(st.lists(st.tuples(st.integers(-1, 7), st.integers(0, 40)), max_size=6))
def test_whatever_is_tried_there_is_one_rating_and_replay_agrees(tries: list[tuple[int, int]]) -> None:
    live = Survey("survey-s", ASKED)
    for score, days in tries:
        with suppress(AlreadyRatedError, ExpiredError, RatingError):
            live.rate(score, "", NOON + timedelta(days=days))
    decided = live.new_events()

    assert sum(isinstance(each.event, RatingGiven) for each in decided) <= 1
    recorded = [
        Recorded(
            position=n, id="i", stream=each.stream, version=each.version, recorded_at=NOON, data=each.event, meta=Meta()
        )
        for n, each in enumerate(decided, 1)
    ]
    assert Survey.replay(recorded) == live
