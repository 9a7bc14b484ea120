"""What intake decides on: every published version of every regulation, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeGuard

import msgspec
from contracts import Event, Recorded
from contracts.intake import RegulationPublished
from regulation.document import Regulation
from regulation.term import UnknownTermError


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a regulation as it was published; `number` counts the versions of its name."""

    regulation: Regulation
    hash: str
    effective_from: datetime
    published_at: datetime
    number: int

    @property
    def since(self) -> datetime:
        """When it comes into force: on its date, or when it was published if that was later (R0-38, D2)."""
        return max(self.effective_from, self.published_at)


Versions = Mapping[str, Sequence[Version]]
"""By name, in the order in which they come into force."""


class State(msgspec.Struct):
    """All versions by name: a ticket stays with the one it was opened under, whatever was published since.

    `calls` are the tickets that have missed calls which nobody has settled.
    """

    regulations: dict[str, list[Version]] = {}
    calls: dict[str, list[str]] = {}


def document(said: RegulationPublished) -> Regulation:
    """The regulation that an event carries."""
    return Regulation.from_document(said.document)


def publishes(event: Recorded[Event]) -> TypeGuard[Recorded[RegulationPublished]]:
    """Whether an event publishes a version."""
    return isinstance(event.data, RegulationPublished)


def version(said: RegulationPublished, number: int) -> Version:
    """The version that an event published as the `number`th of its name."""
    return Version(
        regulation=document(said),
        hash=said.hash,
        effective_from=said.effective_from,
        published_at=said.at,
        number=number,
    )


def ordered(versions: Sequence[Version]) -> list[Version]:
    """As they come into force; of two that do so together the one published later is the later."""
    return sorted(versions, key=lambda each: (each.since, each.number))


def in_force(versions: Sequence[Version], at: datetime) -> Version | None:
    """The latest version in force at a moment, None before the first."""
    for each in reversed(versions):
        if each.effective_from <= at and each.published_at <= at:
            return each
    return None


def pinned(regulations: Versions, key: str) -> Regulation | None:
    """Exactly the version that a ticket names, `csn@1`; a bare name means the one published last."""
    name, _, wanted = key.partition("@")
    mine = sorted(regulations.get(name, ()), key=lambda each: -each.number)
    return next((each.regulation for each in mine if wanted in {"", each.regulation.version}), None)


def serving(regulations: Versions, channel: str, preferred: str, at: datetime) -> Regulation:
    """The version under which a message that comes now through a channel opens a ticket (X-01).

    Where two regulations claim a channel, the preferred one has it; UnknownTermError when none in force knows it.
    """
    for each in _ruling(regulations, preferred, at):
        if has_channel(each, channel):
            return each
    known = sorted({each.id for regulation in _ruling(regulations, preferred, at) for each in regulation.channels})
    instead = f"use one of {', '.join(known)}" if known else "none is in force yet"
    raise UnknownTermError(f"no regulation in force knows this channel: {instead}")


def has_channel(regulation: Regulation, channel: str) -> bool:
    """Whether a channel is one of a regulation's."""
    return any(each.id == channel for each in regulation.channels)


def _ruling(regulations: Versions, preferred: str, at: datetime) -> Iterator[Regulation]:
    """What is in force, the preferred one first: nearly every message is its own, so the others wait to be sorted."""
    if now := in_force(regulations.get(preferred, ()), at):
        yield now.regulation
    for name in sorted(regulations.keys() - {preferred}):
        if now := in_force(regulations[name], at):
            yield now.regulation
