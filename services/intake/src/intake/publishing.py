"""Regulations in the log: their versions, the latest of them, a new one."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

import msgspec
import uuid_utils
from contracts import Meta
from contracts.intake import RegulationPublished
from contracts.streams import regulation_stream
from eventlog.errors import ConflictError, LogUnavailableError
from eventlog.store import EventLog, New
from regulation.document import Regulation
from regulation.load import RegulationError, load
from servicekit.said import meta

from intake.state import document

ATTEMPTS = 5
AGAIN = 1.0
"""Seconds before another attempt while the store is away."""

logger = logging.getLogger(__name__)


class Published(NamedTuple):
    """A version as it stands in the log."""

    said: RegulationPublished
    position: int
    number: int


async def latest(log: EventLog, name: str) -> Published | None:
    """The version published last, None if there is none."""
    for each in reversed(await log.read(regulation_stream(name))):
        if isinstance(each.data, RegulationPublished):
            return Published(each.data, each.position, each.version)
    return None


async def regulation_named(log: EventLog, name: str) -> Regulation | None:
    """The regulation of this name as it is now."""
    published = await latest(log, name)
    return document(published.said) if published else None


async def publish(log: EventLog, regulation: Regulation, at: datetime, by: Meta) -> Published:
    """Let this version be in force from now on; the same document twice is published once."""
    for _ in range(ATTEMPTS):
        before = await latest(log, regulation.name)
        if before and before.said.hash == regulation.hash:
            return before
        said = _said(regulation, at)
        try:
            number = before.number + 1 if before else 1
            appended = await log.append([_new(said, number, by)])
        except ConflictError:
            continue
        return Published(said, appended.last, number)
    raise LogUnavailableError("others publish the same regulation all the time")


async def publish_all(log: EventLog, directory: Path) -> None:
    """Publish what the directory's files say, as soon as the store is there; a broken file is told of and left out."""
    for regulation in await asyncio.to_thread(lambda: list(_readable(directory))):
        while True:
            try:
                await publish(log, regulation, datetime.now(UTC), meta("intake"))
                break
            except LogUnavailableError:
                await asyncio.sleep(AGAIN)


def _readable(directory: Path) -> Iterable[Regulation]:
    for path in sorted(directory.glob("*.yaml")):
        try:
            yield load(path)
        except (RegulationError, OSError) as error:
            logger.error("%s is not published: %s", path.name, error)  # noqa: TRY400  # the messages say it all


def _said(regulation: Regulation, at: datetime) -> RegulationPublished:
    return RegulationPublished(
        at=at,
        name=regulation.name,
        version=regulation.version,
        hash=regulation.hash,
        effective_from=datetime.combine(regulation.effective_from, time(), UTC),
        document=msgspec.json.decode(regulation.to_json()),
    )


def _new(said: RegulationPublished, version: int, by: Meta) -> New:
    stream = regulation_stream(said.name)
    return New(id=str(uuid_utils.uuid7()), stream=stream, version=version, event=said, meta=by)
