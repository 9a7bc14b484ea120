"""What intake decides on: the regulations in force, and nothing else."""

from collections.abc import Mapping

import msgspec
from contracts.intake import RegulationPublished
from regulation.document import Regulation
from regulation.term import UnknownTermError


class State(msgspec.Struct):
    """The latest published version of every regulation, by name."""

    regulations: dict[str, Regulation] = {}


def document(said: RegulationPublished) -> Regulation:
    """The regulation that an event carries."""
    return Regulation.from_json(msgspec.json.encode(said.document))


def serving(regulations: Mapping[str, Regulation], channel: str, preferred: str) -> Regulation:
    """The regulation under which a channel's messages come: the preferred one if it knows the channel, else the first
    that does; UnknownTermError when none does."""
    first = [regulations[preferred]] if preferred in regulations else []
    for regulation in (*first, *(regulations[name] for name in sorted(regulations))):
        if any(each.id == channel for each in regulation.channels):
            return regulation
    known = sorted({each.id for regulation in regulations.values() for each in regulation.channels})
    raise UnknownTermError(f"no regulation knows this channel: use one of {', '.join(known)}")
