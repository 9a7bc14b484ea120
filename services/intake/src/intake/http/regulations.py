"""Publishing regulations, and reading what is, was and will be in force."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from regulation.load import RegulationError, load
from servicekit.auth import Actor, Role, requires
from servicekit.clock import Now
from servicekit.hosting import Log
from servicekit.positions import CaughtUp, stamp
from servicekit.problems import Malformed, NotFound, Refused, fault
from servicekit.said import meta
from servicekit.text import clean

from intake.house import Housed
from intake.publishing import NotPublishableError, Published, mixins, publish_beside, published
from intake.state import Version, in_force

router = APIRouter(prefix="/regulations", tags=["regulations"])
Publisher = Annotated[Actor, Depends(requires(Role.admin))]
Reader = Annotated[Actor, Depends(requires(*Role))]
Wanted = Annotated[str, Query(max_length=100, description="A version; none: the one in force now.")]
TAKEN = "This version has another text already, or a channel belongs to another regulation."
BODY: dict[str, Any] = {  # Any: OpenAPI's own shape
    "required": True,
    "content": {
        "application/yaml": {"schema": {"type": "string", "description": "A regulation as people write it."}},
        "application/json": {"schema": {"type": "object", "description": "The same as JSON."}},
    },
}


class Edition(BaseModel):
    """A published version; `number` counts the versions of this name."""

    name: str
    version: str
    hash: str = Field(description="SHA-256 of the canonical JSON.")
    effective_from: datetime
    published_at: datetime
    in_force_from: datetime = Field(description="The later of the two.")
    number: int

    @classmethod
    def of(cls, version: Version) -> Self:
        """A version as it is shown."""
        return cls.model_validate(_shown(version))


class Regulation(Edition):
    """A published version with its document."""

    document: dict[str, Any]


class Listed(BaseModel):
    """A regulation: the version by which new tickets are opened (null: none yet), and those that come after it."""

    name: str
    in_force: Edition | None
    next: list[Edition]


@router.post("", openapi_extra={"requestBody": BODY}, responses={409: {"description": TAKEN}})
async def post(request: Request, response: Response, actor: Publisher, house: Housed, now: Now) -> Edition:
    """Publish a version, in YAML or JSON, in force from its date but not before now; the same text twice is published
    once, another under the same version is refused, faults come with their lines. `include:` takes the mix-ins here."""
    try:
        regulation = load(await request.body(), parts=mixins(house.settings.regulations))
        made = await publish_beside(house.host, regulation, now, meta(actor))
    except RegulationError as error:
        raise Malformed("Correct the lines named here.", [fault(("body",), each) for each in error.messages]) from error
    except NotPublishableError as error:
        raise Refused(f"{error}.", error.reason) from error
    stamp(response, made.position)
    return Edition.of(made.version)


@router.get("", dependencies=[CaughtUp])
async def get_all(_: Reader, house: Housed, now: Now) -> list[Listed]:
    """Every regulation by name, with its version in force now and those to come."""
    return [_listed(name, versions, now) for name, versions in sorted(house.host.state.regulations.items())]


@router.get("/{name}")
async def get(name: str, _: Reader, log: Log, response: Response, now: Now, version: Wanted = "") -> Regulation:
    """The version in force now, or the one asked for."""
    found = await _versions(log, name)
    current = in_force([each.version for each in found], now)
    wanted = version or (current.regulation.version if current else "")
    if not wanted:
        first = found[0].version
        raise NotFound(f"{first.regulation.key} will be the first in force, from {first.since:%Y-%m-%d %H:%M} UTC.")
    return _whole(found, wanted, response)


@router.get("/{name}/versions")
async def versions(name: str, _: Reader, log: Log) -> list[Edition]:
    """All versions, in the order in which they come into force."""
    return [Edition.of(each.version) for each in await _versions(log, name)]


@router.get("/{name}/versions/{version}")
async def one_version(name: str, version: str, _: Reader, log: Log, response: Response) -> Regulation:
    """One version, whether in force or not."""
    return _whole(await _versions(log, name), version, response)


async def _versions(log: Log, name: str) -> list[Published]:
    found = await published(log, clean(name))
    if not found:
        raise NotFound("No regulation of this name is published.")
    return found


def _whole(found: list[Published], version: str, response: Response) -> Regulation:
    # Of texts that an older program published under one version, tickets go by the last.
    one = next((each for each in reversed(found) if each.said.version == version), None)
    if one is None:
        known = ", ".join(dict.fromkeys(each.said.version for each in found))
        raise NotFound(f"There is no such version: use one of {known}.")
    stamp(response, one.position)
    return Regulation(**_shown(one.version), document=one.said.document)


def _listed(name: str, versions: list[Version], now: datetime) -> Listed:
    current = in_force(versions, now)
    coming = [Edition.of(each) for each in versions if each.since > now]
    return Listed(name=name, in_force=Edition.of(current) if current else None, next=coming)


def _shown(version: Version) -> dict[str, Any]:
    return {
        "name": version.regulation.name,
        "version": version.regulation.version,
        "hash": version.hash,
        "effective_from": version.effective_from,
        "published_at": version.published_at,
        "in_force_from": version.since,
        "number": version.number,
    }
