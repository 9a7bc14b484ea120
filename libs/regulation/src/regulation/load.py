"""A regulation from the YAML (or JSON) that people write."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import yaml

from regulation.checks import misfits
from regulation.document import Regulation
from regulation.mixin import OWN, Read, is_mixin, merged
from regulation.shape import faults
from regulation.syntax import NOT_TEXT, syntax_advice
from regulation.term import Title
from regulation.text import Fault, Line, Plain, Text, TooMuchError, parse
from regulation.text import Path as Place
from regulation.wording import Language, is_a_mixin, no_regulation, said

FILE_NAME = re.compile(r"[a-z][a-z0-9_-]*")


class Mistake(msgspec.Struct, frozen=True):
    """One thing to correct: on which line, at which place, what to write there."""

    line: Line
    place: str
    message: Title

    def shown(self, language: Language) -> str:
        """The whole of it on one line."""
        part = f"{self.line.part}, " if self.line.part else ""
        line = "строка" if language == "ru" else "line"
        place = f"{self.place}: " if self.place else ""
        return f"{part}{line} {self.line.number}: {place}{said(self.message, language)}"


class RegulationError(ValueError):
    """A regulation that cannot be used; `messages` name each line and what to write there, `in_` another language."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        self.messages = self.in_("en")
        super().__init__("\n".join(self.messages))

    def in_(self, language: Language) -> tuple[str, ...]:
        """The messages in one of the product languages."""
        return tuple(mistake.shown(language) for mistake in self.mistakes)


class MixinError(RegulationError):
    """A document that only others include (`mixin: …`): right as it is, but no regulation."""


def load(source: bytes | str | Path, parts: Mapping[str, bytes | str] | None = None) -> Regulation:
    """The regulation of a file, with the mix-ins beside it, or of a text, with those in `parts`.

    RegulationError names everything found wrong, MixinError says that the document is a mix-in.
    """
    text = _parsed(source.read_bytes() if isinstance(source, Path) else source)
    if is_mixin(text):
        _refuse(text, [*text.faults, *_wrong_in_mixin(text)])
        raise MixinError([Mistake(text.line(("mixin",)), "mixin", is_a_mixin())])
    text = merged(text, _beside(source) if isinstance(source, Path) else _among(parts or {}))
    _refuse(text, [*text.faults, *_wrong(text.value)])
    return msgspec.convert(text.value, Regulation, strict=False)


def _wrong(value: Plain) -> list[Fault]:
    """What has a wrong shape, and what does not fit together although its shape is right."""
    if not isinstance(value, dict):
        return [Fault((), no_regulation())]
    misshapen = list(faults(value, Regulation))
    places = {fault.path for fault in misshapen}
    return misshapen + [fault for fault in misfits(value) if fault.path not in places]


def _wrong_in_mixin(text: Text) -> list[Fault]:
    """What has a wrong shape; what leads nowhere may be in the documents that include it."""
    assert isinstance(text.value, dict)
    parts = {key: value for key, value in text.value.items() if key not in OWN}
    return [fault for fault in faults(parts, Regulation) if fault.path]


def _beside(document: Path) -> Read:
    def read(name: str) -> Text | None:
        path = document.parent / f"{name}.yaml"
        there = FILE_NAME.fullmatch(name) and path.is_file()
        return _parsed(path.read_bytes(), path.name) if there else None

    return read


def _among(parts: Mapping[str, bytes | str]) -> Read:
    return lambda name: _parsed(parts[name], f"{name}.yaml") if name in parts else None


def _parsed(source: bytes | str, part: str = "") -> Text:
    try:
        return parse(source, part)
    except TooMuchError as error:
        raise RegulationError([Mistake(Line(part, error.line), "", error.message)]) from error
    except yaml.MarkedYAMLError as error:
        number = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegulationError([Mistake(Line(part, number), "", syntax_advice(f"{error.problem}"))]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegulationError([Mistake(Line(part, 1), "", NOT_TEXT)]) from error


def _refuse(text: Text, found: Iterable[Fault]) -> None:
    """Raise everything found, in order of the lines."""
    lined = {(text.line(fault.path), _place(fault.path, text.value), fault.message) for fault in found}
    if lined:
        raise RegulationError(Mistake(*each) for each in sorted(lined, key=lambda each: (*each[:2], each[2].en)))


def _place(path: Place, value: Plain) -> str:
    """A path as people write it, terms by their ids: `plans.outage.targets.level1`."""
    place = ""
    for step in path:
        inside = _inside(value, step)
        name = inside.get("id") if isinstance(inside, dict) and isinstance(step, int) else None
        place += f"[{step + 1}]" if isinstance(step, int) and not isinstance(name, str) else f".{name or step}"
        value = inside
    return place.removeprefix(".")


def _inside(value: Plain, step: str | int) -> Plain:
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return value.get(step) if isinstance(value, dict) and isinstance(step, str) else None
