"""A survey: one question about one resolution, answered once or not at all."""

from __future__ import annotations

from datetime import datetime

from contracts.csi import LowRatingFlagged, RatingExpired, RatingGiven, RatingRequested
from eventlog.aggregate import Aggregate, event

LOWEST, LOW, HIGHEST = 1, 2, 5
COMMENT_MAX = 2000


class AlreadyRatedError(ValueError):
    """The survey has its rating, and there is only one."""


class ExpiredError(ValueError):
    """The survey was not answered in time."""


class RatingError(ValueError):
    """A score outside of 1 to 5, or a comment of more than 2,000 characters."""


class Survey(Aggregate):
    """Whom the rating concerns was fixed when it was asked for (D13); rated once, or expired."""

    @event("Requested")
    def __init__(self, id: str, said: RatingRequested) -> None:  # noqa: A002  # the library's own name for it
        self.asked = said
        self.score = 0
        self.lapsed = False

    def expired(self, at: datetime) -> bool:
        """Whether it can be answered no more at this moment; the moment of expiry is too late."""
        return self.lapsed or at >= self.asked.expires_at

    def rate(self, score: int, comment: str, at: datetime) -> None:
        """Take the one rating; raises AlreadyRatedError, ExpiredError or RatingError."""
        if self.score:
            raise AlreadyRatedError
        if self.expired(at):
            raise ExpiredError
        if not LOWEST <= score <= HIGHEST or len(comment) > COMMENT_MAX:
            raise RatingError
        who = self.asked
        self._given(
            RatingGiven(
                at=at,
                survey=who.survey,
                ticket=who.ticket,
                requester=who.requester,
                agent=who.agent,
                score=score,
                comment=comment,
            )
        )
        if score <= LOW:
            self._flagged(LowRatingFlagged(at=at, survey=who.survey, ticket=who.ticket, agent=who.agent, score=score))

    @event("Given")
    def _given(self, said: RatingGiven) -> None:
        self.score = said.score

    @event("Flagged")
    def _flagged(self, said: LowRatingFlagged) -> None:
        """The head is told; the survey is what it was."""

    @event("Expired")
    def _expired(self, said: RatingExpired) -> None:
        self.lapsed = True
