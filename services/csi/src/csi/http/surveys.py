"""One survey with its comment, for the head who has to react to it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.csi import RatingGiven, RatingRequested
from contracts.streams import survey_stream
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from servicekit.auth import Actor, Role, requires
from servicekit.hosting import Log
from servicekit.problems import NotFound

router = APIRouter(tags=["report"])
Head = Annotated[Actor, Depends(requires(Role.lead))]


class SurveyShown(BaseModel):
    """Whom a rating concerns, fixed when it was asked for (D13), and what the requester said."""

    survey: UUID
    ticket: str
    number: str
    agent: str
    group: str
    channel: str
    stage: str
    plan: str
    requested_at: datetime
    expires_at: datetime
    score: int | None
    comment: str
    rated_at: datetime | None


@router.get("/surveys/{survey}")
async def survey(survey: UUID, log: Log, _: Head) -> SurveyShown:
    """One survey, read from its own events; the agents rated do not see comments."""
    said = [each.data for each in await log.opened(await log.read(survey_stream(str(survey))))]
    asked = next((each for each in said if isinstance(each, RatingRequested)), None)
    if asked is None:
        raise NotFound("There is no such survey: take its id from the report.")
    given = next((each for each in said if isinstance(each, RatingGiven)), None)
    fields = {name: getattr(asked, name) for name in SurveyShown.model_fields if hasattr(asked, name)}
    return SurveyShown(
        **fields,
        requested_at=asked.at,
        score=given.score if given else None,
        comment=given.comment if given else "",
        rated_at=given.at if given else None,
    )
