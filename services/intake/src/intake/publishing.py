"""Publishing: a version goes into the log once and never changes, and no two regulations have one channel."""

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

import uuid_utils
from contracts import Meta
from contracts.intake import RegulationPublished
from contracts.streams import regulation_stream
from eventlog.change import repeated
from eventlog.errors import ConflictError, LogUnavailableError
from eventlog.store import EventLog, New
from regulation.document import Regulation
from regulation.load import MixinError, RegulationError, load
from servicekit.hosting import Host
from servicekit.said import meta

from intake.state import State, Version, Versions, document, has_channel, in_force, ordered, pinned, publishes, version

AGAIN = 1.0
"""Seconds before another attempt while the store is away."""
PATIENCE = 5.0
"""Seconds to wait until the state holds everything that was published before."""
MIXIN = re.compile(rb"^mixin\s*:", re.MULTILINE)

logger = logging.getLogger(__name__)


class NotPublishableError(ValueError):
    """A regulation may not be published as it is; `reason` is a word for programs, the message says what to change."""

    def __init__(self, detail: str, reason: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Published(NamedTuple):
    """A version as it stands in the log."""

    said: RegulationPublished
    position: int
    version: Version


async def published(log: EventLog, name: str) -> list[Published]:
    """All versions of a regulation, in the order in which they come into force."""
    found = {each.version: each for each in await log.read(regulation_stream(name)) if publishes(each)}
    versions = ordered([version(each.data, each.version) for each in found.values()])
    return [Published(found[each.number].data, found[each.number].position, each) for each in versions]


async def regulation_of(log: EventLog, key: str) -> Regulation | None:
    """Exactly the version that a ticket names (`csn@1`), as the log has it."""
    name = key.partition("@")[0]
    return pinned({name: [each.version for each in await published(log, name)]}, key)


async def publish(log: EventLog, regulation: Regulation, at: datetime, by: Meta) -> Published:
    """Publish this version; the same document twice is published once, another one under its number is refused."""

    async def attempt() -> Published:
        before = await published(log, regulation.name)
        return _same(before, regulation) or await _appended(log, _said(regulation, at), len(before) + 1, by)

    try:
        return await repeated(attempt)
    except ConflictError as error:
        raise LogUnavailableError("others publish the same regulation all the time") from error


async def publish_beside(host: Host[State], regulation: Regulation, at: datetime, by: Meta) -> Published:
    """Publish this version unless a channel of it belongs to another regulation while it would be in force (X-01)."""
    await current(host)
    if same := _same(await published(host.log, regulation.name), regulation):
        return same
    if taken := clash(host.state.regulations, regulation, at):
        raise NotPublishableError(taken, "channel-taken")
    return await publish(host.log, regulation, at, by)


async def current(host: Host[State]) -> None:
    """Wait until state and lists hold everything recorded so far; LogUnavailableError (503) when that takes long."""
    if not await host.follower.progress.reach((await host.log.head()).position, PATIENCE):
        raise LogUnavailableError("the state is behind the log")


async def publish_all(host: Host[State], directory: Path) -> None:
    """Publish what the directory's files say, as soon as the store is there; a broken file is told of and left out."""
    for name, regulation in await asyncio.to_thread(lambda: list(_readable(directory))):
        while True:
            try:
                await publish_beside(host, regulation, datetime.now(UTC), meta("intake"))
                break
            except NotPublishableError as error:
                logger.warning("%s is not published: %s", name, error)
                break
            except LogUnavailableError:
                await asyncio.sleep(AGAIN)


def mixins(directory: Path) -> dict[str, bytes]:
    """The texts of the installation's mix-ins, by the name that `include:` names them by."""
    files = {path.stem: path.read_bytes() for path in sorted(directory.glob("*.yaml"))}
    return {name: text for name, text in files.items() if MIXIN.search(text)}


def _readable(directory: Path) -> Iterable[tuple[str, Regulation]]:
    for path in sorted(directory.glob("*.yaml")):
        try:
            yield path.name, load(path)
        except MixinError:
            continue
        except (RegulationError, OSError) as error:
            logger.error("%s is not published: %s", path.name, error)  # noqa: TRY400  # the messages say it all


def _same(before: Sequence[Published], regulation: Regulation) -> Published | None:
    """This very version, if it stands in the log; NotPublishableError where its number was given to another text."""
    of_number = [each for each in before if each.said.version == regulation.version]
    for each in of_number:
        if each.said.hash == regulation.hash or document(each.said) == regulation:
            return each
    if of_number:
        taken = f"{regulation.key} is published already and says something else: give this text a new version"
        raise NotPublishableError(taken, "version-taken")
    return None


def clash(regulations: Versions, regulation: Regulation, at: datetime) -> str:
    """Which channel another regulation has at any moment at which this version would be in force, "" for none."""
    new = Version(
        regulation=regulation, hash="", effective_from=_effective(regulation), published_at=at, number=1_000_000
    )
    mine = ordered([*regulations.get(regulation.name, ()), new])
    others = {name: versions for name, versions in regulations.items() if name != regulation.name}
    moments = [new.since, *(each.since for versions in others.values() for each in versions if each.since > new.since)]
    for moment in moments:
        if in_force(mine, moment) is new and (found := _shared(others, regulation, moment)):
            return found
    return ""


def _shared(others: Versions, regulation: Regulation, moment: datetime) -> str:
    for there in filter(None, (in_force(versions, moment) for versions in others.values())):
        for channel in regulation.channels:
            if has_channel(there.regulation, channel.id):
                return (
                    f"the channel {channel.id!r} belongs to {there.regulation.key}: give it another id, or take it out"
                )
    return ""


def _said(regulation: Regulation, at: datetime) -> RegulationPublished:
    return RegulationPublished(at=at, effective_from=_effective(regulation), **regulation.published())


def _effective(regulation: Regulation) -> datetime:
    return datetime.combine(regulation.effective_from, time(), UTC)


async def _appended(log: EventLog, said: RegulationPublished, number: int, by: Meta) -> Published:
    stream = regulation_stream(said.name)
    new = New(id=str(uuid_utils.uuid7()), stream=stream, version=number, event=said, meta=by)
    return Published(said, (await log.append([new])).last, version(said, number))
