"""What csi records: what requesters think of the work."""

from datetime import datetime

from contracts.event import Event, Personal


class RatingRequested(Event, frozen=True, kw_only=True, tag="survey.requested.v1"):
    """The requester is asked to rate one resolution; whom it concerns is fixed here for ever (D13, R0-37)."""

    survey: str
    ticket: str
    number: str
    requester: str
    resolution: str
    agent: str
    group: str
    channel: str
    stage: str
    plan: str
    link: Personal
    expires_at: datetime
    language: str = "ru"


class RatingGiven(Event, frozen=True, kw_only=True, tag="survey.rated.v1"):
    """The requester rated the work from 1 (bad) to 5 (good); one rating per survey (A-24)."""

    survey: str
    ticket: str
    requester: str
    agent: str
    score: int
    comment: Personal = ""


class RatingExpired(Event, frozen=True, kw_only=True, tag="survey.expired.v1"):
    """Nobody rated before the link expired."""

    survey: str
    ticket: str


class LowRatingFlagged(Event, frozen=True, kw_only=True, tag="survey.low-flagged.v1"):
    """A rating of 1 or 2 wants the head's attention."""

    survey: str
    ticket: str
    agent: str
    score: int


CSI = (RatingRequested, RatingGiven, RatingExpired, LowRatingFlagged)
