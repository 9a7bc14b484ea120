"""Writes the schemas, the reference page and the first samples: `python -m contracts.generate` from the root."""

import json
from pathlib import Path

import msgspec

from contracts.catalogue import CATALOGUE, OWNERS
from contracts.event import Event
from contracts.example import example
from contracts.schemas import page, schema_of


def schema_text(kind: type[Event]) -> str:
    """The schema file of one event."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def sample_text(kind: type[Event]) -> str:
    """The sample file of one event, as its struct makes it today."""
    return msgspec.json.format(msgspec.json.encode(example(kind)), indent=2).decode() + "\n"


def generate(root: Path) -> None:
    """Write everything below the repository's root; an approved sample is never written again."""
    schemas, samples = root / "libs/contracts/schemas", root / "libs/contracts/tests/samples"
    for wire, kind in CATALOGUE.types.items():
        (schemas / f"{wire}.json").write_text(schema_text(kind))
        if not (sample := samples / f"{wire}.json").exists():
            sample.write_text(sample_text(kind))
    (root / "docs/events.md").write_text(page(OWNERS))


if __name__ == "__main__":
    generate(Path.cwd())
