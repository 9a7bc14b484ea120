"""The rating page: looking changes nothing, since mail scanners look; sending the form works once."""

from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qs

from contracts.streams import survey_stream
from eventlog.change import By, change
from eventlog.errors import ConflictError, LogUnavailableError
from eventlog.postgres import PostgresLog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.said import meta
from servicekit.text import clean

from csi.domain.survey import COMMENT_MAX, HIGHEST, LOWEST, AlreadyRatedError, ExpiredError, Survey
from csi.links import Links
from csi.page import Draft, ending, form
from csi.wording import Words, words

router = APIRouter(tags=["rating"], default_response_class=HTMLResponse)

FIELDS = 10
OURS = (LogUnavailableError, ConflictError)


class Visit:
    """Somebody who opened a rating link: their survey, if the link is ours, and their language."""

    def __init__(self, survey: Survey | None, say: Words) -> None:
        self.survey = survey
        self.say = say

    @property
    def number(self) -> str:
        """The ticket's number, "" for a link that is none of ours."""
        return self.survey.asked.number if self.survey else ""

    def closed(self, now: datetime, status: int) -> HTMLResponse | None:
        """The page for whoever cannot rate any more, None for those who can; `status` where a rating is there."""
        if self.survey is None:
            return ending(self.say, "invalid", 404)
        if self.survey.score:
            return ending(self.say, "rated", status, self.number)
        return ending(self.say, "expired", 410, self.number) if self.survey.expired(now) else None


async def visit(request: Request, token: str, log: Log, lang: Annotated[str, Query(max_length=8)] = "") -> Visit:
    """The survey behind the token; a token of ours without a survey is as unknown as any other."""
    links: Links = request.app.state.links
    survey = await _survey(log, links.survey(token))
    theirs = survey.asked.language if survey else request.headers.get("accept-language", "")[:2].lower()
    return Visit(survey, words(lang or theirs))


Visited = Annotated[Visit, Depends(visit)]


@router.get("/rate/{token}")
async def show(visited: Visited, now: Now, score: Annotated[str, Query(max_length=8)] = "") -> HTMLResponse:
    """The form, or why there is none; `score` chooses a face beforehand and is not a rating."""
    return visited.closed(now, 200) or form(visited.say, visited.number, Draft(_score(score)))


@router.post("/rate/{token}")
async def rate(visited: Visited, request: Request, log: Log, now: Now) -> HTMLResponse:
    """Take the rating: the first one counts, every later one is told so."""
    draft = _draft(visited.say, await request.body())
    if closed := visited.closed(now, 409):
        return closed
    if draft.fault:
        return form(visited.say, visited.number, draft, 422)
    return await _rated(visited, draft, log, now)


async def _rated(visited: Visit, draft: Draft, log: PostgresLog, now: datetime) -> HTMLResponse:
    assert visited.survey is not None, "a closed visit does not come here"
    asked = visited.survey.asked
    by = By(meta(f"requester:{asked.requester}"))
    try:
        stream = survey_stream(asked.survey)
        await change(log, Survey, stream, lambda survey: survey.rate(draft.score, draft.comment, now), by)
    except AlreadyRatedError:
        return ending(visited.say, "rated", 409, visited.number)
    except ExpiredError:
        return ending(visited.say, "expired", 410, visited.number)
    except OURS:
        return ending(visited.say, "later", 503, visited.number)
    return ending(visited.say, "thanks", 200, visited.number)


async def _survey(log: PostgresLog, survey: str | None) -> Survey | None:
    return Survey.replay(await log.read(survey_stream(survey))) if survey else None


def _draft(say: Words, body: bytes) -> Draft:
    try:
        fields = parse_qs(body.decode(errors="replace"), max_num_fields=FIELDS)
    except ValueError:
        fields = {}
    # A browser sends line ends as CRLF and counts them as one character.
    comment = clean(fields.get("comment", [""])[0]).replace("\r\n", "\n").strip()
    score = _score(fields.get("score", [""])[0])
    fault = say.too_long if len(comment) > COMMENT_MAX else ""
    return Draft(score, comment, fault if score else say.choose_score)


def _score(text: str) -> int:
    """The score written here, 0 for anything else."""
    return int(text) if text in map(str, range(LOWEST, HIGHEST + 1)) else 0
