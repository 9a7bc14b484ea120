"""Publishing a regulation, and reading the one in force."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from regulation.load import RegulationError, load
from servicekit.auth import Actor, Role, requires
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.positions import stamp
from servicekit.problems import Malformed, NotFound, fault
from servicekit.said import meta

from intake.publishing import Published, latest, publish

router = APIRouter(prefix="/regulations", tags=["regulations"])
Publisher = Annotated[Actor, Depends(requires(Role.admin))]
Reader = Annotated[Actor, Depends(requires(*Role))]
BODY: dict[str, Any] = {  # Any: OpenAPI's own shape
    "required": True,
    "content": {
        "application/yaml": {"schema": {"type": "string", "description": "A regulation as people write it."}},
        "application/json": {"schema": {"type": "object", "description": "The same as JSON."}},
    },
}


class InForce(BaseModel):
    """A published version; `number` counts the versions of this name."""

    name: str
    version: str
    hash: str = Field(description="SHA-256 of the canonical JSON.")
    effective_from: datetime
    published_at: datetime
    number: int


class Regulation(InForce):
    """A published version with its document."""

    document: dict[str, Any]


@router.post("", openapi_extra={"requestBody": BODY})
async def post(request: Request, response: Response, actor: Publisher, log: Log, now: Now) -> InForce:
    """Publish a version, in YAML or JSON; the same document twice is published once, faults come with their lines."""
    try:
        regulation = load(await request.body())
    except RegulationError as error:
        raise Malformed("Correct the lines named here.", [fault(("body",), each) for each in error.messages]) from error
    by = meta(actor)
    published = await publish(log, regulation, now, by)
    stamp(response, published.position)
    return InForce(**_shown(published))


@router.get("/{name}")
async def get(name: str, _: Reader, log: Log, response: Response) -> Regulation:
    """The version in force."""
    published = await latest(log, name)
    if published is None:
        raise NotFound("No regulation of this name is published.")
    stamp(response, published.position)
    return Regulation(**_shown(published), document=published.said.document)


def _shown(published: Published) -> dict[str, Any]:
    said = published.said
    return {
        "name": said.name,
        "version": said.version,
        "hash": said.hash,
        "effective_from": said.effective_from,
        "published_at": said.at,
        "number": published.number,
    }
