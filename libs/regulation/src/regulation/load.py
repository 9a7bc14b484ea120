"""A regulation from the YAML (or JSON) that people write."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import yaml

from regulation.document import Regulation
from regulation.references import unknown_references
from regulation.shape import faults
from regulation.text import Fault, Text, parse
from regulation.text import Path as Place


class RegulationError(ValueError):
    """A regulation that cannot be used; `messages` name each line and what to write there."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


def load(source: bytes | str | Path) -> Regulation:
    """The regulation of a file or of its text; RegulationError names everything found wrong."""
    text = _parsed(source.read_bytes() if isinstance(source, Path) else source)
    _refuse(text, [*text.faults, *faults(text.value, Regulation)])
    regulation = msgspec.convert(text.value, Regulation, strict=False)
    _refuse(text, unknown_references(regulation))
    return regulation


def _parsed(source: bytes | str) -> Text:
    try:
        return parse(source)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegulationError([f"line {line}: this is not YAML: {error.problem}"]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegulationError([f"line 1: this is not YAML text in UTF-8: {error}"]) from error


def _refuse(text: Text, found: Iterable[Fault]) -> None:
    """Raise everything found, in order of the lines."""
    lined = sorted({(text.line(fault.path), _place(fault.path), fault.message) for fault in found})
    if lined:
        raise RegulationError(f"line {line}: {place}{message}" for line, place, message in lined)


def _place(path: Place) -> str:
    """A path as people write it: `plans[0].targets.level1: `."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{''.join(steps).removeprefix('.')}: " if path else ""
